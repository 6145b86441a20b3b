internal import Digests
public import Fabric
public import Messages
internal import Transfer

/// A tenant's or an operator's side of the protocol: everything that can be asked of one broker.
///
/// Every request is sent again until its answer comes, and is fit for it: a submission by its idempotency key, bytes by
/// their digest. To be ended by ``close()``.
public final class BrokerClient: Sendable {
  /// For how long a request may stay unanswered before there is no broker.
  public static let patience = Duration.seconds(5)

  /// For how long a slot's reset is waited for: the port may have other slots to write before.
  public static let resetPatience = Duration.seconds(60)

  private static let retryInterval = Duration.milliseconds(500)
  /// The wait before a reset is asked for again; it doubles each time, up to the longest.
  private static let resetIntervals = (first: Duration.milliseconds(50), longest: Duration.milliseconds(400))

  /// Where the broker listens.
  public let endpoint: String

  private let broker: Peer
  private let transport: any Transport
  private let time: any TimeSource
  private let exchange: Exchange
  private let arrivals: Task<Void, Never>

  /// Makes a client, which reads the transport's `inbound` from now on.
  ///
  /// - Parameters:
  ///   - endpoint: The broker's, such as `tcp://127.0.0.1:7440`.
  ///   - transport: One that can dial; it is the client's alone.
  ///   - time: Its wall clock counts retries and the waits of ``watch(_:every:onChange:)``.
  public init(of endpoint: String, over transport: any Transport, time: any TimeSource) {
    let exchange = Exchange(
      over: transport, time: time, firstRequest: .random(in: 1...UInt64.max), retryInterval: Self.retryInterval,
      attempts: Int(Self.patience / Self.retryInterval))
    self.endpoint = endpoint
    self.broker = .dialed(endpoint: endpoint)
    self.transport = transport
    self.time = time
    self.exchange = exchange
    self.arrivals = Task {
      // A client answers nobody: what is not an answer to it is dropped.
      for await inbound in transport.inbound { _ = exchange.take(inbound.envelope, from: inbound.peer) }
    }
  }

  /// Closes the transport; requests that still wait end as unanswered.
  @concurrent public func close() async {
    await transport.close()
    await arrivals.value
  }

  // MARK: Jobs

  /// Makes one item's bytes durable at the broker; what it has already is not sent again.
  @concurrent public func put(_ bytes: [UInt8]) async throws(ClientError) -> BlobReference {
    let reference = BlobReference(digest: Digest(of: bytes), byteCount: bytes.count)
    try await asking { () throws(TransferError) in try await exchange.upload(bytes, reference, to: broker) }
    return reference
  }

  /// Submits a job whose inputs have been ``put(_:)``.
  ///
  /// - Parameters:
  ///   - request: The application, its inputs, priority and tenant.
  ///   - idempotencyKey: The same key and request again return the same job; a fresh random one if not given.
  /// - Returns: The job's number, when the broker has committed it.
  /// - Throws: ``ClientError/emptyBatch``, ``ClientError/batchTooLarge(items:limit:)``,
  ///   ``ClientError/badIdempotencyKey(byteCount:limit:)``, and what the broker refuses.
  @concurrent public func submit(
    _ request: JobRequest, idempotencyKey: String = randomKey()
  ) async throws(ClientError) -> JobID {
    try Self.check(itemCount: request.inputs.count)
    try Self.check(idempotencyKey: idempotencyKey)
    let answer = try await ask(.submit(Submit(idempotencyKey: idempotencyKey, request: request)))
    guard case .submitted(let job) = answer else { throw unexpected(answer, for: "submitted") }
    return job
  }

  /// One job's state.
  @concurrent public func status(of job: JobID) async throws(ClientError) -> JobStatus {
    let answer = try await ask(.statusQuery(StatusQuery(job: job)))
    guard case .status(let jobs) = answer, let status = jobs.first, status.job == job else {
      throw unexpected(answer, for: "the status of job \(job)")
    }
    return status
  }

  /// The newest jobs, at most ``MessageLimits/jobsPerStatus``, in the order of submission.
  @concurrent public func jobs() async throws(ClientError) -> [JobStatus] {
    let answer = try await ask(.statusQuery(StatusQuery(job: nil)))
    guard case .status(let jobs) = answer else { throw unexpected(answer, for: "status") }
    return jobs
  }

  /// Asks for a job's state every `interval` until it has ended, and returns its last state.
  ///
  /// Calls `onChange` with the first state and with each that differs from the one before.
  ///
  /// - Throws: ``ClientError``, and what `onChange` throws, which ends the watch.
  @concurrent public func watch(
    _ job: JobID, every interval: Duration = .milliseconds(200), onChange: (JobStatus) throws -> Void
  ) async throws -> JobStatus {
    var last: JobStatus?
    while true {
      let status = try await status(of: job)
      if status != last { try onChange(status) }
      if status.state.isEnd { return status }
      last = status
      do { try await time.sleep(until: .wall(time.now.wall + interval)) } catch { throw ClientError.cancelled }
    }
  }

  /// The references of a completed job's results, in the order of its items.
  ///
  /// - Throws: ``ClientError/jobUnfinished(_:_:committed:items:)``, ``ClientError/jobFailed(_:_:)`` and
  ///   ``ClientError/jobCancelled(_:)`` where there are none.
  @concurrent public func results(of job: JobID) async throws(ClientError) -> [BlobReference] {
    let answer = try await ask(.outputsQuery(job))
    guard case .outputs(let outputs) = answer, outputs.job == job else {
      throw unexpected(answer, for: "the outputs of job \(job)")
    }
    switch outputs.state {
    case .completed: return outputs.results
    case .queued, .running, .migrating:
      throw .jobUnfinished(job, outputs.state, committed: outputs.results.count, items: outputs.items)
    case .failed, .cancelled: throw Self.ended(try await status(of: job))
    }
  }

  /// The bytes of a result, verified.
  @concurrent public func get(_ result: BlobReference) async throws(ClientError) -> [UInt8] {
    try await asking { () throws(TransferError) in try await exchange.download(result, from: broker) }
  }

  /// Ends a job that has not ended.
  @concurrent public func cancel(_ job: JobID) async throws(ClientError) { try await accept(.cancel(job), job) }

  /// Begins to move a running job to another board; returns when the broker has taken that up, not when it is done.
  @concurrent public func migrate(_ job: JobID, to board: BoardID) async throws(ClientError) {
    try await accept(.migrate(MigrateRequest(job: job, destination: board)), job)
  }

  // MARK: Boards

  /// Every board that has registered, by name.
  @concurrent public func boards() async throws(ClientError) -> [BoardStatus] {
    let answer = try await ask(.boardsQuery)
    guard case .boards(let boards) = answer else { throw unexpected(answer, for: "boards") }
    return boards
  }

  /// One board.
  ///
  /// - Throws: ``ClientError/unknownBoard(_:)`` where none of that name has registered.
  @concurrent public func board(_ name: BoardID) async throws(ClientError) -> BoardStatus {
    guard let board = try await boards().first(where: { $0.board == name }) else { throw .unknownBoard(name) }
    return board
  }

  /// Has a quarantined slot blanked and used again; returns when that is done.
  ///
  /// Asks with one key how far it is, for up to ``resetPatience``; after that it may still be done.
  ///
  /// - Throws: ``ClientError/refused(_:)`` where the slot is not quarantined, cannot be blanked or is not there, and where
  ///   the board's agent is not heard of; ``ClientError/resetUnfinished(_:_:waited:)``.
  @concurrent public func reset(_ slot: SlotID, of board: BoardID) async throws(ClientError) {
    let reset = SlotReset(idempotencyKey: Self.randomKey(), board: board, slot: slot)
    let end = time.now.wall + Self.resetPatience
    var interval = Self.resetIntervals.first
    while time.now.wall < end {
      let answer = try await ask(.resetSlot(reset))
      guard case .resetStatus(let status) = answer, status.board == board, status.slot == slot else {
        throw unexpected(answer, for: "the reset of slot \(slot) of \(board)")
      }
      if status.isDone { return }
      do { try await time.sleep(until: .wall(time.now.wall + interval)) } catch { throw .cancelled }
      interval = min(interval * 2, Self.resetIntervals.longest)
    }
    throw .resetUnfinished(board, slot, waited: Self.resetPatience)
  }

  // MARK: Asking

  private func accept(_ message: Message, _ job: JobID) async throws(ClientError) {
    let answer = try await ask(message)
    guard case .accepted(job) = answer else { throw unexpected(answer, for: "accepted") }
  }

  private func ask(_ message: Message) async throws(ClientError) -> Message {
    try await asking { () throws(TransferError) in try await exchange.request(message, to: broker) }
  }

  private func asking<Value>(_ body: () async throws(TransferError) -> Value) async throws(ClientError) -> Value {
    do { return try await body() } catch {
      switch error {
      case .noAnswer: throw .noBroker(endpoint: endpoint, waited: Self.patience)
      case .refused(let refusal): throw .refused(refusal)
      case .cancelled: throw .cancelled
      default: throw .transfer(error)
      }
    }
  }

  private func unexpected(_ answer: Message, for expected: String) -> ClientError {
    .transfer(.unexpectedAnswer(expected: expected, found: answer.name))
  }
}

extension BrokerClient {
  /// A key that no other submission has: 128 random bits in hexadecimal.
  public static func randomKey() -> String {
    (0..<2).map { _ in
      let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Refuses a batch that no broker takes, before anything is sent.
  public static func check(itemCount: Int) throws(ClientError) {
    guard itemCount > 0 else { throw .emptyBatch }
    guard itemCount <= Limits.itemsPerBatch else { throw .batchTooLarge(items: itemCount, limit: Limits.itemsPerBatch) }
  }

  /// Refuses a key that no message carries, before anything is sent.
  public static func check(idempotencyKey: String) throws(ClientError) {
    let (count, limit) = (idempotencyKey.utf8.count, MessageLimits.idempotencyKeyByteCount)
    guard (1...limit).contains(count) else { throw .badIdempotencyKey(byteCount: count, limit: limit) }
  }

  /// Refuses an item that is too large for an application, before anything is sent; `item` is what the user calls it.
  public static func check(
    item: String, byteCount: Int, for application: Application
  ) throws(ClientError) {
    let limit = application.inputEdge?.maximumByteCount ?? Limits.blobByteCount
    guard byteCount <= limit else { throw .itemTooLarge(item: item, byteCount: byteCount, limit: limit) }
  }

  /// Throws for a job that has ended otherwise than completed.
  public static func requireCompleted(_ status: JobStatus) throws(ClientError) {
    if status.state != .completed { throw ended(status) }
  }

  private static func ended(_ status: JobStatus) -> ClientError {
    if status.state == .failed, let reason = status.reason { return .jobFailed(status.job, reason) }
    return status.state == .cancelled
      ? .jobCancelled(status.job)
      : .jobUnfinished(status.job, status.state, committed: status.committed, items: status.items)
  }
}
