import ClusterBroker
import Fabric
import Messages
import Testing

/// Several real agent cores and the real broker core over a network, disks and boards that fail, from seeds.
@Suite(.timeLimit(.minutes(5))) struct ProtocolTests {
  private static let seedsPerCase: UInt64 = 20

  @Test(arguments: 0..<4)
  func `without faults every job completes`(part: UInt64) throws {
    try run(part, Weather()) { try Self.expectCompleted($0) }
  }

  @Test(arguments: 0..<4)
  func `lost messages, cut links and broker crashes cost no job`(part: UInt64) throws {
    try run(part, Weather(loss: 0.1, brokerCrash: 0.05, cut: 0.05, undelivered: 0.3)) { try Self.expectCompleted($0) }
  }

  @Test(arguments: 0..<4)
  func `agents that die and faults of boards leave every job ended and nothing held`(part: UInt64) throws {
    try run(part, Weather(loss: 0.05, agentCrash: 0.06, brokerCrash: 0.03, cut: 0.03, undelivered: 0.2, fault: 0.02))
  }

  @Test(arguments: 0..<4)
  func `messages that come twice and out of order break no promise`(part: UInt64) throws {
    try run(
      part,
      Weather(
        loss: 0.1, isChaotic: true, agentCrash: 0.04, brokerCrash: 0.03, cut: 0.03, undelivered: 0.2, fault: 0.01))
  }

  /// Runs some seeds; a failure names the seed and what happened last.
  private func run(_ part: UInt64, _ weather: Weather, also check: (World) throws -> Void = { _ in }) throws {
    for seed in (part * Self.seedsPerCase)..<((part + 1) * Self.seedsPerCase) {
      let world = World(seed: seed, weather: weather)
      do {
        try world.start(
          agents: Int.random(in: 1...3, using: &world.random), jobs: Int.random(in: 1...6, using: &world.random))
        try world.run(for: .seconds(20)) { world.client.isAllAcknowledged && world.broker.core.ledger.open.isEmpty }
        world.calmDown()
        try world.run(for: .seconds(150)) { Self.isSettled(world) }
        try Self.expectSettled(world)
        try check(world)
      } catch {
        Issue.record("seed \(seed): \(error)\n\(world.report())")
        return
      }
    }
  }

  private static func isSettled(_ world: World) -> Bool {
    world.broker.isUp && world.client.isAllAcknowledged && world.broker.core.ledger.open.isEmpty
      && world.agents.allSatisfy { $0.isUp && $0.isIdle && $0.quarantinedSlot == nil }
  }

  private static func expectSettled(_ world: World) throws {
    let ledger = world.broker.core.ledger
    guard world.client.isAllAcknowledged else { throw Violation(description: "a submission is not acknowledged") }
    guard ledger.open.isEmpty else {
      throw Violation(description: "jobs do not end: \(ledger.open.compactMap { ledger[$0]?.phase })")
    }
    for agent in world.agents {
      guard let slot = agent.quarantinedSlot else { continue }
      throw Violation(description: "slot \(slot) of \(agent.board) is not reset")
    }
    for agent in world.agents where !agent.isIdle {
      throw Violation(description: "\(agent.board) holds on to something")
    }
    for (id, key) in world.client.acknowledged {
      guard let job = ledger[id], job.idempotencyKey == key, job.phase.isEnd else {
        throw Violation(description: "job \(id) was acknowledged, but has no end")
      }
      if case .ended(.completed) = job.phase, job.committed != job.itemCount {
        throw Violation(description: "job \(id) is completed with \(job.committed) of \(job.itemCount) items")
      }
    }
  }

  /// Where no board is at fault, only a cancellation may end a job early, and no agent loses one.
  ///
  /// It may give one up that comes before an earlier one's memory is free; the job goes on when it is.
  private static func expectCompleted(_ world: World) throws {
    for id in world.broker.core.ledger.known {
      if case .ended(.failed(let reason))? = world.broker.core.ledger[id]?.phase {
        throw Violation(description: "job \(id) failed: \(reason)")
      }
    }
    for agent in world.agents {
      if let handBack = agent.handBacks.first(where: { $0.reason.code != "board.outOfMemory" }) {
        throw Violation(description: "\(agent.board) gave a job up: \(handBack)")
      }
    }
  }
}
