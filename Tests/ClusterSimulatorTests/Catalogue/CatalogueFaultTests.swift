import ClusterSimulator
import Fabric
import TestBench
import Testing

/// A small catalogue, and what is refused after an edit of its text.
@Suite struct CatalogueFaultTests {
  static let good = """
    {
     "board": "a board", "source": "made up", "notes": "none",
     "configureMicroseconds": {"little": 5, "big": 10.5, "provenance": "made up"},
     "batchMax": {"chain": 3, "single": 1}, "priorities": [9, 1],
     "arrivals": {"busy": {"minMilliseconds": 1, "maxMilliseconds": 2, "source": "made up"}},
     "apps": {
      "single": {"slotGoal": 1, "tasks": [
       {"name": "ONE", "after": [], "kernel": "one", "estimateMicrosecondsPerItem": 7, "measuredMicrosecondsPerItem": 7.5}
      ]},
      "chain": {"optimalSlots": {"onlyLittle": 1, "bigLittleLittle": 2, "bigLittleBig": 3}, "tasks": [
       {"name": "A", "after": [], "kernel": "a", "microsecondsPerItem": 2.49},
       {"name": "B", "after": [0], "kernel": "b", "microsecondsPerItem": 4},
       {"name": "C", "after": [1], "kernel": "b", "microsecondsPerItem": 6}
      ], "bundles": [
       {"name": "AB", "tasks": [0, 1], "serial": {"microsecondsPerLaunch": 6, "launches": "B"},
        "parallel": {"microsecondsPerLaunch": 4, "launches": "B+1"}, "notes": "x"}
      ]}
     }
    }
    """

  static func catalogue(_ text: String = good) throws(ManifestError) -> ApplicationCatalogue {
    try ApplicationCatalogue(json: Array(text.utf8))
  }

  @Test func `the good one decodes, its times rounded`() throws {
    let catalogue = try Self.catalogue()
    #expect(catalogue.configurationTimes == .bySlotKind(little: .microseconds(5), big: .microseconds(11)))
    #expect(catalogue.priorities == [1, 9])
    #expect(catalogue["chain"]?.application.tasks.map(\.measuredMicrosecondsPerItem) == [2, 4, 6])
    #expect(catalogue["single"]?.application.tasks.map(\.measuredMicrosecondsPerItem) == [8])
    #expect(catalogue["single"]?.application.tasks.map(\.estimatedMicrosecondsPerItem) == [7])
  }

  @Test(arguments: [
    Change("\"board\": \"a board\", ", "", .missingKey, "board"),
    Change("\"notes\": \"none\"", "\"note\": \"none\"", .unknownKey, "note"),
    Change("\"notes\": \"none\"", "\"notes\": 1", .wrongType, "notes"),
    Change("\"little\": 5, ", "", .badShape, "configureMicroseconds"),
    Change("\"little\": 5", "\"little\": 0", .outOfRange, "configureMicroseconds.little"),
    Change("\"little\": 5", "\"little\": 5e1", .outOfRange, "configureMicroseconds.little"),
    Change("\"little\": 5", "\"little\": 5, \"fcfs\": 5", .badShape, "configureMicroseconds"),
    Change("\"chain\": 3, ", "", .missingKey, "batchMax.chain"),
    Change("\"chain\": 3", "\"chain\": 1025", .outOfRange, "batchMax.chain"),
    Change("\"chain\": 3", "\"chain\": 3, \"other\": 3", .unknownName, "batchMax.other"),
    Change("[9, 1]", "[]", .outOfRange, "priorities"),
    Change("[9, 1]", "[10]", .outOfRange, "priorities[0]"),
    Change("[9, 1]", "[9, 9]", .duplicateName, "priorities[1]"),
    Change("\"maxMilliseconds\": 2", "\"maxMilliseconds\": 0", .badShape, "arrivals.busy"),
    Change("\"minMilliseconds\": 1", "\"minMilliseconds\": -1", .outOfRange, "arrivals.busy.minMilliseconds"),
    Change("\"busy\"", "\"../busy\"", .outOfRange, "arrivals.../busy"),
    Change("\"slotGoal\": 1, ", "", .badShape, "apps.single"),
    Change("\"slotGoal\": 1", "\"slotGoal\": 65", .outOfRange, "apps.single.slotGoal"),
    Change("\"bigLittleBig\": 3", "\"bigLittleBig\": 0", .outOfRange, "apps.chain.optimalSlots.bigLittleBig"),
    Change("\"after\": [0]", "\"after\": [1]", .badShape, "apps.chain.tasks[1].after[0]"),
    Change("\"after\": [1]", "\"after\": [0, 1, 0]", .duplicateName, "apps.chain.tasks[2].after[2]"),
    Change("\"after\": [1]", "\"after\": [-1]", .outOfRange, "apps.chain.tasks[2].after[0]"),
    Change("\"after\": [1]", "\"after\": [0, 1]", .badShape, "apps.chain.tasks[2].after"),
    Change("\"name\": \"C\"", "\"name\": \"A\"", .duplicateName, "apps.chain.tasks[2].name"),
    Change("\"name\": \"C\"", "\"name\": \"input\"", .duplicateName, "apps.chain.tasks[2].name"),
    Change("\"kernel\": \"a\"", "\"kernel\": \"a/b\"", .outOfRange, "apps.chain.tasks[0].kernel"),
    Change("2.49", "2.49, \"measuredMicrosecondsPerItem\": 2", .badShape, "apps.chain.tasks[0]"),
    Change("2.49", "0.49", .outOfRange, "apps.chain.tasks[0].microsecondsPerItem"),
    Change("\"estimateMicrosecondsPerItem\": 7, ", "", .missingKey, "apps.single.tasks[0].estimateMicrosecondsPerItem"),
    Change("\"tasks\": [0, 1]", "\"tasks\": [0, 3]", .unknownName, "apps.chain.bundles[0].tasks[1]"),
    Change("\"tasks\": [0, 1]", "\"tasks\": [0, 2]", .badShape, "apps.chain.bundles[0].tasks[1]"),
    Change("\"tasks\": [0, 1]", "\"tasks\": [0]", .outOfRange, "apps.chain.bundles[0].tasks"),
    Change("\"name\": \"AB\"", "\"name\": \"A\"", .duplicateName, "apps.chain.bundles[0].name"),
    Change("\"B+1\"", "\"B+2\"", .outOfRange, "apps.chain.bundles[0].parallel.launches"),
    Change("\"launches\": \"B\"", "\"launches\": 1", .wrongType, "apps.chain.bundles[0].serial.launches"),
    Change("\"launches\": \"B\"", "\"x\": 1", .unknownKey, "apps.chain.bundles[0].serial.x"),
    Change("\"board\"", "board", .notJSON, "."),
  ])
  func `each fault is found at its place`(_ change: Change) {
    let bad = Self.good.replacing(change.old, with: change.new, maxReplacements: 1)
    #expect(bad != Self.good)
    do {
      _ = try Self.catalogue(bad)
      Issue.record("nothing was found")
    } catch {
      #expect(error.fault == change.fault, "\(error)")
      #expect(error.place == change.place, "\(error)")
    }
  }

  @Test(arguments: [UInt64(21), 22, 23, 24])
  func `no edit of a catalogue crashes its decoder or its images`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let board = try BoardDescriptor(manifest: #require(BuiltIn.board("zcu216-big-little")))
    let alphabet = Array("0123456789.,:{}[]\"-eBab ".utf8)
    for _ in 0..<300 {
      var bytes = Array(Self.good.utf8)
      for _ in 0...Int.random(in: 0...2, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = alphabet.randomElement(using: &random) ?? 0
      }
      guard let catalogue = try? ApplicationCatalogue(json: bytes) else { continue }
      for image in catalogue.images(for: board) {
        #expect(try Image(manifest: image.manifest) == image, "seed \(seed)")
      }
    }
  }

  struct Change: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let fault: ManifestError.Fault
    let place: String
    var testDescription: String { "\(old) becomes \(new)" }

    init(_ old: String, _ new: String, _ fault: ManifestError.Fault, _ place: String) {
      self.old = old
      self.new = new
      self.fault = fault
      self.place = place
    }
  }
}
