public import Fabric
public import Messages
internal import Synchronization

/// Asks peers and waits for their answers, over a transport that may lose, double and delay messages.
///
/// A request is sent again until its answer comes, so whatever is asked must be fit to be done twice. Whoever reads
/// the transport's `inbound` shows every message to ``take(_:from:)`` first.
public final class Exchange: Sendable {
  /// Requests that may wait for their answers at once.
  public static let waitingLimit = 256

  private typealias Waiter = CheckedContinuation<Result<Message, TransferError>, Never>

  private let transport: any Transport
  let time: any TimeSource
  let retryInterval: Duration
  let attempts: Int
  private let waiting: Mutex<WaitingRequests<Waiter>>

  /// Makes an exchange over a transport.
  ///
  /// - Parameters:
  ///   - transport: Carries the requests.
  ///   - time: Its wall clock counts the retries.
  ///   - firstRequest: Where the numbers begin. A process that is started again must pass one that is far from those
  ///     of its former life (the time, a random number), lest it take an old answer for a new one.
  ///   - retryInterval: How long an answer may take before the request is sent again.
  ///   - attempts: How often it is sent, at least once.
  public init(
    over transport: any Transport, time: any TimeSource, firstRequest: UInt64, retryInterval: Duration = .seconds(1),
    attempts: Int = 10
  ) {
    self.transport = transport
    self.time = time
    self.retryInterval = retryInterval
    self.attempts = max(1, attempts)
    self.waiting = Mutex(WaitingRequests(first: firstRequest, limit: Self.waitingLimit))
  }

  /// Sends a request until its answer comes.
  ///
  /// - Throws: ``TransferError/refused(_:)`` for an answer of that kind,
  ///   ``TransferError/noAnswer(_:attempts:transport:)`` a retry interval after the last attempt, ``TransferError/unsendable(_:)``, ``TransferError/cancelled`` and
  ///   ``TransferError/tooManyRequests(limit:)``.
  @concurrent public func request(_ message: Message, to peer: Peer) async throws(TransferError) -> Message {
    let number = try waiting.withLock { waiting throws(TransferError) in try waiting.open(to: peer) }
    defer { waiting.withLock { $0.close(number) } }

    // Two children: one waits for the answer, one sends; the sender ends only when it gives up.
    let result = await withTaskGroup(of: Result<Message, TransferError>.self) { group in
      group.addTask { await self.answer(to: number) }
      group.addTask {
        .failure(await self.sendUntilCancelled(Envelope(message, request: number), to: peer))
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failure(.cancelled)
    }
    let answer = try result.get()
    if case .refused(let refusal) = answer { throw .refused(refusal) }
    return answer
  }

  /// Resolves a request that waits for this message; never suspends.
  ///
  /// - Returns: Whether the message is an answer, also a late or doubled one, which nobody else needs to see. False for
  ///   requests, and for what a peer says unasked (request number 0).
  public func take(_ envelope: Envelope, from peer: Peer) -> Bool {
    guard envelope.request != 0, envelope.message.isAnswer else { return false }
    let waiter = waiting.withLock { waiting -> Waiter? in
      guard waiting.isOpen(envelope.request, to: peer) else { return nil }
      return waiting.settle(envelope.request, with: .success(envelope.message))
    }
    waiter?.resume(returning: .success(envelope.message))
    return true
  }

  private func answer(to number: UInt64) async -> Result<Message, TransferError> {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let known = waiting.withLock { $0.wait(for: number, continuation) }
        if let known { continuation.resume(returning: known) }
      }
    } onCancel: {
      let waiter = waiting.withLock { $0.settle(number, with: .failure(.cancelled)) }
      waiter?.resume(returning: .failure(.cancelled))
    }
  }

  /// Returns why it gave up.
  private func sendUntilCancelled(_ envelope: Envelope, to peer: Peer) async -> TransferError {
    var lastFailure: TransportError?
    for _ in 0..<attempts {
      do throws(TransportError) {
        try transport.send(envelope, to: peer)
        lastFailure = nil
      } catch {
        guard error.mayPass else { return .unsendable(error) }
        lastFailure = error
      }
      do { try await pause() } catch { return error }
    }
    return .noAnswer(peer, attempts: attempts, transport: lastFailure)
  }

  /// Waits one retry interval.
  @concurrent func pause() async throws(TransferError) {
    do { try await time.sleep(until: .wall(time.now.wall + retryInterval)) } catch { throw .cancelled }
  }
}

extension TransportError {
  /// Whether sending the same again may work.
  fileprivate var mayPass: Bool {
    switch self {
    case .unreachable, .queueFull, .unavailable: true
    case .tooLarge, .notLoopback, .addressInUse, .badEndpoint, .closed: false
    }
  }
}

extension Message {
  /// Whether it answers a request.
  ///
  /// Both sides of a connection number their own requests, so the number alone does not
  /// tell an answer from the peer's request of the same number.
  fileprivate var isAnswer: Bool {
    switch self {
    case .submitted, .status, .outputs, .accepted, .boards, .resetStatus, .blobAck, .blob, .welcome, .unknownAgent,
      .heartbeatAck, .refused:
      true
    case .submit, .statusQuery, .outputsQuery, .cancel, .migrate, .boardsQuery, .resetSlot, .putBlob, .getBlob,
      .register, .heartbeat, .progress, .itemFinished, .prepared, .declined, .stopped, .handBack, .resetEnded,
      .assign, .committed, .blobMissing, .prepare, .stop, .release, .reset:
      false
    }
  }
}
