internal import Fabric
internal import Reconfig
internal import Store

/// Which images a board uses for some functions, and why none of the others.
struct ResolveReport: Report {
  struct Entry: Encodable {
    let function: String
    let slotKind: SlotKind
    /// The image that is used, else null.
    let image: Nullable<String>
    /// How many images the store has for it, whether they are shown or not.
    let imageCount: Int
    let candidates: [Candidate]
  }

  struct Candidate: Encodable {
    enum Verdict: String, Encodable { case used, passedOver, refused }
    let image: String
    let name: String
    let variant: Nullable<String>
    let microsecondsPerLaunch: Int
    let slots: [Int]
    let verdict: Verdict
    /// The code of the refusal.
    let code: Nullable<String>
    let reason: Nullable<String>
  }

  let model: String
  let shell: String
  let entries: [Entry]
  let damaged: [ImageListReport.Problem]

  /// Tells of `functions` in their order, in the slots that the board has and in those that there are images for.
  ///
  /// Unless `explaining`, the images that are not used are left out.
  init(
    _ resolution: ImageResolution, of functions: [ImageFunction], on board: BoardDescriptor,
    damaged: [ImageStoreError], explaining: Bool
  ) {
    model = board.model
    shell = board.shell.description
    entries = functions.flatMap { function in
      SlotKind.allCases.compactMap { kind in
        let entry = resolution.entries.first { $0.place == ImagePlace(function: function, slotKind: kind) }
        let shown = (entry?.candidates ?? []).filter { explaining || $0.verdict == .chosen }
        guard !shown.isEmpty || board.slots.contains(where: { $0.kind == kind }) else { return nil }
        return Entry(
          function: function.description, slotKind: kind, image: Nullable(entry?.chosen?.id.description),
          imageCount: entry?.candidates.count ?? 0, candidates: shown.map(Candidate.init))
      }
    }
    self.damaged = explaining ? damaged.map(ImageListReport.Problem.init) : []
  }

  var table: Table {
    var table = Table("FUNCTION", "KIND", "VERDICT", "NAME", "VARIANT", "LAUNCH", "SLOTS", "IMAGE", "REASON")
    for entry in entries {
      let head = [entry.function, entry.slotKind.rawValue]
      if entry.candidates.isEmpty {
        let reason = entry.imageCount == 0 ? "no image in the store" : "\(entry.imageCount) refused: see --explain"
        table.add(head + ["none", "-", "-", "-", "-", "-", reason])
      }
      for (index, candidate) in entry.candidates.enumerated() {
        table.add(
          (index == 0 ? head : ["", ""]) + [
            candidate.verdict == .passedOver ? "passed over" : candidate.verdict.rawValue, candidate.name,
            candidate.variant.value ?? "-", "\(candidate.microsecondsPerLaunch) us",
            candidate.slots.map(String.init).joined(separator: ","), String(candidate.image.prefix(12)),
            candidate.explanation,
          ])
      }
    }
    table.notes = damaged.map { "\($0.code): \($0.message)" }
    return table
  }
}

extension ResolveReport.Candidate {
  fileprivate var explanation: String {
    guard let reason = reason.value else { return "-" }
    return code.value.map { "\($0): \(reason)" } ?? reason
  }

  fileprivate init(_ candidate: ImageCandidate) {
    let image = candidate.stored.image
    let (verdict, code, reason): (Verdict, String?, String?) =
      switch candidate.verdict {
      case .chosen: (.used, nil, nil)
      case .passedOver(let preference): (.passedOver, nil, preference.sentence)
      case .refused(let refusal): (.refused, refusal.code, refusal.message)
      }
    self.init(
      image: image.id.description, name: image.name, variant: Nullable(image.variant?.text),
      microsecondsPerLaunch: image.microsecondsPerLaunch, slots: image.partials.map(\.slot.rawValue),
      verdict: verdict, code: Nullable(code), reason: Nullable(reason))
  }
}

extension ImagePreference {
  fileprivate var sentence: String {
    switch self {
    case .variant: "the variant of the one that is used is preferred"
    case .fewerSlots(let count, let chosen): "it fits \(count) slots, the one that is used fits \(chosen)"
    case .slower(let microseconds, let chosen):
      "a launch takes \(microseconds) us, one of the image that is used takes \(chosen) us"
    case .laterID: "it is like the one that is used, whose id is lower"
    }
  }
}
