import ClusterBroker
import Fabric
import Messages
import TestBench
import Testing

/// Random events, after each of which the indexes are compared with what they follow from.
@Suite struct PlacementIndexTests {
  private static let boards = ["a", "b", "c", "d", "e"]
  private static let kernels = [["a"], ["b"], ["a", "b"], ["c", "a", "b"]]

  @Test(arguments: 0..<24)
  func `the indexes find what asking every board and every job finds`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var configuration = BrokerConfiguration()
    configuration.jobsPerBoard = 4
    configuration.retainedJobs = 40
    var bench = try Bench(configuration)
    for item in 0..<48 { try bench.handle(.blobStored(blob("input \(item)"))) }
    for step in 0..<160 {
      try disturb(&bench, step, &random)
      let faults = bench.core.indexFaults
      #expect(faults.isEmpty, "seed \(seed), step \(step)")
      if !faults.isEmpty { return }
    }
    let owned = bench.records.count { if case .owned = $0 { true } else { false } }
    #expect(owned > 10, "seed \(seed)")
  }

  /// Something happens: to a board, to a job, to the broker.
  private func disturb(_ bench: inout Bench, _ step: Int, _ random: inout SeededRandom) throws {
    let board = try #require(Self.boards.randomElement(using: &random))
    switch Int.random(in: 0..<32, using: &random) {
    case 0..<10: try submit(&bench, step, &random)
    case 10..<13: try register(&bench, board, &random)
    case 13..<18: try heartbeat(&bench, board, &random)
    case 18..<23: try finish(&bench, board, &random)
    case 23..<25: try giveUp(&bench, board, &random)
    case 25..<28: try migrate(&bench, board, &random)
    case 28:
      if let job = bench.core.ledger.open.randomElement(using: &random) { try bench.take(.cancel(job)) }
    case 29: try bench.pass(.milliseconds(Int.random(in: 100...7_000, using: &random)))
    case 30: try progress(&bench, board, &random)
    default: if random.chance(20) { try bench.restart(items: 48) }
    }
  }

  private func submit(_ bench: inout Bench, _ step: Int, _ random: inout SeededRandom) throws {
    let kernels = try #require(Self.kernels.randomElement(using: &random))
    let application = try chain(kernels, microsecondsPerItem: random.chance(50) ? 1_000 : 70)
    try bench.take(.submit(submission("\(step)", application, items: Int.random(in: 1...48, using: &random))))
  }

  private func register(_ bench: inout Bench, _ board: String, _ random: inout SeededRandom) throws {
    let offers = [["a"], ["a", "b"], ["b", "a"], ["a", "b", "c"]]
    let registration = try registration(
      board, incarnation: UInt64.random(in: 1...3, using: &random),
      kernels: try #require(offers.randomElement(using: &random)), speed: random.chance(70) ? 1 : 3,
      memory: Int.random(in: 1...8, using: &random) * 4_000)
    try bench.take(.register(registration), from: peer(board))
  }

  private func heartbeat(_ bench: inout Bench, _ board: String, _ random: inout SeededRandom) throws {
    let quarantined = random.chance(80) ? 0 : Int.random(in: 1...6, using: &random)
    let slots = (0..<6).map {
      SlotStatus(
        slot: SlotID(rawValue: $0), kind: $0 < 4 ? .little : .big, state: $0 < quarantined ? .quarantined : .empty,
        image: nil, job: nil)
    }
    for incarnation in 1...3 {
      let heartbeat = Heartbeat(
        number: 1, board: try boardID(board), incarnation: Incarnation(rawValue: UInt64(incarnation)), jobs: [],
        slots: slots, health: BoardHealth(), configurations: [])
      try bench.take(.heartbeat(heartbeat), from: peer(board))
    }
  }

  private func finish(_ bench: inout Bench, _ board: String, _ random: inout SeededRandom) throws {
    guard let job = try ownedJob(on: board, bench, &random) else { return }
    for item in job.committed..<min(job.itemCount, job.committed + 20) {
      try bench.finish(item, of: job.id, epoch: job.epoch.rawValue, on: board)
    }
  }

  private func giveUp(_ bench: inout Bench, _ board: String, _ random: inout SeededRandom) throws {
    if let job = try ownedJob(on: board, bench, &random) { try bench.giveUp(job.id, on: board) }
  }

  private func progress(_ bench: inout Bench, _ board: String, _ random: inout SeededRandom) throws {
    guard let job = try ownedJob(on: board, bench, &random) else { return }
    let finished = job.request.application.tasks.map { _ in Int.random(in: 0...50, using: &random) }
    try bench.take(.progress(held(job.id, epoch: job.epoch.rawValue, finished: finished)), from: peer(board))
  }

  /// Begins a migration, or goes one step on with one.
  private func migrate(_ bench: inout Bench, _ board: String, _ random: inout SeededRandom) throws {
    let open = bench.core.ledger.open
    guard let id = open.randomElement(using: &random), let job = bench.core.ledger[id] else { return }
    switch Int.random(in: 0..<3, using: &random) {
    case 0: try bench.take(.migrate(MigrateRequest(job: id, destination: boardID(board))))
    case 1: try bench.take(.prepared(JobEpoch(job: id, epoch: job.epoch)), from: peer(board))
    default:
      guard case .stopping(let ownership, _) = job.phase else { return }
      let checkpoint = Checkpoint(
        progress: Progress(of: job.request.application, finished: job.committed), items: [])
      let stopped = Stopped(
        job: id, epoch: job.epoch, checkpoint: checkpoint, isDelivered: random.chance(70), drainDuration: .zero)
      try bench.take(.stopped(stopped), from: peer(ownership.board.text))
    }
  }

  private func ownedJob(on board: String, _ bench: Bench, _ random: inout SeededRandom) throws -> Job? {
    let jobs = bench.core.ledger.jobs(on: try boardID(board))
    return jobs.randomElement(using: &random).flatMap { bench.core.ledger[$0] }
  }

  @Test func `a board that gave the first job of a line up takes the next one`() throws {
    var configuration = BrokerConfiguration()
    configuration.jobsPerBoard = 1
    var bench = try Bench(configuration)
    try bench.register("a")
    let jobs = try (0..<3).map { try bench.submit("\($0)") }
    try bench.giveUp(jobs[0], on: "a")
    #expect(try bench.owner(of: jobs[1]) == "a@1")
    #expect(bench.core.ledger.queue == [jobs[0], jobs[2]])
    try bench.heartbeat("a")
    #expect(try bench.ask(.cancel(jobs[1])) == .accepted(jobs[1]))
    #expect(try bench.owner(of: jobs[0]) == "a@2")
  }

  @Test func `jobs of one application share it, whatever copy they came with`() throws {
    var bench = try Bench()
    try bench.register("one")
    let jobs = try (0..<2).map { try bench.submit("\($0)") }
    let manifests = try jobs.map { try bench.job($0).request.application.manifest }
    let addresses = manifests.map { $0.withUnsafeBufferPointer { $0.baseAddress } }
    #expect(addresses[0] == addresses[1])
  }
}
