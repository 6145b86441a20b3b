internal import Fabric

/// Slots over time: a row for each slot of each policy, in the first sequence that each has.
struct SlotChart {
  private struct Panel {
    let policy: String
    let slots: [SlotID]
    let omittedSlotCount: Int
    let spans: [SlotID: [PolicyReport.Span]]
  }

  private let panels: [Panel]
  private let applications: [String]
  private let scale: PlotScale
  private let end: Duration

  /// The most policies, and the most slots of one, that are drawn; a row takes at most two bars for each pixel of its width.
  static let maximumPanelCount = 16
  static let maximumSlotCount = 64

  private static let left = 70
  private static let width = 1000
  private static let columnsPerPixel = 2
  private static let rowHeight = 13

  init(_ policies: [PolicyReport]) {
    panels = policies.prefix(Self.maximumPanelCount).map { policy in
      let first = policy.spans.lazy.map(\.sequence).min()
      let spans = Dictionary(grouping: policy.spans.filter { $0.sequence == first }, by: \.slot)
        .mapValues { $0.sorted { $0.begin < $1.begin } }
      let slots = spans.keys.sorted()
      return Panel(
        policy: policy.policy, slots: Array(slots.prefix(Self.maximumSlotCount)),
        omittedSlotCount: max(0, slots.count - Self.maximumSlotCount), spans: spans)
    }
    let shown = panels.flatMap { panel in panel.slots.flatMap { panel.spans[$0] ?? [] } }
    applications = Set(shown.map(\.application)).sorted()
    end = shown.map(\.end).max() ?? .zero
    scale = .even(end: end)
  }

  /// Draws from a height on, and gives the height at which it ends.
  ///
  /// O(spans + slots x width).
  func draw(into drawing: inout VectorDrawing, from top: Int) -> Int {
    guard !applications.isEmpty else { return top }
    drawing.text(
      "Slots over time, first sequence; configurations hatched", x: .init(Self.left), y: .init(top + 14),
      class: "title")
    var y = drawLegend(into: &drawing, from: top + 24)
    for panel in panels where !panel.slots.isEmpty { y = draw(panel, into: &drawing, from: y + 8) }
    return y
  }

  private func drawLegend(into drawing: inout VectorDrawing, from top: Int) -> Int {
    var entries = applications.prefix(PlotStyle.colourCount).enumerated().map { (PlotStyle.fill($0), $1) }
    if applications.count > PlotStyle.colourCount {
      entries.append((PlotStyle.fill(.max), "\(applications.count - PlotStyle.colourCount) more"))
    }
    entries.append(("configuring", "configuration"))
    var (x, y) = (Self.left, top)
    for (name, text) in entries.map({ ($0, PlotStyle.short($1)) }) {
      let width = 16 + PlotStyle.width(of: text) + 14
      if x > Self.left, x + width > Self.left + Self.width { (x, y) = (Self.left, y + 18) }
      drawing.rectangle(x: .init(x), y: .init(y), width: .init(11), height: .init(11), class: name)
      drawing.text(text, x: .init(x + 16), y: .init(y + 10))
      x += width
    }
    return y + 18
  }

  private func draw(_ panel: Panel, into drawing: inout VectorDrawing, from top: Int) -> Int {
    let omitted = panel.omittedSlotCount > 0 ? " (\(panel.omittedSlotCount) more slots not shown)" : ""
    drawing.text(
      PlotStyle.short(panel.policy) + omitted, x: .init(Self.left), y: .init(top + 12), class: "title")
    let first = top + 18
    let bottom = first + panel.slots.count * Self.rowHeight
    for tick in scale.ticks {
      let x = VectorDrawing.Length(Self.left) + .init(nearest: scale.place(tick) * Double(Self.width))
      drawing.line(x1: x, y1: .init(first), x2: x, y2: .init(bottom), class: "grid")
      drawing.text(DecimalText.seconds(tick), x: x, y: .init(bottom + 14), anchor: .middle)
    }
    drawRows(of: panel, into: &drawing, from: first)
    drawing.line(
      x1: .init(Self.left), y1: .init(bottom), x2: .init(Self.left + Self.width), y2: .init(bottom), class: "axis")
    drawing.text(
      "time (s)", x: .init(Self.left + Self.width), y: .init(bottom + 28), anchor: .end)
    return bottom + 32
  }

  /// One path for each fill, so that the picture stays small.
  private func drawRows(of panel: Panel, into drawing: inout VectorDrawing, from top: Int) {
    let colours = Dictionary(
      uniqueKeysWithValues: applications.enumerated().map { ($1, min($0, PlotStyle.colourCount)) })
    var configuring = ""
    var running = Array(repeating: "", count: PlotStyle.colourCount + 1)
    for (row, slot) in panel.slots.enumerated() {
      let y = top + row * Self.rowHeight
      drawing.text("slot \(slot)", x: .init(Self.left - 6), y: .init(y + 10), anchor: .end)
      let spans = (panel.spans[slot] ?? []).map { span in
        let colour = colours[span.application] ?? PlotStyle.colourCount
        return (
          begin: span.begin, end: span.end,
          fill: span.kind == .configuring ? SlotTimeline.Fill.configuring : .running(colour)
        )
      }
      let timeline = SlotTimeline(spans, end: end, columnCount: Self.width * Self.columnsPerPixel)
      for run in timeline.runs {
        let bar = Self.bar(run.columns, y: y + 1)
        switch run.fill {
        case .configuring: configuring += bar
        case .running(let colour): running[colour] += bar
        }
      }
    }
    for (colour, bars) in running.enumerated() { drawing.path(bars, class: PlotStyle.fill(colour)) }
    drawing.path(configuring, class: "configuring")
  }

  private static func bar(_ columns: Range<Int>, y: Int) -> String {
    let x = VectorDrawing.Length(hundredths: left * 100 + columns.lowerBound * 100 / columnsPerPixel)
    let width = VectorDrawing.Length(hundredths: columns.count * 100 / columnsPerPixel)
    return "M\(x.text) \(y)h\(width.text)v\(rowHeight - 2)h-\(width.text)z"
  }
}
