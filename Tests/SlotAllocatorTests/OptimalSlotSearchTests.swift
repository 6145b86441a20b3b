import Fabric
import SlotAllocator
import TestBench
import Testing

@Suite struct OptimalSlotSearchTests {
  @Test(arguments: UInt64(0)..<250)
  func `the search finds what trying every order finds`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let model = try Self.model(elementCount: 1...5, &random)
    let slotCount = Int.random(in: 1...model.elements.count, using: &random)
    let best = model.makespan(slotCount: slotCount, searchLimit: .max)
    #expect(best.isExact, "seed \(seed)")
    #expect(best.duration == BruteForce(model, slotCount: slotCount).makespan, "seed \(seed)")
  }

  @Test(arguments: UInt64(300)..<350)
  func `a search that gives up brackets the optimum`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let model = try Self.model(elementCount: 5...6, &random)
    let slotCount = Int.random(in: 1...3, using: &random)
    let hasty = model.makespan(slotCount: slotCount, searchLimit: 0)
    let best = BruteForce(model, slotCount: slotCount).makespan
    #expect(hasty.lowerBound <= best && best <= hasty.duration, "seed \(seed)")
    #expect(BruteForce(model, slotCount: slotCount).makespan(of: hasty.order) == hasty.duration, "seed \(seed)")
    #expect(hasty.gap >= 0 && hasty.isExact == (hasty.gap == 0), "seed \(seed)")
  }

  @Test(arguments: UInt64(400)..<440)
  func `larger graphs stay within the bracket and never gain from fewer slots`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let model = try Self.model(elementCount: 12...24, &random)
    let counts = OptimalSlotCount(of: model, slotLimit: 8)
    for (more, fewer) in zip(counts.makespans.dropFirst(), counts.makespans) {
      #expect(more.duration <= fewer.duration, "seed \(seed)")
      #expect(more.lowerBound <= more.duration, "seed \(seed)")
      #expect(Set(more.order).count == model.elements.count, "seed \(seed)")
    }
  }

  @Test func `an order that is none is not started from`() throws {
    let model = try #require(OptimalSlotCountTests.chain([3, 2, 1], itemCount: 4))
    let plain = model.makespan(slotCount: 2)
    for order in [[2, 1, 0], [0, 0, 1], [0, 1], [0, 1, 7], []] {
      #expect(model.makespan(slotCount: 2, startingFrom: order) == plain)
    }
  }

  /// A random graph: some kinds of element many times, so that there are twins, and some parallel bundles.
  static func model(elementCount: ClosedRange<Int>, _ random: inout SeededRandom) throws -> PipelineModel {
    let hasBundles = random.chance(30)
    let elements = (0..<Int.random(in: elementCount, using: &random)).map { index in
      PipelineModel.Element(
        perLaunch: .nanoseconds(random.chance(40) ? 7 : Int.random(in: 0...20, using: &random)),
        stageCount: hasBundles && random.chance(50) ? Int.random(in: 2...4, using: &random) : 1,
        after: (0..<index).filter { _ in random.chance(35) })
    }
    return try #require(
      PipelineModel(
        elements: elements, itemCount: Int.random(in: 1...5, using: &random),
        perConfiguration: .nanoseconds(Int.random(in: 0...15, using: &random))))
  }
}

/// Every order of the elements, topological or not, item by item.
private struct BruteForce {
  let model: PipelineModel
  let slotCount: Int

  init(_ model: PipelineModel, slotCount: Int) {
    self.model = model
    self.slotCount = slotCount
  }

  var makespan: Duration { Self.permutations(of: Array(model.elements.indices)).map(makespan(of:)).min() ?? .zero }

  /// The time that an order takes; the longest there is for one that gets stuck.
  func makespan(of order: [Int]) -> Duration {
    var configured: [Int: Int64] = [:]
    var holders: [Int] = []
    var port: Int64 = 0
    for element in order {
      let ends = items(configured).map { $0.last ?? .max }
      var free: Int64 = 0
      if holders.count == slotCount {
        guard let first = holders.indices.min(by: { ends[holders[$0]] < ends[holders[$1]] }) else { return .zero }
        free = ends[holders.remove(at: first)]
        guard free < .max else { return .nanoseconds(Int64.max) }
      }
      port = max(port, free) + model.nanosecondsPerConfiguration
      configured[element] = port
      holders.append(element)
    }
    return .nanoseconds(items(configured).compactMap(\.last).max() ?? 0)
  }

  /// When each element hands on each item; never (`Int64.max`) while something before it has no slot.
  private func items(_ configured: [Int: Int64]) -> [[Int64]] {
    var items: [[Int64]] = []
    for (index, element) in model.elements.enumerated() {
      let sources = element.predecessors.map { items[$0] }
      var launches: [Int64] = []
      for launch in 0..<(model.itemCount + element.stageCount - 1) {
        let inputs = launch < model.itemCount ? sources.map { $0[launch] } : []
        let start = max(inputs.max() ?? 0, launches.last ?? configured[index] ?? .max)
        launches.append(start == .max ? .max : start + element.nanosecondsPerLaunch)
      }
      items.append(Array(launches.dropFirst(element.stageCount - 1)))
    }
    return items
  }

  private static func permutations(of elements: [Int]) -> [[Int]] {
    guard !elements.isEmpty else { return [[]] }
    return elements.flatMap { first in permutations(of: elements.filter { $0 != first }).map { [first] + $0 } }
  }
}
