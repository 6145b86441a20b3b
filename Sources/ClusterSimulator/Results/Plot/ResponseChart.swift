internal import Fabric

/// The part of the jobs that responded within a time, for each policy, over a logarithmic axis.
struct ResponseChart {
  private let policies: [(name: String, responses: [Duration], mean: Duration)]
  private let omittedCount: Int
  private let scale: PlotScale

  /// The most policies that are drawn.
  static let maximumPolicyCount = 16

  private static let left = 70
  private static let width = 1000
  private static let height = 280

  init(_ reports: [PolicyReport]) {
    let full = reports.filter { !$0.jobs.isEmpty }
    policies = full.prefix(Self.maximumPolicyCount).map { report in
      let responses = report.jobs.map(\.response).sorted()
      return (report.policy, responses, ResponseStatistics.mean(of: responses))
    }
    omittedCount = max(0, full.count - Self.maximumPolicyCount)
    let least = policies.compactMap(\.responses.first).min() ?? .zero
    let most = policies.compactMap(\.responses.last).max() ?? .zero
    // A response below a millisecond is drawn as one; the axis spans a decade at least.
    let start = max(least, .milliseconds(1))
    scale = .doubling(start: start, end: max(most, start * 10))
  }

  /// Draws from a height on, and gives the height at which it ends.
  ///
  /// O(jobs).
  func draw(into drawing: inout VectorDrawing, from top: Int) -> Int {
    guard !policies.isEmpty else { return top }
    drawing.text("Response times, all sequences", x: .init(Self.left), y: .init(top + 14), class: "title")
    let first = top + 42
    drawAxes(into: &drawing, from: first)
    for (index, policy) in policies.enumerated() {
      drawing.path(curve(policy.responses, from: first), class: PlotStyle.stroke(index))
    }
    return drawLegend(into: &drawing, from: first + Self.height + 46)
  }

  private func drawAxes(into drawing: inout VectorDrawing, from top: Int) {
    let bottom = top + Self.height
    for percent in stride(from: 0, through: 100, by: 25) {
      let y = VectorDrawing.Length(bottom - Self.height * percent / 100)
      drawing.line(
        x1: .init(Self.left), y1: y, x2: .init(Self.left + Self.width), y2: y, class: percent == 0 ? "axis" : "grid")
      drawing.text("\(percent) %", x: .init(Self.left - 6), y: y + 4, anchor: .end)
    }
    for tick in scale.ticks {
      let x = x(of: tick)
      drawing.line(x1: x, y1: .init(top), x2: x, y2: .init(bottom), class: "grid")
      drawing.text(DecimalText.seconds(tick), x: x, y: .init(bottom + 14), anchor: .middle)
    }
    drawing.text("part of the jobs", x: .init(Self.left), y: .init(top - 4))
    drawing.text("response (s)", x: .init(Self.left + Self.width), y: .init(bottom + 30), anchor: .end)
  }

  private func x(of duration: Duration) -> VectorDrawing.Length {
    VectorDrawing.Length(Self.left) + .init(nearest: scale.place(duration) * Double(Self.width))
  }

  /// Steps up at each response, at most one step for each half pixel.
  private func curve(_ responses: [Duration], from top: Int) -> String {
    let bottom = VectorDrawing.Length(top + Self.height)
    var steps: [(x: VectorDrawing.Length, count: Int)] = []
    for (index, response) in responses.enumerated() {
      let x = VectorDrawing.Length(hundredths: x(of: response).hundredths / 50 * 50)
      if steps.last?.x == x { steps.removeLast() }
      steps.append((x, index + 1))
    }
    var path = "M\(Self.left) \(bottom.text)"
    for step in steps {
      let rise = Double(step.count) / Double(responses.count) * Double(Self.height)
      path += "H\(step.x.text)V\((bottom - .init(nearest: rise)).text)"
    }
    return path + "H\(Self.left + Self.width)"
  }

  private func drawLegend(into drawing: inout VectorDrawing, from top: Int) -> Int {
    var (x, y) = (Self.left, top)
    var entries = policies.enumerated().map { index, policy in
      (PlotStyle.stroke(index), "\(PlotStyle.short(policy.name)), mean \(DecimalText.milliseconds(policy.mean)) s")
    }
    if omittedCount > 0 { entries.append(("", "\(omittedCount) more policies not shown")) }
    for (name, text) in entries {
      let width = 26 + PlotStyle.width(of: text) + 14
      if x > Self.left, x + width > Self.left + Self.width { (x, y) = (Self.left, y + 18) }
      if !name.isEmpty { drawing.path("M\(x) \(y + 6)h20", class: name) }
      drawing.text(text, x: .init(x + 26), y: .init(y + 10))
      x += width
    }
    return y + 22
  }
}
