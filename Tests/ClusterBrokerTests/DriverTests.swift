import ClusterBroker
import Digests
import Fabric
import Logging
import Messages
import Synchronization
import Testing
import SystemClock

/// A transport whose other ends are the test.
final class TestTransport: Transport {
  let inbound: AsyncStream<Inbound>
  private let arrivals: AsyncStream<Inbound>.Continuation
  private let sent: AsyncStream<(Envelope, Peer)>
  private let departures: AsyncStream<(Envelope, Peer)>.Continuation

  init() {
    (inbound, arrivals) = AsyncStream.makeStream()
    (sent, departures) = AsyncStream.makeStream()
  }

  func send(_ envelope: Envelope, to peer: Peer) throws(TransportError) { departures.yield((envelope, peer)) }

  func close() async {
    arrivals.finish()
    departures.finish()
  }

  func arrive(_ message: Message, from peer: Peer = client, request: UInt64 = 0) {
    arrivals.yield(Inbound(peer: peer, envelope: Envelope(message, request: request)))
  }

  /// The next message that is sent to a peer.
  func next(to peer: Peer = client) async -> Envelope? {
    for await (envelope, to) in sent where to == peer { return envelope }
    return nil
  }
}

/// A store in memory, whose disk can be held or broken.
final class TestStore: DurableStore {
  private struct State {
    var records: [[UInt8]] = []
    var blobs: [Digest: [UInt8]] = [:]
    var isBroken = false
    var waiters: [CheckedContinuation<Void, Never>] = []
    var isHeld = false
  }
  private let state = Mutex(State())

  func append(_ record: [UInt8], as number: SequenceNumber) throws(StoreError) {
    state.withLock { $0.records.append(record) }
  }

  func sync(through number: SequenceNumber) async throws(StoreError) {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isHeld { state.waiters.append(continuation) }
        return !state.isHeld
      }
      if isFree { continuation.resume() }
    }
    if state.withLock({ $0.isBroken }) { throw .unavailable("broken by the test") }
  }

  func records() async throws(StoreError) -> [[UInt8]] { state.withLock { $0.records } }

  func put(_ blob: [UInt8]) async throws(StoreError) -> BlobReference {
    let digest = Digest(of: blob)
    state.withLock { $0.blobs[digest] = blob }
    return BlobReference(digest: digest, byteCount: blob.count)
  }

  func read(_ digest: Digest, from offset: Int, count: Int) async throws(StoreError) -> [UInt8]? {
    state.withLock { $0.blobs[digest] }.map { Array($0.dropFirst(offset).prefix(count)) }
  }

  func blobs() async throws(StoreError) -> [BlobReference] {
    state.withLock { $0.blobs.map { BlobReference(digest: $0.key, byteCount: $0.value.count) } }
  }

  func hold() { state.withLock { $0.isHeld = true } }

  func letGo(broken: Bool = false) {
    let waiters = state.withLock { state in
      state.isHeld = false
      state.isBroken = broken
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}

/// Clocks that stand still until the test moves them.
final class TestTime: TimeSource {
  private struct State {
    var now: Int64 = 0
    var sleepers: [(until: Int64, continuation: CheckedContinuation<Void, Never>)] = []
  }
  private let state = Mutex(State())

  var now: Now {
    let now = state.withLock { $0.now }
    return Now(board: BoardInstant(nanoseconds: now), wall: WallInstant(nanoseconds: now))
  }

  @concurrent func sleep(until deadline: Deadline) async throws(CancellationError) {
    let until =
      switch deadline {
      case .board(let instant): instant.nanoseconds
      case .wall(let instant): instant.nanoseconds
      }
    // A cancelled sleeper may go on sleeping: its time comes, or the test ends.
    await withCheckedContinuation { continuation in
      let isDue = state.withLock { state in
        if until > state.now { state.sleepers.append((until, continuation)) }
        return until <= state.now
      }
      if isDue { continuation.resume() }
    }
  }

  func pass(_ duration: Duration) {
    let due = state.withLock { state in
      state.now += duration.nanoseconds
      let due = state.sleepers.filter { $0.until <= state.now }
      state.sleepers.removeAll { $0.until <= state.now }
      return due
    }
    for sleeper in due { sleeper.continuation.resume() }
  }
}

/// Keeps the records themselves; the bytes are their positions.
final class TestCodec: RecordCodec {
  private let records = Mutex<[BrokerRecord]>([])

  func encode(_ record: BrokerRecord) throws(StoreError) -> [UInt8] {
    records.withLock { records in
      records.append(record)
      return [UInt8(records.count - 1)]
    }
  }

  func decode(_ bytes: [UInt8]) throws(StoreError) -> BrokerRecord {
    guard let index = bytes.first else { throw .corrupt("an empty record") }
    return records.withLock { $0[Int(index)] }
  }
}

@Suite(.timeLimit(.minutes(1))) struct DriverTests {
  private let store = TestStore()
  private let codec = TestCodec()

  /// A broker that runs over a transport of the test's.
  private func start(
    time: any TimeSource = SystemTime()
  ) -> (broker: Broker, transport: TestTransport, run: Task<Void, any Error>) {
    let transport = TestTransport()
    let broker = Broker(
      transport: transport, store: store, codec: codec, time: time,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    return (broker, transport, Task { try await broker.run() })
  }

  private func put(_ text: String, over transport: TestTransport) async throws {
    let chunk = BlobChunk(blob: blob(text), offset: 0, bytes: Array(text.utf8))
    transport.arrive(.putBlob(chunk), request: 1)
    let ack = BlobAck(digest: blob(text).digest, received: text.utf8.count, isDurable: true)
    #expect(await transport.next() == Envelope(.blobAck(ack), request: 1))
  }

  private func register(over transport: TestTransport) async throws {
    transport.arrive(.register(try registration("a")), from: peer("a"), request: 2)
    #expect(await transport.next(to: peer("a"))?.message.name == "welcome")
  }

  @Test func `a job is admitted, run and kept across a restart`() async throws {
    let (broker, transport, run) = start()
    try await register(over: transport)
    try await put("input 0", over: transport)
    let submit = try submission("key", chain(["a", "b"]), items: 1)
    transport.arrive(.submit(submit), request: 3)
    #expect(await transport.next() == Envelope(.submitted(JobID(rawValue: 1)), request: 3))
    await broker.shutdown()
    try await run.value

    let (again, second, secondRun) = start()
    second.arrive(.submit(submit), request: 4)
    #expect(await second.next() == Envelope(.submitted(JobID(rawValue: 1)), request: 4))
    second.arrive(.getBlob(BlobRange(digest: blob("input 0").digest, offset: 0, count: 100)), request: 5)
    let chunk = BlobChunk(blob: blob("input 0"), offset: 0, bytes: Array("input 0".utf8))
    #expect(await second.next() == Envelope(.blob(chunk), request: 5))
    await again.shutdown()
    try await secondRun.value
  }

  @Test func `nothing is answered before the disk has it`() async throws {
    let (broker, transport, run) = start()
    try await register(over: transport)
    try await put("input 0", over: transport)
    store.hold()
    transport.arrive(.submit(try submission("key", chain(["a", "b"]), items: 1)), request: 3)
    // A heartbeat's answer waits for no disk, so it overtakes the one to the submission.
    let heartbeat = Heartbeat(
      number: 4, board: try boardID("a"), incarnation: Incarnation(rawValue: 1), jobs: [], slots: [],
      health: BoardHealth(), configurations: [])
    transport.arrive(.heartbeat(heartbeat), from: peer("a"), request: 0)
    #expect(await transport.next(to: peer("a"))?.message == .heartbeatAck(number: 4))
    store.letGo()
    #expect(await transport.next() == Envelope(.submitted(JobID(rawValue: 1)), request: 3))
    await broker.shutdown()
    try await run.value
  }

  @Test func `a disk that fails ends the run with its error, and nothing is answered`() async throws {
    let (_, transport, run) = start()
    try await register(over: transport)
    try await put("input 0", over: transport)
    store.hold()
    transport.arrive(.submit(try submission("key", chain(["a", "b"]), items: 1)), request: 3)
    let heartbeat = Heartbeat(
      number: 4, board: try boardID("a"), incarnation: Incarnation(rawValue: 1), jobs: [], slots: [],
      health: BoardHealth(), configurations: [])
    transport.arrive(.heartbeat(heartbeat), from: peer("a"))
    _ = await transport.next(to: peer("a"))
    store.letGo(broken: true)
    await #expect(throws: StoreError.unavailable("broken by the test")) { try await run.value }
    #expect(await transport.next() == nil)
  }

  @Test func `the broker wakes by itself when a lease runs out`() async throws {
    let time = TestTime()
    let (broker, transport, run) = start(time: time)
    try await register(over: transport)
    try await put("input 0", over: transport)
    transport.arrive(.submit(try submission("key", chain(["a", "b"]), items: 1)), request: 3)
    #expect(await transport.next()?.message == .submitted(JobID(rawValue: 1)))
    time.pass(.seconds(3))
    transport.arrive(.register(try registration("b")), from: peer("b"))
    #expect(await transport.next(to: peer("b"))?.message.name == "welcome")
    time.pass(.seconds(2))
    let assignment = await transport.next(to: peer("b"))?.message.assignment
    #expect(assignment?.epoch == Epoch(rawValue: 2))
    await broker.shutdown()
    time.pass(.seconds(100))
    try await run.value
  }

  @Test func `bad input ends nothing`() async throws {
    let (broker, transport, run) = start()
    transport.arrive(.welcome(Welcome(leaseDuration: .zero, jobs: [])), request: 1)
    #expect(await transport.next()?.message.refusalCode == "broker.unexpectedMessage")
    transport.arrive(.getBlob(BlobRange(digest: blob("none").digest, offset: 0, count: 1)), request: 2)
    #expect(await transport.next()?.message.refusalCode == "transfer.blobMissing")
    transport.arrive(.statusQuery(StatusQuery(job: nil)), request: 3)
    #expect(await transport.next() == Envelope(.status([]), request: 3))
    await broker.shutdown()
    try await run.value
  }
}
