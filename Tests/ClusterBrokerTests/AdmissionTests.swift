import ClusterBroker
import Digests
import Fabric
import Messages
import Testing

@Suite struct AdmissionTests {
  @Test func `a job's number is answered only after its record`() throws {
    var bench = try Bench()
    try bench.register("one")
    _ = bench.drain()
    try bench.take(.submit(submission("key", chain(["a"]))), request: 5)
    let answer = try #require(bench.drain().first { $0.peer == client })
    #expect(answer.envelope == Envelope(.submitted(JobID(rawValue: 1)), request: 5))
    #expect(answer.after == SequenceNumber(rawValue: 1))
    guard case .submitted(JobID(rawValue: 1), "key", _) = bench.records.first else {
      Issue.record("the first record is \(String(describing: bench.records.first))")
      return
    }
  }

  @Test func `the same key again returns the same job, also after a restart`() throws {
    var bench = try Bench()
    try bench.register("one")
    let job = try bench.submit()
    #expect(try bench.submit() == job)
    try bench.restart()
    #expect(try bench.submit() == job)
    #expect(bench.core.ledger.known == [job])
  }

  @Test func `another request under the same key is refused`() throws {
    var bench = try Bench()
    try bench.register("one")
    _ = try bench.submit()
    #expect(try bench.ask(.submit(submission("key", chain(["a"])))).refusalCode == "broker.idempotencyConflict")
  }

  @Test func `a job whose inputs were not put is refused with the first digests`() throws {
    var bench = try Bench(items: 1)
    try bench.register("one")
    let answer = try bench.ask(.submit(submission("key", chain(["a"]), items: 12)))
    guard case .refused(let refusal) = answer else { throw Unexpected(message: answer) }
    #expect(refusal.code == "broker.missingInputs")
    #expect(refusal.message.contains("11 inputs"))
    #expect(refusal.message.contains(blob("input 1").digest.hexadecimal))
    #expect(!refusal.message.contains(blob("input 0").digest.hexadecimal))
  }

  @Test(arguments: [(0, 5), (3, 0), (3, 10)])
  func `a batch without items and a priority out of range are refused`(items: Int, priority: Int) throws {
    var bench = try Bench()
    try bench.register("one")
    let submit = try submission("key", chain(["a"]), items: items, priority: priority)
    #expect(try bench.ask(.submit(submit)).refusalCode == "broker.badRequest")
  }

  @Test(arguments: ["", String(repeating: "k", count: 129)])
  func `a key that is empty or too long is refused`(key: String) throws {
    var bench = try Bench()
    try bench.register("one")
    #expect(try bench.ask(.submit(submission(key, chain(["a"])))).refusalCode == "broker.badRequest")
  }

  @Test func `a kernel that no board has an image for is named`() throws {
    var bench = try Bench()
    try bench.register("one")
    let answer = try bench.ask(.submit(submission("key", chain(["a", "z"]))))
    guard case .refused(let refusal) = answer else { throw Unexpected(message: answer) }
    #expect(refusal.code == "broker.noImage")
    #expect(refusal.message.contains("test/z@1"))
  }

  @Test func `a job that no single board covers waits for one that does`() throws {
    var bench = try Bench()
    try bench.register("one", kernels: ["a"])
    try bench.register("two", kernels: ["b"])
    let job = try bench.submit()
    #expect(try bench.job(job).phase == .queued)
    try bench.register("three", kernels: ["a", "b"])
    #expect(try bench.owner(of: job) == "three@1")
  }

  @Test func `after a restart nothing is called missing before the agents could return`() throws {
    var bench = try Bench()
    try bench.register("one")
    let first = try bench.submit("first")
    #expect(try bench.ask(.cancel(first)) == .accepted(first))
    try bench.restart()
    let submit = Message.submit(try submission("second", chain(["a"])))
    #expect(try bench.ask(submit).refusalCode == "broker.starting")
    try bench.register("two", memory: 100)
    #expect(try bench.ask(submit).refusalCode == "broker.starting")
    var other = bench
    try other.register("one")
    _ = try other.submit("third")
    try bench.pass(.seconds(5))
    #expect(try bench.ask(submit).refusalCode == "broker.noMemory")
    #expect(try bench.ask(.submit(submission("third", chain(["z"])))).refusalCode == "broker.noImage")
  }

  @Test func `a new broker has nobody to wait for`() throws {
    var bench = try Bench()
    #expect(try bench.ask(.submit(submission("key", chain(["a"])))).refusalCode == "broker.noImage")
  }

  @Test func `an argument that the kernel does not have is named`() throws {
    var bench = try Bench()
    try bench.register("one")
    let answer = try bench.ask(.submit(submission("key", chain(["a"], output: "outputx"))))
    guard case .refused(let refusal) = answer else { throw Unexpected(message: answer) }
    #expect(refusal.code == "broker.wrongArguments")
    #expect(refusal.message.contains("(in) -> (outputx)"))
    #expect(refusal.message.contains("(in) -> (out)"))
    #expect(bench.records.isEmpty)
  }

  @Test func `a job that no known board could hold is refused with the numbers`() throws {
    var bench = try Bench()
    try bench.register("one", memory: 899)
    try bench.register("two", memory: 500)
    // Three edges with rings of three items of 100 bytes.
    let submit = Message.submit(try submission("key", chain(["a", "b"]), items: 3))
    let answer = try bench.ask(submit)
    guard case .refused(let refusal) = answer else { throw Unexpected(message: answer) }
    #expect(refusal.code == "broker.noMemory")
    #expect(refusal.message.contains("900") && refusal.message.contains("899"))
    // A lost board is still known.
    try bench.register("three", memory: 900)
    try bench.pass(.seconds(6))
    _ = try bench.submit(items: 3)
  }

  @Test func `the limit of open jobs is a named refusal`() throws {
    var configuration = BrokerConfiguration()
    configuration.openJobs = 2
    var bench = try Bench(configuration)
    try bench.register("one")
    let first = try bench.submit("1")
    _ = try bench.submit("2")
    #expect(try bench.ask(.submit(submission("3", chain(["a"])))).refusalCode == "broker.queueFull")
    #expect(try bench.ask(.cancel(first)) == .accepted(first))
    _ = try bench.submit("3")
  }

  @Test func `only the newest ended jobs are kept`() throws {
    var configuration = BrokerConfiguration()
    configuration.retainedJobs = 2
    var bench = try Bench(configuration)
    try bench.register("one")
    let first = try bench.submit("1")
    #expect(try bench.ask(.cancel(first)) == .accepted(first))
    let second = try bench.submit("2")
    let third = try bench.submit("3")
    #expect(bench.core.ledger.known == [second, third])
    #expect(try bench.ask(.outputsQuery(first)).refusalCode == "broker.unknownJob")
  }

  @Test func `new work waits while too many records wait for the disk`() throws {
    var configuration = BrokerConfiguration()
    configuration.unsyncedRecords = 2
    var bench = try Bench(configuration)
    try bench.register("one")
    bench.syncsAtOnce = false
    _ = try bench.submit("1")
    #expect(try bench.ask(.submit(submission("2", chain(["a"])))).refusalCode == "broker.busy")
    try bench.handle(.synced(bench.core.ledger.last))
    _ = try bench.submit("2")
  }

  @Test func `messages that are no requests are refused by name, and a refusal is not answered`() throws {
    var bench = try Bench()
    #expect(try bench.ask(.unknownAgent).refusalCode == "broker.unexpectedMessage")
    try bench.take(.refused(Refusal(code: "x", message: "", hint: "")))
    #expect(bench.drain().isEmpty)
  }
}
