import BoardAgent
import ClusterBroker
import ClusterSimulator
import Digests
import Fabric
import Messages
import Synchronization
import Testing

@Suite struct RecordedTraceTests {
  /// The lines of a recording, as a daemon writes them.
  private final class Lines: Sendable {
    private let text = Mutex<[UInt8]>([])
    var bytes: [UInt8] { text.withLock(\.self) }
    func recorder<Core: ReplayableCore>(of core: Core.Type) -> EventRecorder<Core> {
      EventRecorder(
        to: { line in self.text.withLock { $0 += line } },
        onFailure: { Issue.record("the recording ended: \($0)") })
    }
  }

  private static func request(_ application: String, items: Int, priority: Int) throws -> JobRequest {
    let listing = try #require(ApplicationCatalogueTests.builtIn("zcu106-nimblock")[application])
    let input = BlobReference(digest: Digest(of: []), byteCount: 0)
    return JobRequest(
      application: listing.application, inputs: Array(repeating: input, count: items), priority: priority,
      tenant: try #require(TenantName("somebody")))
  }

  private static func now(board: Int64, wall: Int64) -> Now {
    Now(board: BoardInstant(nanoseconds: board), wall: WallInstant(nanoseconds: wall))
  }

  @Test func `a broker's submissions become a trace of the wall's clock`() throws {
    let lines = Lines()
    let recorder = lines.recorder(of: BrokerCore.self)
    func submitted(_ job: UInt64, _ request: JobRequest) -> BrokerAction {
      .persist(
        .submitted(JobID(rawValue: job), idempotencyKey: "\(job)", request), as: SequenceNumber(rawValue: job))
    }
    let early = try Self.request("optical-flow", items: 9, priority: 9)
    recorder.started(
      BrokerConfiguration(), recovered: [.submitted(JobID(rawValue: 1), idempotencyKey: "old", early)])
    recorder.handled(.started(blobs: []), at: Self.now(board: 0, wall: 7), actions: [])
    recorder.handled(
      .woke, at: Self.now(board: 1, wall: 1_000),
      actions: [submitted(2, try Self.request("lenet", items: 3, priority: 1))])
    recorder.handled(
      .woke, at: Self.now(board: 2, wall: 1_500), actions: [.wake(at: .wall(WallInstant(nanoseconds: 1)))])
    recorder.handled(
      .woke, at: Self.now(board: 3, wall: 51_000),
      actions: [submitted(3, try Self.request("image-compression", items: 30, priority: 9))])
    let trace = try Trace(recording: lines.bytes + Array("{\"cut off".utf8))
    #expect(
      trace.entries == [
        Trace.Entry(sequence: 0, arrival: .zero, application: "lenet", batch: 3, priority: 1),
        Trace.Entry(
          sequence: 0, arrival: .nanoseconds(50_000), application: "image-compression", batch: 30, priority: 9),
      ])
  }

  @Test func `an agent's jobs become a trace of the board's clock, each once, and none that it refused`() throws {
    let lines = Lines()
    let recorder = lines.recorder(of: AgentCore.self)
    let broker = Peer.dialed(endpoint: "tcp://127.0.0.1:1")
    recorder.started(
      AgentConfiguration(
        board: try #require(BoardID("lab")), incarnation: Incarnation(rawValue: 1), slotsAreBlank: true,
        endpoint: "", brokerEndpoint: "",
        descriptor: try BoardDescriptor(manifest: #require(BuiltIn.board("zcu106-10-little"))), images: [], speed: 2),
      recovered: [])
    func assign(_ job: UInt64, epoch: UInt64, isTaken: Bool, at board: Int64) throws {
      let request = try Self.request("lenet", items: Int(job), priority: 3)
      let execution = JobEpoch(job: JobID(rawValue: job), epoch: Epoch(rawValue: epoch))
      let assignment = Assignment(
        job: execution.job, epoch: execution.epoch, incarnation: Incarnation(rawValue: 1), request: request,
        images: [], checkpoint: Checkpoint(progress: Progress(of: request.application, finished: 0), items: []),
        committed: 0)
      recorder.handled(
        .received(Envelope(.assign(assignment)), from: broker), at: Self.now(board: board, wall: board / 2),
        actions: [.persist(.accepted(execution), as: SequenceNumber(rawValue: epoch))]
          + (isTaken ? [.allocate(execution, [])] : []))
    }
    try assign(4, epoch: 1, isTaken: false, at: 50)
    try assign(5, epoch: 1, isTaken: true, at: 100)
    try assign(6, epoch: 3, isTaken: true, at: 300)
    try assign(5, epoch: 2, isTaken: true, at: 400)
    let trace = try Trace(recording: lines.bytes)
    #expect(trace.entries.map(\.batch) == [5, 6])
    #expect(trace.entries.map(\.arrival) == [.zero, .nanoseconds(200)])
  }

  @Test func `what is no recording is refused by its line`() throws {
    for bytes in [[], Array("{}".utf8), Array("no\n".utf8)] {
      do {
        _ = try Trace(recording: bytes)
        Issue.record("\(bytes) was read")
      } catch let error as ReplayError {
        guard case .unreadable(line: 1, _) = error else {
          Issue.record("\(error)")
          continue
        }
      }
    }
    let lines = Lines()
    lines.recorder(of: BrokerCore.self).started(BrokerConfiguration(), recovered: [])
    #expect(throws: TraceError.empty) { try Trace(recording: lines.bytes) }
  }
}
