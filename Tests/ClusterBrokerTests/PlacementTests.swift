import ClusterBroker
import Fabric
import Messages
import Testing

@Suite struct PlacementTests {
  private func candidate(
    _ board: String, kernels: [String] = ["a", "b"], isOnline: Bool = true, area: Int = 8, speed: Double = 1,
    jobs: Int = 0, remaining: Double = 0
  ) throws -> Placement.Candidate {
    Placement.Candidate(
      board: try boardID(board), isOnline: isOnline,
      coverage: Coverage(of: try images(kernels), on: try descriptor()), usableArea: area, speed: speed,
      jobCount: jobs, jobLimit: 16, remainingMicroseconds: remaining)
  }

  private func demand(faults: [String] = []) throws -> Placement.Demand {
    Placement.Demand(
      application: try chain(["a", "b"]), remainingMicroseconds: 1_000, faultedBoards: try faults.map(boardID))
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
      ])
    #expect(placement.choice == nil)
    #expect(
      placement.refused.map(\.reason) == [.noImage(try kernel("b")), .lost, .noUsableSlot, .full(limit: 16)])
  }

  @Test func `a board that gave the job up is the last choice`() throws {
    let placement = Placement(
      of: try demand(faults: ["a"]), on: [try candidate("a"), try candidate("b", remaining: 9_000)])
    #expect(placement.ranked.map(\.text) == ["b", "a"])
  }

  @Test func `a serial bundle covers its tasks, a parallel one does not`() throws {
    let sequence = [try kernel("a"), try kernel("b")]
    let serial = image(.bundle(.serial, sequence), kind: .big)
    let parallel = image(.bundle(.parallel, sequence), kind: .big)
    let bundled = try chain(["a", "b"], hasBundle: true)
    let coverage = Coverage(of: [parallel, serial], on: try descriptor())
    #expect(coverage.uncovered(in: bundled).isEmpty)
    #expect(coverage.images(for: bundled) == [serial.id])
    #expect(coverage.uncovered(in: try chain(["a", "b"])).count == 2)
    #expect(Coverage(of: [parallel], on: try descriptor()).uncovered(in: bundled).count == 2)
  }

  @Test func `an image for another shell covers nothing`() throws {
    let other = try descriptor(shell: ShellID(rawValue: blob("other").digest))
    #expect(Coverage(of: try images(["a"]), on: other).uncovered(in: try chain(["a"])).count == 1)
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
