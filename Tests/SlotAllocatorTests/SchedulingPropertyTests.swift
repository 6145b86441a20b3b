import Fabric
import SlotAllocator
import TestBench
import Testing

@Suite struct SchedulingPropertyTests {
  /// A failure names its seed, which runs it again.
  @Test(arguments: PolicyName.allCases)
  func `every item runs once, after its predecessors', on any board, and every job ends`(policy: PolicyName) throws {
    for seed in UInt64(1)...160 {
      var board = try ModelBoard(seed: seed, policy: policy.policy())
      let fault = try board.run()
      #expect(fault == nil, "seed \(seed)")
    }
  }

  @Test(arguments: PolicyName.allCases)
  func `so it does with the published defects, on what those were made for`(policy: PolicyName) throws {
    guard policy.published(slotGoals: [:]) != nil else { return }
    for seed in UInt64(1)...80 {
      guard let published = policy.published(slotGoals: ["made-up": 1 + Int(seed % 4)]) else { return }
      var board = try ModelBoard(seed: seed, policy: published, isPlain: true)
      let fault = try board.run()
      #expect(fault == nil, "seed \(seed)")
    }
  }

  @Test func `so it does where slots are given to any stage at any time`() throws {
    for seed in UInt64(1)...320 {
      var board = try ModelBoard(seed: seed, policy: Whims(random: SeededRandom(seed: seed)))
      let fault = try board.run()
      #expect(fault == nil, "seed \(seed)")
    }
  }
}

/// Gives slots to stages by chance: whatever a policy may wish, and some of what it should not.
private struct Whims: Policy {
  var random: SeededRandom
  var configurationLimit: Int { 3 }

  /// It may do nothing now, so it wants to be asked again.
  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? { now + .microseconds(3) }

  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    guard random.chance(40), let job = board.jobs.randomElement(using: &random),
      let stage = job.stages.indices.randomElement(using: &random), job.isReady(stage) || random.chance(10),
      let slot = job.stages[stage].slots.sorted().randomElement(using: &random)
    else { return nil }
    return Placement(slot: slot, assignment: Assignment(execution: job.execution, stage: stage))
  }
}
