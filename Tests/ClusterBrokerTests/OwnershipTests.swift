import ClusterBroker
import Fabric
import Messages
import Testing

@Suite struct OwnershipTests {
  @Test func `an assignment goes out only after the record that gives the job away`() throws {
    var bench = try Bench()
    try bench.register("a")
    try bench.take(.submit(submission("key", chain(["a", "b"]))))
    let assign = try #require(bench.drain().first { $0.envelope.message.assignment != nil })
    #expect(assign.after == SequenceNumber(rawValue: 2))
    #expect(assign.envelope.message.assignment?.epoch == Epoch(rawValue: 1))
  }

  @Test func `results are committed in order, once, and the last one completes the job`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit(items: 2)
    try bench.finish(1, of: job, on: "a")
    #expect(try bench.job(job).committed == 0)
    try bench.finish(0, of: job, on: "a")
    try bench.finish(0, of: job, on: "a")
    #expect(try bench.job(job).committed == 1)
    _ = bench.drain()
    try bench.finish(1, of: job, on: "a")
    #expect(try bench.job(job).phase == .ended(.completed))
    #expect(bench.heard(by: "a") == [.release(JobEpoch(job: job, epoch: Epoch(rawValue: 1)))])
    let answer = try bench.ask(.outputsQuery(job))
    let results = [blob("result \(job) 0"), blob("result \(job) 1")]
    #expect(answer == .outputs(JobOutputs(job: job, state: .completed, items: 2, results: results)))
    #expect(try bench.status(job).progress == progress([2, 2]))
  }

  @Test func `a result whose bytes are not here is asked for`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    _ = bench.drain()
    let finished = ItemFinished(job: job, epoch: Epoch(rawValue: 1), item: 0, result: blob("nowhere"))
    try bench.take(.itemFinished(finished), from: peer("a"))
    #expect(bench.heard(by: "a") == [.blobMissing(finished)])
    #expect(try bench.job(job).committed == 0)
  }

  @Test func `a result under a stale epoch or of another agent is not committed`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    try bench.register("b")
    _ = bench.drain()
    try bench.finish(0, of: job, on: "b")
    #expect(bench.heard(by: "b") == [.release(JobEpoch(job: job, epoch: Epoch(rawValue: 1)))])
    // The board restarts: its job takes the next epoch, and the old one is stale.
    try bench.register("a", incarnation: 2)
    #expect(try bench.job(job).epoch == Epoch(rawValue: 2))
    try bench.finish(0, of: job, epoch: 1, on: "a")
    #expect(try bench.job(job).committed == 0)
    #expect(bench.core.staleResultCount == 1)
  }

  @Test func `a result of a connection that nobody registered on is answered with unknownAgent`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    _ = bench.drain()
    try bench.finish(0, of: job, on: "x")
    #expect(bench.heard(by: "x") == [.unknownAgent])
  }

  @Test func `a lease that runs out gives the job away from its committed prefix under the next epoch`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    try bench.finish(0, of: job, on: "a")
    try bench.pass(.seconds(3))
    try bench.register("b")
    try bench.heartbeat("b")
    _ = bench.drain()
    try bench.pass(.seconds(2))
    #expect(try bench.owner(of: job) == "b@2")
    let assignment = try #require(bench.heard(by: "b").compactMap(\.assignment).first)
    #expect(assignment.committed == 1)
    #expect(assignment.checkpoint == Checkpoint(progress: try progress([1, 1]), items: []))
    // The old owner was only cut off: it must register again, and is told to forget the job.
    try bench.heartbeat("a", jobs: [held(job, finished: [2, 1], committed: 1)])
    #expect(bench.heard(by: "a") == [.unknownAgent])
    try bench.register("a", jobs: [held(job, finished: [2, 1], committed: 1)])
    let heard = bench.heard(by: "a")
    #expect(heard.first == .welcome(Welcome(leaseDuration: .seconds(4), jobs: [])))
    #expect(heard.contains(.release(JobEpoch(job: job, epoch: Epoch(rawValue: 1)))))
    #expect(try bench.owner(of: job) == "b@2")
  }

  @Test func `heartbeats renew the lease and are answered with their number`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    _ = bench.drain()
    for _ in 0..<5 {
      try bench.pass(.seconds(4))
      try bench.heartbeat("a", jobs: [held(job)])
    }
    #expect(try bench.owner(of: job) == "a@1")
    #expect(bench.heard(by: "a") == Array(repeating: .heartbeatAck(number: 9), count: 5))
  }

  @Test func `a job of a lost board waits where no other can run it`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    try bench.pass(.seconds(6))
    #expect(try bench.job(job).phase == .queued)
    guard case .boards(let boards) = try bench.ask(.boardsQuery) else { return }
    #expect(boards.map(\.state) == [.lost])
    try bench.heartbeat("a", jobs: [held(job)])
    #expect(try bench.job(job).phase == .queued)
    try bench.register("a", jobs: [held(job)])
    #expect(try bench.owner(of: job) == "a@2")
  }

  @Test func `a new incarnation's jobs are owned anew at once`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    try bench.finish(0, of: job, on: "a")
    _ = bench.drain()
    try bench.register("a", incarnation: 2, connection: "a again")
    #expect(try bench.owner(of: job) == "a@2")
    let assignment = try #require(bench.heard(by: "a again").compactMap(\.assignment).first)
    #expect(assignment.incarnation == Incarnation(rawValue: 2))
    #expect(assignment.checkpoint.progress == (try progress([1, 1])))
    // A late message of the replaced incarnation does not bring it back.
    try bench.register("a", incarnation: 1, connection: "old a")
    #expect(bench.heard(by: "old a").map(\.refusalCode) == ["broker.boardNameTaken"])
  }

  @Test func `the same incarnation on a new connection goes on`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    _ = bench.drain()
    try bench.register("a", jobs: [held(job)], connection: "a again")
    #expect(try bench.owner(of: job) == "a@1")
    let welcome = Welcome(leaseDuration: .seconds(4), jobs: [JobEpoch(job: job, epoch: Epoch(rawValue: 1))])
    #expect(bench.heard(by: "a again") == [.welcome(welcome)])
    try bench.heartbeat("a")
    #expect(bench.heard(by: "a") == [.unknownAgent])
  }

  @Test func `a lost assignment and a lost commit are sent again with the next heartbeat`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    _ = bench.drain()
    try bench.heartbeat("a")
    #expect(bench.heard(by: "a").compactMap(\.assignment).map(\.job) == [job])
    try bench.finish(0, of: job, on: "a")
    _ = bench.drain()
    try bench.heartbeat("a", jobs: [held(job, committed: 0)])
    #expect(
      bench.heard(by: "a").contains(.committed(Committed(job: job, epoch: Epoch(rawValue: 1), through: 1))))
  }

  @Test func `a job's own fault fails it, a board's fault tries another board`() throws {
    var bench = try Bench()
    try bench.register("a")
    try bench.register("b")
    let reason = Refusal(code: "x", message: "m", hint: "h")
    let job = try bench.submit()
    let epoch = try bench.job(job).epoch
    #expect(try bench.owner(of: job) == "a@1")
    try bench.take(.handBack(HandBack(job: job, epoch: epoch, cause: .board, reason: reason)), from: peer("a"))
    #expect(try bench.owner(of: job) == "b@2")
    // Said twice, it changes nothing.
    try bench.take(.handBack(HandBack(job: job, epoch: epoch, cause: .job, reason: reason)), from: peer("a"))
    #expect(try bench.owner(of: job) == "b@2")
    try bench.take(.handBack(HandBack(job: job, epoch: epoch.next, cause: .job, reason: reason)), from: peer("b"))
    #expect(try bench.job(job).phase == .ended(.failed(reason)))
    #expect(try bench.status(job).reason == reason)
  }

  @Test func `the fourth attempt that a board gives up fails the job`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    for _ in 1...4 {
      try bench.giveUp(job, on: "a")
      try bench.heartbeat("a")
    }
    let reason = try #require(try bench.status(job).reason)
    #expect(reason.code == "broker.attemptsExhausted")
    #expect(reason.message.contains("4 attempts"))
    #expect(try bench.job(job).epoch == Epoch(rawValue: 4))
  }

  @Test func `a board that gave a job up gets it again with its next heartbeat, not at once`() throws {
    var bench = try Bench()
    try bench.register("a")
    try bench.register("b")
    let job = try bench.submit()
    try bench.giveUp(job, on: "a")
    #expect(try bench.owner(of: job) == "b@2")
    try bench.giveUp(job, on: "b")
    #expect(try bench.job(job).phase == .queued)
    // Others are not held up by it.
    let other = try bench.submit("other")
    #expect(try bench.owner(of: other) == "a@1")
    try bench.heartbeat("b")
    #expect(try bench.owner(of: job) == "b@3")
  }

  @Test func `results that an owner tells again are not stale, those after the job went on are`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit(items: 1)
    try bench.finish(0, of: job, on: "a")
    try bench.finish(0, of: job, on: "a")
    let second = try bench.submit("second")
    try bench.pass(.seconds(6))
    #expect(bench.core.staleResultCount == 0)
    try bench.finish(0, of: second, on: "a")
    #expect(bench.core.staleResultCount == 1)
    #expect(try bench.job(second).committed == 0)
  }

  @Test func `owners have one lease to be heard of after a restart`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    try bench.restart()
    try bench.register("b")
    try bench.pass(.seconds(4))
    try bench.heartbeat("b")
    #expect(try bench.owner(of: job) == "a@1")
    try bench.heartbeat("a")
    #expect(bench.heard(by: "a") == [.unknownAgent])
    try bench.register("a", jobs: [held(job)])
    try bench.pass(.seconds(2))
    #expect(try bench.owner(of: job) == "a@1")

    try bench.restart()
    try bench.register("b")
    try bench.pass(.seconds(4))
    try bench.heartbeat("b")
    try bench.pass(.seconds(2))
    #expect(try bench.owner(of: job) == "b@2")
  }

  @Test func `reported progress is shown, but never less than is committed`() throws {
    var bench = try Bench()
    try bench.register("a")
    let job = try bench.submit()
    try bench.take(.progress(held(job, finished: [3, 1])), from: peer("a"))
    #expect(try bench.status(job).progress == progress([3, 1]))
    try bench.take(.progress(held(job, finished: [99, 0])), from: peer("a"))
    #expect(try bench.status(job).progress == progress([3, 1]))
    try bench.finish(0, of: job, on: "a")
    try bench.finish(1, of: job, on: "a")
    #expect(try bench.status(job).progress == progress([3, 2]))
  }

  @Test func `a bad registration is refused and changes nothing`() throws {
    var bench = try Bench()
    for speed in [0, -1, Double.nan, .infinity] {
      try bench.take(.register(registration("a", speed: speed)), from: peer("a"))
      #expect(bench.heard(by: "a").map(\.refusalCode) == ["broker.badRegistration"])
    }
    #expect(try bench.ask(.boardsQuery) == .boards([]))
  }

  @Test func `the limit of boards is a named refusal`() throws {
    var configuration = BrokerConfiguration()
    configuration.boards = 1
    var bench = try Bench(configuration)
    try bench.register("a")
    try bench.register("b")
    #expect(bench.heard(by: "b").map(\.refusalCode) == ["broker.tooManyBoards"])
  }
}
