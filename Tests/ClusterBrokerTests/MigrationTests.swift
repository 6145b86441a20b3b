import ClusterBroker
import Fabric
import Messages
import Testing

@Suite struct MigrationTests {
  /// A job on board `a` with one item committed, and an empty board `b`.
  private func running() throws -> (Bench, JobID) {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    try bench.register("b")
    try bench.finish(0, of: job, on: "a")
    _ = bench.drain()
    return (bench, job)
  }

  /// The same, with the source told to stop.
  private func stopping() throws -> (Bench, JobID) {
    var (bench, job) = try running()
    #expect(try bench.ask(migrate(job, to: "b")) == .accepted(job))
    try bench.take(.prepared(JobEpoch(job: job, epoch: first)), from: peer("b"))
    _ = bench.drain()
    return (bench, job)
  }

  private let first = Epoch(rawValue: 1)

  private func migrate(_ job: JobID, to board: String) throws -> Message {
    .migrate(MigrateRequest(job: job, destination: try boardID(board)))
  }

  private func checkpoint(_ finished: [Int] = [3, 2]) throws -> Checkpoint {
    let edge = try #require(EdgeName("e1"))
    return Checkpoint(progress: try progress(finished), items: [SavedItem(edge: edge, item: 2, blob: blob("saved"))])
  }

  private func stopped(_ job: JobID, isDelivered: Bool = true) throws -> Message {
    .stopped(
      Stopped(
        job: job, epoch: first, checkpoint: try checkpoint(), isDelivered: isDelivered, drainDuration: .seconds(1)))
  }

  @Test func `prepare, stop, one record, assign and release`() throws {
    var (bench, job) = try running()
    #expect(try bench.ask(migrate(job, to: "b")) == .accepted(job))
    guard case .prepare(let announced)? = bench.heard(by: "b").first else {
      Issue.record("nothing was announced")
      return
    }
    #expect(announced.epoch == first)
    #expect(announced.committed == 1)
    #expect(try bench.status(job).state == .migrating)
    let before = bench.records.count

    try bench.take(.prepared(JobEpoch(job: job, epoch: first)), from: peer("b"))
    let order = StopOrder(job: job, epoch: first, destination: try boardID("b"), endpoint: "tcp://b")
    #expect(bench.heard(by: "a") == [.stop(order)])
    #expect(bench.records.count == before + 1)

    try bench.take(stopped(job), from: peer("a"))
    #expect(bench.records.count == before + 2)
    #expect(try bench.owner(of: job) == "b@2")
    #expect(bench.heard(by: "a") == [.release(JobEpoch(job: job, epoch: first))])
    let assignment = try #require(bench.heard(by: "b").compactMap(\.assignment).first)
    #expect(assignment.checkpoint == (try checkpoint()))
    #expect(assignment.epoch == first.next)
    #expect(try bench.status(job).progress == progress([3, 2]))
    #expect(try bench.status(job).state == .running)
  }

  @Test func `results that come before the seal are still committed`() throws {
    var (bench, job) = try stopping()
    try bench.finish(1, of: job, on: "a")
    try bench.take(stopped(job), from: peer("a"))
    #expect(bench.heard(by: "b").compactMap(\.assignment).first?.committed == 2)
  }

  @Test func `the last result may end a job that is stopping`() throws {
    var (bench, job) = try stopping()
    try bench.finish(1, of: job, on: "a")
    _ = bench.drain()
    try bench.finish(2, of: job, on: "a")
    #expect(try bench.job(job).phase == .ended(.completed))
    let release = Message.release(JobEpoch(job: job, epoch: first))
    #expect(bench.heard(by: "a") == [release])
    #expect(bench.heard(by: "b") == [release])
  }

  @Test func `each reason to refuse a migration has its name`() throws {
    var (bench, job) = try running()
    try bench.register("c", kernels: ["a"])
    let waiting = try bench.submit("waiting", kernels: ["b"])
    #expect(try bench.ask(.cancel(waiting)) == .accepted(waiting))
    #expect(try bench.ask(migrate(JobID(rawValue: 99), to: "b")).refusalCode == "broker.unknownJob")
    #expect(try bench.ask(migrate(waiting, to: "b")).refusalCode == "broker.jobEnded")
    #expect(try bench.ask(migrate(job, to: "x")).refusalCode == "broker.unknownBoard")
    #expect(try bench.ask(migrate(job, to: "a")).refusalCode == "broker.alreadyThere")
    #expect(try bench.ask(migrate(job, to: "c")).refusalCode == "broker.boardNotFeasible")
    #expect(try bench.ask(migrate(job, to: "b")) == .accepted(job))
    #expect(try bench.ask(migrate(job, to: "b")) == .accepted(job))
    #expect(try bench.ask(migrate(job, to: "c")).refusalCode == "broker.alreadyMigrating")
    try bench.take(.prepared(JobEpoch(job: job, epoch: first)), from: peer("b"))
    #expect(try bench.ask(migrate(job, to: "b")) == .accepted(job))
    #expect(try bench.ask(migrate(job, to: "c")).refusalCode == "broker.alreadyMigrating")
  }

  @Test func `a job in the queue cannot be moved`() throws {
    var bench = try Bench()
    try bench.register("a", kernels: ["a"])
    try bench.register("b", kernels: ["b"])
    let job = try bench.submit()
    #expect(try bench.ask(migrate(job, to: "b")).refusalCode == "broker.notRunning")
  }

  @Test func `a destination that declines leaves the job at its source`() throws {
    var (bench, job) = try running()
    _ = try bench.ask(migrate(job, to: "b"))
    let reason = Refusal(code: "x", message: "", hint: "")
    try bench.take(.declined(Declined(job: job, epoch: first, reason: reason)), from: peer("b"))
    #expect(try bench.status(job).state == .running)
    #expect(try bench.status(job).reason == reason)
    try bench.take(.prepared(JobEpoch(job: job, epoch: first)), from: peer("b"))
    #expect(try bench.owner(of: job) == "a@1")
    #expect(bench.heard(by: "a").isEmpty)
  }

  @Test func `a preparation that takes too long is given up`() throws {
    var (bench, job) = try running()
    _ = try bench.ask(migrate(job, to: "b"))
    for _ in 0..<8 {
      try bench.pass(.seconds(4))
      try bench.heartbeat("a", jobs: [held(job, committed: 1)])
      try bench.heartbeat("b")
    }
    #expect(try bench.status(job).state == .running)
    #expect(try bench.status(job).reason?.code == "broker.notPrepared")
    try bench.take(.prepared(JobEpoch(job: job, epoch: first)), from: peer("b"))
    #expect(try bench.status(job).state == .running)
    // The next migration starts anew.
    _ = try bench.ask(migrate(job, to: "b"))
    #expect(try bench.status(job).reason == nil)
  }

  @Test func `why a job was not moved is shown until it leaves its board or ends`() throws {
    var (bench, job) = try stopping()
    try bench.take(stopped(job, isDelivered: false), from: peer("a"))
    #expect(try bench.status(job).reason?.code == "broker.notHandedOver")
    var other = bench
    try other.register("a", incarnation: 2)
    #expect(try other.status(job).reason == nil)
    #expect(try bench.ask(.cancel(job)) == .accepted(job))
    #expect(try bench.status(job).reason == nil)
  }

  @Test func `a destination that is lost while it prepares is the reason`() throws {
    var (bench, job) = try running()
    _ = try bench.ask(migrate(job, to: "b"))
    try bench.register("b", incarnation: 2)
    #expect(try bench.status(job).reason?.code == "broker.boardNotFeasible")
  }

  @Test func `a reservation is renewed while the source stops, until the job comes`() throws {
    var (bench, job) = try stopping()
    try bench.heartbeat("b")
    guard case .prepare(let announced)? = bench.heard(by: "b").last else {
      Issue.record("the job is not announced again")
      return
    }
    #expect((announced.job, announced.epoch) == (job, first))
    let before = bench.records.count
    try bench.take(.prepared(JobEpoch(job: job, epoch: first)), from: peer("b"))
    #expect(bench.records.count == before && bench.heard(by: "b").isEmpty)
    try bench.take(stopped(job), from: peer("a"))
    _ = bench.drain()
    try bench.heartbeat("b", jobs: [held(job, epoch: 2, finished: [3, 2], committed: 1)])
    #expect(bench.heard(by: "b").map(\.name) == ["heartbeatAck"])
  }

  @Test func `a destination that has only the bundle does not get a job that is within it`() throws {
    var bench = try Bench()
    let bundle = try image(.bundle(.serial, [kernel("a"), kernel("b")]), kind: .big)
    try bench.register("a")
    let submit = Message.submit(try submission("key", chain(["a", "b"], hasBundle: true)))
    guard case .submitted(let job) = try bench.ask(submit) else { return }
    try bench.register("b", offer: [bundle])
    try bench.finish(0, of: job, on: "a")
    #expect(try bench.ask(migrate(job, to: "b")) == .accepted(job))
    try bench.take(.prepared(JobEpoch(job: job, epoch: first)), from: peer("b"))
    try bench.take(stopped(job), from: peer("a"))
    #expect(try bench.owner(of: job) == "a@2")
    #expect(try bench.status(job).reason?.code == "broker.notHandedOver")
  }

  @Test func `a lost prepare and a lost stop are sent again with the next heartbeats`() throws {
    var (bench, job) = try running()
    _ = try bench.ask(migrate(job, to: "b"))
    _ = bench.drain()
    try bench.heartbeat("b")
    #expect(bench.heard(by: "b").map(\.name) == ["heartbeatAck", "prepare"])
    try bench.take(.prepared(JobEpoch(job: job, epoch: first)), from: peer("b"))
    _ = bench.drain()
    try bench.heartbeat("a", jobs: [held(job, committed: 1)])
    #expect(bench.heard(by: "a").map(\.name) == ["heartbeatAck", "stop"])
  }

  @Test func `a stop goes out again after a restart, before the destination is back`() throws {
    var (bench, job) = try stopping()
    try bench.restart()
    try bench.register("a", jobs: [held(job, committed: 1)])
    let order = StopOrder(job: job, epoch: first, destination: try boardID("b"), endpoint: "tcp://b")
    #expect(bench.heard(by: "a").contains(.stop(order)))
    try bench.register("b")
    try bench.take(stopped(job), from: peer("a"))
    #expect(try bench.owner(of: job) == "b@2")
  }

  @Test func `a checkpoint that was not delivered goes on at the source, under the next epoch`() throws {
    var (bench, job) = try stopping()
    try bench.take(stopped(job, isDelivered: false), from: peer("a"))
    #expect(try bench.owner(of: job) == "a@2")
    let heard = bench.heard(by: "a")
    #expect(heard.compactMap(\.assignment).first?.checkpoint == (try checkpoint()))
    // Nothing makes the source forget what it saved under the epoch before.
    try bench.heartbeat("a", jobs: [held(job, .sealed, committed: 1)])
    try bench.take(stopped(job, isDelivered: false), from: peer("a"))
    #expect(!(heard + bench.heard(by: "a")).map(\.name).contains("release"))
    #expect(bench.heard(by: "b") == [.release(JobEpoch(job: job, epoch: first))])
  }

  @Test func `a destination that was lost or restarted meanwhile does not get the job`() throws {
    var (bench, job) = try stopping()
    var other = bench
    try bench.pass(.seconds(4))
    try bench.heartbeat("a", jobs: [held(job, .stopping, committed: 1)])
    try bench.pass(.seconds(2))
    try bench.take(stopped(job), from: peer("a"))
    #expect(try bench.owner(of: job) == "a@2")

    try other.register("b", incarnation: 2)
    try other.take(stopped(job), from: peer("a"))
    #expect(try other.owner(of: job) == "a@2")
  }

  @Test func `a source that is lost while it stops has its job owned anew from the committed prefix`() throws {
    var (bench, job) = try stopping()
    try bench.pass(.seconds(4))
    try bench.heartbeat("b")
    try bench.pass(.seconds(2))
    #expect(try bench.owner(of: job) == "b@2")
    #expect(try bench.job(job).phase.ownership?.checkpoint.items == [])
    // Its late report is stale.
    _ = bench.drain()
    try bench.register("a", jobs: [held(job, .sealed, committed: 1)])
    try bench.take(stopped(job), from: peer("a"))
    #expect(try bench.owner(of: job) == "b@2")
    #expect(bench.heard(by: "a").contains(.release(JobEpoch(job: job, epoch: first))))
  }

  @Test func `a job may leave again and come back`() throws {
    var (bench, job) = try stopping()
    try bench.take(stopped(job), from: peer("a"))
    #expect(try bench.ask(migrate(job, to: "a")) == .accepted(job))
    try bench.take(.prepared(JobEpoch(job: job, epoch: first.next)), from: peer("a"))
    let report = Stopped(
      job: job, epoch: first.next, checkpoint: try checkpoint(), isDelivered: true, drainDuration: .zero)
    try bench.take(.stopped(report), from: peer("b"))
    #expect(try bench.owner(of: job) == "a@3")
  }

  @Test func `a checkpoint that cannot be the job's is refused, and the job starts again from its committed prefix`()
    throws
  {
    let faults = [
      try checkpoint([3, 0]), try checkpoint([4, 2]), try checkpoint([3]), try checkpoint([2, 2]),
      Checkpoint(
        progress: try progress([3, 3]),
        items: [SavedItem(edge: try #require(EdgeName("e0")), item: 0, blob: blob("saved"))]),
    ]
    for fault in faults {
      var (bench, job) = try stopping()
      let report = Stopped(job: job, epoch: first, checkpoint: fault, isDelivered: true, drainDuration: .zero)
      try bench.take(.stopped(report), from: peer("a"))
      #expect(bench.heard(by: "a").first { $0.name == "refused" }?.refusalCode == "broker.badCheckpoint")
      #expect(try bench.owner(of: job) == "b@2")
      #expect(try bench.job(job).phase.ownership?.checkpoint.progress == progress([1, 1]))
    }
  }
}
