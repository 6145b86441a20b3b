import ClusterBroker
import Fabric
import Messages
import Testing

@Suite struct PlacementTests {
  private func candidate(
    _ board: String, kernels: [String] = ["a", "b"], isOnline: Bool = true, area: Int = 8, speed: Double = 1,
    jobs: Int = 0, free: Int = 1 << 20, remaining: Double = 0, gaveUp: Set<JobID> = []
  ) throws -> Placement.Candidate {
    Placement.Candidate(
      board: try boardID(board), isOnline: isOnline,
      coverage: Coverage(of: try images(kernels), on: try descriptor()), usableArea: area, speed: speed,
      jobCount: jobs, jobLimit: 16, freeByteCount: free, remainingMicroseconds: remaining, gaveUp: gaveUp)
  }

  private func demand(faults: [String] = []) throws -> Placement.Demand {
    let application = try chain(["a", "b"])
    return Placement.Demand(
      job: JobID(rawValue: 1), application: application, progress: Progress(of: application, finished: 0),
      ringByteCount: 900, remainingMicroseconds: 1_000, faultedBoards: try faults.map(boardID))
  }

  @Test func `boards are ranked by predicted completion, ties by name`() throws {
    let placement = Placement(
      of: try demand(),
      on: [
        try candidate("busy", remaining: 5_000), try candidate("d"), try candidate("c"),
        try candidate("fast", speed: 10, remaining: 5_000), try candidate("small", area: 2),
      ])
    #expect(placement.ranked.map(\.text) == ["fast", "c", "d", "small", "busy"])
    #expect(placement.refused.isEmpty)
  }

  @Test func `why a board was refused is kept`() throws {
    let placement = Placement(
      of: try demand(),
      on: [
        try candidate("lacking", kernels: ["a"]), try candidate("lost", isOnline: false),
        try candidate("broken", area: 0), try candidate("full", jobs: 16),
        try candidate("tight", free: 899), try candidate("failing", gaveUp: [JobID(rawValue: 1)]),
      ])
    #expect(placement.choice == nil)
    #expect(
      placement.refused.map(\.reason) == [
        .noImage(try kernel("b")), .lost, .noUsableSlot, .full(limit: 16), .noMemory(needed: 900, free: 899), .gaveUp,
      ])
  }

  @Test func `a board that gave the job up is the last choice`() throws {
    let placement = Placement(
      of: try demand(faults: ["a"]), on: [try candidate("a"), try candidate("b", remaining: 9_000)])
    #expect(placement.ranked.map(\.text) == ["b", "a"])
  }

  @Test func `a serial bundle covers its tasks, a parallel one does not`() throws {
    let sequence = [try kernel("a"), try kernel("b")]
    let serial = try image(.bundle(.serial, sequence), kind: .big)
    let parallel = try image(.bundle(.parallel, sequence), kind: .big)
    let bundled = try chain(["a", "b"], hasBundle: true)
    let coverage = Coverage(of: [parallel, serial], on: try descriptor())
    let start = try progress([0, 0])
    #expect(coverage.covers(bundled, at: start))
    #expect(coverage.uncovered(in: bundled, at: start).isEmpty)
    #expect(coverage.images(for: bundled, at: start) == [serial.id])
    #expect(coverage.uncovered(in: try chain(["a", "b"]), at: start).count == 2)
    #expect(Coverage(of: [parallel], on: try descriptor()).uncovered(in: bundled, at: start).count == 2)
    // A bundle cannot go on where its tasks are not equally far.
    #expect(coverage.uncovered(in: bundled, at: try progress([2, 1])).map(\.name) == bundled.tasks.map(\.name))
  }

  @Test func `a task whose edges name other arguments than its kernel has is not covered`() throws {
    let coverage = Coverage(of: try images(["a", "b"]), on: try descriptor())
    let application = try chain(["a", "b"], output: "outputx")
    let uncovered = coverage.uncovered(in: application, at: try progress([0, 0]))
    #expect(uncovered.map(\.name) == application.tasks.map(\.name))
    guard case .wrongArguments(let mismatch) = coverage.gap(at: uncovered[0], in: application) else {
      Issue.record("the arguments are not named")
      return
    }
    #expect(mismatch.connected.description == "(in) -> (outputx)")
    #expect(mismatch.offered.description == "(in) -> (out)")
  }

  @Test func `rings take the edges' largest items, at most thirty-two each`() throws {
    let application = try chain(["a", "b"])
    #expect([0, 1, 3, 32, 1_000].map { application.ringByteCount(itemCount: $0) } == [300, 300, 900, 9_600, 9_600])
    let huge = try chain(["a", "b"], itemByteCount: .max / 40)
    #expect(huge.ringByteCount(itemCount: 1) == .max / 40 * 3)
    #expect(huge.ringByteCount(itemCount: 32) == .max)
  }

  @Test func `a board gets no more jobs than its memory holds`() throws {
    var bench = try Bench()
    try bench.register("a", memory: 2_000)
    let jobs = try (0..<3).map { try bench.submit("\($0)") }
    #expect(bench.core.ledger.queue == [jobs[2]])
    // A smaller one still fits, and the one that waits follows when there is room.
    let small = try bench.submit("small", kernels: ["a"], items: 1)
    #expect(try bench.owner(of: small) == "a@1")
    #expect(try bench.ask(.cancel(jobs[0])) == .accepted(jobs[0]))
    #expect(bench.core.ledger.queue.isEmpty)
  }

  @Test func `a job that moves needs memory at its destination, too`() throws {
    var bench = try Bench()
    try bench.register("a", memory: 2_000)
    let jobs = try (0..<2).map { try bench.submit("\($0)") }
    try bench.register("b", memory: 1_000)
    let moves = try jobs.map { Message.migrate(MigrateRequest(job: $0, destination: try boardID("b"))) }
    #expect(try bench.ask(moves[0]) == .accepted(jobs[0]))
    let answer = try bench.ask(moves[1])
    guard case .refused(let refusal) = answer else { throw Unexpected(message: answer) }
    #expect(refusal.code == "broker.boardNotFeasible")
    #expect(refusal.message.contains("900 bytes") && refusal.message.contains("100 are free"))
  }

  @Test func `an image for another shell covers nothing`() throws {
    let other = try descriptor(shell: ShellID(rawValue: blob("other").digest))
    #expect(
      Coverage(of: try images(["a"]), on: other).uncovered(in: try chain(["a"]), at: try progress([0])).count == 1)
  }

  @Test func `jobs are spread over the boards in the order of submission`() throws {
    var bench = try Bench()
    try bench.register("b")
    try bench.register("a")
    let jobs = try (0..<4).map { try bench.submit("\($0)") }
    #expect(try jobs.map { try bench.owner(of: $0) } == ["a@1", "b@1", "a@1", "b@1"])
  }

  @Test func `a board holds its limit of jobs, and the next one follows when one ends`() throws {
    var bench = try Bench()
    try bench.register("a")
    let jobs = try (0..<Limits.jobsPerBoard + 2).map { try bench.submit("\($0)") }
    #expect(bench.core.ledger.queue == Array(jobs.suffix(2)))
    #expect(try bench.ask(.cancel(jobs[3])) == .accepted(jobs[3]))
    #expect(bench.core.ledger.queue == [jobs[17]])
  }

  @Test func `a job that no present board can run holds up none after it`() throws {
    var bench = try Bench()
    try bench.register("a", kernels: ["a"])
    try bench.register("b", kernels: ["b"])
    let split = try bench.submit("1")
    let simple = try bench.submit("2", kernels: ["b"])
    #expect(bench.core.ledger.queue == [split])
    #expect(try bench.owner(of: simple) == "b@1")
  }

  @Test func `an assignment names the board's images that the job can use`() throws {
    var bench = try Bench()
    try bench.register("a", kernels: ["c", "b", "a"])
    let job = try bench.submit()
    let assignment = try #require(bench.heard(by: "a").compactMap(\.assignment).last)
    #expect(assignment.job == job)
    #expect(assignment.images == (try images(["b", "a"])).map(\.id))
  }
}
