import Client
import Digests
import Fabric
import Messages
import Synchronization
import TestBench
import Testing

@Suite(.timeLimit(.minutes(1))) struct BrokerClientTests {
  private let endpoint = "tcp://127.0.0.1:7440"
  private let job = JobID(rawValue: 7)
  private let refusal = Refusal(code: "broker.queueFull", message: "the limit is reached", hint: "try again")

  @Test func `an item is put under its digest`() async throws {
    let transport = ScriptedTransport { message in
      guard case .putBlob(let chunk) = message else { return nil }
      return .blobAck(BlobAck(digest: chunk.blob.digest, received: chunk.blob.byteCount, isDurable: true))
    }
    let bytes: [UInt8] = [1, 2, 3]
    let reference = try await client(transport).put(bytes)
    #expect(reference == BlobReference(digest: Digest(of: bytes), byteCount: 3))
    #expect(transport.sent == [.putBlob(BlobChunk(blob: reference, offset: 0, bytes: bytes))])
  }

  @Test func `a submission carries its key and gives the job's number`() async throws {
    let transport = ScriptedTransport { [job] _ in .submitted(job) }
    let request = try request(items: 2)
    #expect(try await client(transport).submit(request, idempotencyKey: "mine") == job)
    #expect(transport.sent == [.submit(Submit(idempotencyKey: "mine", request: request))])
  }

  @Test func `keys are fresh and fit a message`() {
    let keys = (0..<100).map { _ in BrokerClient.randomKey() }
    #expect(Set(keys).count == keys.count)
    #expect(keys.allSatisfy { $0.utf8.count == 32 })
  }

  @Test func `what no broker takes is not even sent`() async throws {
    let transport = ScriptedTransport { _ in nil }
    let client = client(transport)
    await #expect(throws: ClientError.emptyBatch) { try await client.submit(try request(items: 0)) }
    await #expect(throws: ClientError.batchTooLarge(items: 1025, limit: 1024)) {
      try await client.submit(try request(items: 1025))
    }
    await #expect(throws: ClientError.badIdempotencyKey(byteCount: 129, limit: 128)) {
      try await client.submit(try request(items: 1), idempotencyKey: String(repeating: "k", count: 129))
    }
    #expect(transport.sent.isEmpty)
  }

  @Test func `an item over the input edge's limit is named`() throws {
    let application = try Application(manifest: Repository.bytes("Applications/image-compression.json"))
    let limit = try #require(application.inputEdge).maximumByteCount
    try BrokerClient.check(item: "a", byteCount: limit, for: application)
    #expect(throws: ClientError.itemTooLarge(item: "b", byteCount: limit + 1, limit: limit)) {
      try BrokerClient.check(item: "b", byteCount: limit + 1, for: application)
    }
  }

  @Test func `without an answer there is no broker at that endpoint`() async throws {
    let transport = ScriptedTransport { _ in nil }
    let client = client(transport, patience: .seconds(1))
    let error = await #expect(throws: ClientError.noBroker(endpoint: endpoint, waited: .seconds(5))) {
      try await client.jobs()
    }
    #expect(error?.code == "client.noBroker")
    #expect(error?.message.contains(endpoint) == true)
  }

  @Test func `a refusal keeps its code and hint`() async throws {
    let client = client(ScriptedTransport { [refusal] _ in .refused(refusal) })
    let error = await #expect(throws: ClientError.refused(refusal)) { try await client.cancel(job) }
    #expect(error?.code == refusal.code)
    #expect(error?.hint == refusal.hint)
  }

  @Test func `an answer to something else is refused`() async throws {
    let client = client(ScriptedTransport { _ in .accepted(JobID(rawValue: 8)) })
    let error = await #expect(throws: ClientError.self) { try await client.cancel(job) }
    #expect(error?.code == "transfer.unexpectedAnswer")
  }

  @Test func `a reset is asked for under one key until it is done`() async throws {
    let (board, slot) = (try #require(BoardID("lab-1")), SlotID(rawValue: 3))
    let asked = Mutex(0)
    let transport = ScriptedTransport { _ in
      let count = asked.withLock { count in
        count += 1
        return count
      }
      return .resetStatus(ResetStatus(board: board, slot: slot, isDone: count == 4))
    }
    try await client(transport, patience: .milliseconds(450)).reset(slot, of: board)
    #expect(transport.sent.count == 4)
    #expect(Set(transport.sent).count == 1)
    guard case .resetSlot(let reset)? = transport.sent.first else { return }
    #expect(reset.board == board && reset.slot == slot && reset.idempotencyKey.utf8.count == 32)
  }

  @Test func `a reset is not waited for without end`() async throws {
    let (board, slot) = (try #require(BoardID("lab-1")), SlotID(rawValue: 3))
    let client = client(
      ScriptedTransport { _ in .resetStatus(ResetStatus(board: board, slot: slot, isDone: false)) },
      patience: .milliseconds(450))
    await #expect(throws: ClientError.resetUnfinished(board, slot, waited: .seconds(60))) {
      try await client.reset(slot, of: board)
    }
  }

  @Test func `watching shows each change once and ends with the job`() async throws {
    let states =
      [status(.queued), status(.running, committed: 0), status(.running, committed: 0)]
      + [status(.running, committed: 1), status(.completed, committed: 2)]
    let turn = Mutex(0)
    let client = client(
      ScriptedTransport { _ in
        .status([
          states[
            turn.withLock { turn in
              defer { turn += 1 }
              return min(turn, states.count - 1)
            }]
        ])
      })
    let seen = Mutex<[JobStatus]>([])
    let last = try await client.watch(job, every: .milliseconds(10)) { status in seen.withLock { $0.append(status) } }
    #expect(last == states[4])
    #expect(seen.withLock { $0 } == [states[0], states[1], states[3], states[4]])
  }

  @Test func `a watcher that fails ends the watch`() async throws {
    struct WatcherError: Error {}
    let client = client(ScriptedTransport { _ in .status([status(.running, committed: 0)]) })
    await #expect(throws: WatcherError.self) { try await client.watch(job) { _ in throw WatcherError() } }
  }

  @Test func `only a completed job has results`() async throws {
    let result = BlobReference(digest: Digest(of: [1]), byteCount: 1)
    func client(_ state: JobState) -> BrokerClient {
      let status = status(state, committed: 1)
      return self.client(
        ScriptedTransport { [job] message in
          if case .statusQuery = message { return .status([status]) }
          return .outputs(JobOutputs(job: job, state: state, items: 2, results: [result]))
        })
    }
    #expect(try await client(.completed).results(of: job) == [result])
    for state in [JobState.queued, .running, .migrating] {
      await #expect(throws: ClientError.jobUnfinished(job, state, committed: 1, items: 2)) {
        try await client(state).results(of: job)
      }
    }
    await #expect(throws: ClientError.jobCancelled(job)) { try await client(.cancelled).results(of: job) }
    await #expect(throws: ClientError.jobFailed(job, refusal)) { try await client(.failed).results(of: job) }
  }

  @Test func `a board that never registered is unknown`() async throws {
    let board = try #require(BoardID("lab-1"))
    let client = client(ScriptedTransport { _ in .boards([]) })
    await #expect(throws: ClientError.unknownBoard(board)) { try await client.board(board) }
  }

  // MARK: Small steps

  /// By default retries, which are half a second away, never happen.
  private func client(_ transport: ScriptedTransport, patience: Duration = .milliseconds(100)) -> BrokerClient {
    BrokerClient(of: endpoint, over: transport, time: JumpingTime(patience: patience))
  }

  private func request(items: Int) throws -> JobRequest {
    JobRequest(
      application: try Application(manifest: Repository.bytes("Applications/image-compression.json")),
      inputs: Array(repeating: BlobReference(digest: Digest(of: []), byteCount: 0), count: items), priority: 5,
      tenant: try #require(TenantName("default")))
  }

  private func status(_ state: JobState, committed: Int = 0) -> JobStatus {
    JobStatus(
      job: job, state: state, board: nil, application: "image-compression", epoch: Epoch(rawValue: 1), items: 2,
      committed: committed, progress: Progress(tasks: []), reason: state == .failed ? refusal : nil)
  }
}
