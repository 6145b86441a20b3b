import Digests
import Fabric
import Migration
import Testing

@Suite struct MigrationSourceTests {
  let progress: Progress
  let items: [SavedItem]

  init() throws {
    progress = Progress(tasks: [
      TaskProgress(task: try #require(TaskName("A")), finished: 5),
      TaskProgress(task: try #require(TaskName("B")), finished: 3),
    ])
    let blob = BlobReference(digest: Digest(of: [1]), byteCount: 1)
    let edge = try #require(EdgeName("between"))
    items = [SavedItem(edge: edge, item: 3, blob: blob), SavedItem(edge: edge, item: 4, blob: blob)]
  }

  /// How far a migration has come.
  enum Step: String, CaseIterable { case draining, saving, sealing, delivering, sealed }

  func source(at step: Step) throws -> MigrationSource {
    var source = MigrationSource(endpoint: "tcp://there:1", at: board(100))
    if step == .draining { return source }
    try source.drained(at: board(140), progress: progress)
    if step == .saving { return source }
    _ = try source.saved(items, sealing: record(7))
    if step == .sealing { return source }
    _ = source.synced(through: record(7))
    if step == .delivering { return source }
    _ = try source.delivered(true)
    return source
  }

  @Test func `a migration drains, saves, seals, delivers and reports`() throws {
    var source = MigrationSource(endpoint: "tcp://there:1", at: board(100))
    #expect(source.endpoint == "tcp://there:1")
    #expect(source.isDraining)
    try source.drained(at: board(140), progress: progress)
    #expect(!source.isDraining)
    let checkpoint = try source.saved(items, sealing: record(7))
    #expect(checkpoint == Checkpoint(progress: progress, items: items))
    #expect(source.synced(through: record(7)) == items)
    #expect(source.report == nil)
    let report = try source.delivered(true)
    #expect(report.checkpoint == checkpoint)
    #expect(report.isDelivered)
    #expect(report.drainDuration == .milliseconds(40))
    #expect(source.report == report)
  }

  @Test func `a destination that could not be reached leaves the job sealed`() throws {
    var source = try source(at: .delivering)
    let report = try source.delivered(false)
    #expect(!report.isDelivered)
    #expect(source.phase == .sealed)
    #expect(source.report == report)
  }

  @Test func `nothing is delivered before the seal is durable`() throws {
    var source = try source(at: .sealing)
    #expect(source.synced(through: record(6)) == nil)
    #expect(source.phase == .stopping)
    #expect(source.synced(through: record(9)) == items, "a later record being durable says so too")
    #expect(source.synced(through: record(9)) == nil, "delivery begins once")
  }

  @Test(arguments: Step.allCases)
  func `a job counts as sealed from the durable seal on`(step: Step) throws {
    let source = try source(at: step)
    #expect(source.phase == (step == .delivering || step == .sealed ? .sealed : .stopping))
    #expect(source.isDraining == (step == .draining))
    #expect((source.report != nil) == (step == .sealed))
  }

  @Test(arguments: Step.allCases)
  func `an event that a step cannot take is named and nothing goes back`(step: Step) throws {
    var source = try source(at: step)
    let before = source
    if step != .draining {
      #expect(throws: unexpected("drained", in: step.rawValue)) {
        try source.drained(at: board(200), progress: progress)
      }
    }
    if step != .saving {
      #expect(throws: unexpected("saved", in: step.rawValue)) { try source.saved([], sealing: record(8)) }
    }
    if step != .sealing { #expect(source.synced(through: record(100)) == nil) }
    if step != .delivering {
      #expect(throws: unexpected("delivered", in: step.rawValue)) { try source.delivered(true) }
    }
    #expect(source == before)
  }

  @Test func `an error says the event and the state`() {
    let error = unexpected("saved", in: "draining")
    #expect(error.code == "migration.unexpected")
    #expect(error.message == "a migration that is draining was told 'saved'")
  }
}
