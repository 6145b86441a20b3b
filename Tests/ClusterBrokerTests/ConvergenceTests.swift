import ClusterBroker
import Fabric
import Messages
import Testing
import TestBench

@Suite struct ConvergenceTests {
  /// A job of 6 items on board `a`, moved to `b` when 2 are committed; returns when all is over.
  @discardableResult
  private func migrateOnce(fate: ToyCluster.Fate) throws -> ToyCluster {
    var cluster = try ToyCluster(boards: ["a", "b"])
    try cluster.step()
    var job: JobID?
    for _ in 0..<40 {
      if job == nil { job = try cluster.bench.submit(items: 6) }
      if let job, let state = cluster.bench.core.ledger[job], state.committed >= 2, state.epoch.rawValue == 1 {
        _ = try cluster.bench.ask(.migrate(MigrateRequest(job: job, destination: boardID("b"))))
      }
      try cluster.step(fate: fate)
      if cluster.isDone { break }
    }
    #expect(cluster.isDone)
    let end = cluster.bench.core.ledger[try #require(job)]
    #expect(end?.phase == .ended(.completed))
    try cluster.checkJournal()
    return cluster
  }

  @Test func `a migration loses no item when no message is lost`() throws {
    let cluster = try migrateOnce { _ in [0] }
    let owners = cluster.bench.records.compactMap { record -> String? in
      if case .owned(_, let ownership) = record { ownership.board.text } else { nil }
    }
    #expect(owners == ["a", "b"])
    // Every item ran once, on one of the boards.
    #expect(cluster.agents.flatMap(\.ran).count == 6)
  }

  @Test func `whichever one message is lost, the migration ends well`() throws {
    let count = try migrateOnce { _ in [0] }.messageCount
    #expect(count > 20)
    for lost in 1...count {
      let cluster = try migrateOnce { $0 == lost ? [] : [0] }
      #expect(cluster.agents.flatMap(\.ran).count == 6, "message \(lost) was lost")
    }
  }

  @Test func `whichever one message is doubled or late, the migration ends well`() throws {
    let count = try migrateOnce { _ in [0] }.messageCount
    for number in 1...count {
      try migrateOnce { $0 == number ? [0, 3] : [0] }
      try migrateOnce { $0 == number ? [4] : [0] }
    }
  }

  @Test func `wherever the broker is killed, the migration or the job goes on`() throws {
    for kill in 1..<12 {
      var cluster = try ToyCluster(boards: ["a", "b"])
      try cluster.step()
      let job = try cluster.bench.submit(items: 6)
      for tick in 0..<60 {
        if tick == 3 {
          _ = try cluster.bench.ask(.migrate(MigrateRequest(job: job, destination: boardID("b"))))
        }
        if tick == kill { try cluster.restartBroker() }
        try cluster.step(fate: { ($0 + kill) % 3 == 0 ? [1] : [0] })
      }
      #expect(cluster.isDone, "killed in tick \(kill)")
      #expect(try cluster.bench.job(job).phase == .ended(.completed))
      try cluster.checkJournal()
    }
  }

  @Test(arguments: 0..<60)
  func `under random loss, delay, restarts and cut-offs every job ends once`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var cluster = try ToyCluster(boards: ["a", "b", "c"])
    var jobs: [JobID] = []
    var cutOff: Set<Int> = []
    for tick in 0..<160 {
      if tick == 2 || (tick > 2 && tick < 80 && jobs.count < 6 && Int.random(in: 0..<8, using: &random) == 0) {
        let answer = try cluster.bench.ask(.submit(submission("\(jobs.count)", chain(["a", "b"]), items: 8)))
        if case .submitted(let job) = answer { jobs.append(job) }
      }
      disturb(&cluster, &cutOff, jobs, &random)
      try cluster.step(cutOff: cutOff) { number in
        var fates = SeededRandom(seed: seed &* 100_000 &+ UInt64(number))
        switch Int.random(in: 0..<10, using: &fates) {
        case 0, 1: return []
        case 2: return [0, Int.random(in: 1..<16, using: &fates)]
        case 3: return [Int.random(in: 1..<8, using: &fates)]
        default: return [0]
        }
      }
    }
    // Then all is well, and everything comes to an end.
    for _ in 0..<80 { try cluster.step() }
    #expect(cluster.isDone, "seed \(seed)")
    for job in jobs { #expect(try cluster.bench.job(job).phase.isEnd, "seed \(seed)") }
    try cluster.checkJournal()
  }

  /// Now and then somebody restarts, is cut off, or a client moves or cancels a job.
  private func disturb(
    _ cluster: inout ToyCluster, _ cutOff: inout Set<Int>, _ jobs: [JobID], _ random: inout SeededRandom
  ) {
    let index = Int.random(in: 0..<3, using: &random)
    do {
      switch Int.random(in: 0..<24, using: &random) {
      case 0: cluster.restartAgent(index)
      case 1: try cluster.restartBroker()
      case 2: cutOff.insert(index)
      case 3: cutOff = []
      case 4...7:
        guard let job = jobs.randomElement(using: &random) else { return }
        let board = try boardID(cluster.agents[index].name)
        _ = try cluster.bench.ask(.migrate(MigrateRequest(job: job, destination: board)))
      case 8:
        guard let job = jobs.randomElement(using: &random) else { return }
        _ = try cluster.bench.ask(.cancel(job))
      default: break
      }
    } catch {
      Issue.record(error)
    }
  }
}
