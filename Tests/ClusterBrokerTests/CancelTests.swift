import ClusterBroker
import Fabric
import Messages
import Testing

@Suite struct CancelTests {
  enum Stage: CaseIterable { case queued, running, preparing, stopping }

  @Test(arguments: Stage.allCases)
  func `a job is cancelled in every phase, and whoever knows it is told`(stage: Stage) throws {
    var bench = try Bench()
    try bench.register("a", kernels: stage == .queued ? ["a"] : ["a", "b"])
    if stage == .queued { try bench.register("c", kernels: ["b"]) }
    let job = try bench.submit()
    try bench.register("b", kernels: stage == .queued ? [] : ["a", "b"])
    let epoch = try bench.job(job).epoch
    if stage == .preparing || stage == .stopping {
      _ = try bench.ask(.migrate(MigrateRequest(job: job, destination: boardID("b"))))
    }
    if stage == .stopping { try bench.take(.prepared(JobEpoch(job: job, epoch: epoch)), from: peer("b")) }
    _ = bench.drain()
    try bench.take(.cancel(job), request: 3)
    let mail = bench.drain()
    #expect(try bench.job(job).phase == .ended(.cancelled))
    let accepted = try #require(mail.first { $0.peer == client })
    #expect(accepted.envelope == Envelope(.accepted(job), request: 3))
    #expect(accepted.after == bench.core.ledger.last)
    let release = Message.release(JobEpoch(job: job, epoch: epoch))
    let told = mail.filter { $0.envelope.message == release }.map(\.peer)
    switch stage {
    case .queued: #expect(told == [])
    case .running: #expect(told == [peer("a")])
    case .preparing, .stopping: #expect(told == [peer("a"), peer("b")])
    }
    let before = bench.records.count
    #expect(try bench.ask(.cancel(job)) == .accepted(job))
    #expect(bench.records.count == before)
    // A release that was lost is repeated.
    if stage != .queued {
      try bench.heartbeat("a", jobs: [held(job)])
      #expect(bench.heard(by: "a").contains(release))
    }
  }

  @Test func `a job that ended otherwise cannot be cancelled`() throws {
    var bench = try Bench()
    try bench.register("a")
    let done = try bench.submit(items: 1)
    try bench.finish(0, of: done, on: "a")
    #expect(try bench.ask(.cancel(done)).refusalCode == "broker.jobEnded")
    let failing = try bench.submit("failing")
    let reason = Refusal(code: "x", message: "m", hint: "h")
    let handBack = HandBack(job: failing, epoch: try bench.job(failing).epoch, cause: .job, reason: reason)
    try bench.take(.handBack(handBack), from: peer("a"))
    #expect(try bench.ask(.cancel(failing)).refusalCode == "broker.jobEnded")
  }

  @Test func `a job that nobody knows cannot be cancelled`() throws {
    var bench = try Bench()
    #expect(try bench.ask(.cancel(JobID(rawValue: 1))).refusalCode == "broker.unknownJob")
  }
}
