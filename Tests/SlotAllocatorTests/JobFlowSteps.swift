import Fabric
import SlotAllocator
import Testing

extension TestApplication {
  /// The parts of its stages, with an image for each task and each bundle, serial before parallel.
  func parts() throws -> [Stage.Part] {
    let decoded = try decoded()
    let images =
      try tasks.map { try image(of: $0.name, .little, slots: [0]) }
      + bundles.flatMap { bundle in
        try BundleMode.allCases.map { try image(ofBundle: bundle.tasks, mode: $0, slots: [1]) }
      }
    let stages = StagePlanner.stages(for: decoded, images: images, progress: decoded.progress())
    return try #require(stages).flatMap(\.parts)
  }
}

extension JobFlow {
  /// What the next item of each part is, with a `!` where it can be launched.
  func next(of parts: [Stage.Part]) -> [String] {
    parts.map { part in nextItem(of: part).map { "\($0)" + (readyItems(of: part) > 0 ? "!" : "") } ?? "-" }
  }

  mutating func end(_ part: Stage.Part, item: Int, byteCount: Int = 1) {
    end(part, item: item, written: Dictionary(part.outputs.map { ($0.argument, byteCount) }) { first, _ in first })
  }

  /// Begins and ends the part's next item.
  mutating func finish(_ part: Stage.Part, byteCount: Int = 1) {
    guard let item = nextItem(of: part) else { return #expect(Bool(false), "nothing is left") }
    begin(part)
    end(part, item: item, byteCount: byteCount)
  }

  /// How many items each task has handed on.
  var prefixes: [Int] { progress.tasks.map(\.finished) }
}
