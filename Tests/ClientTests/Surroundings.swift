import Fabric
import Messages
import Synchronization

/// A transport whose other end answers by a function, at once or not at all.
final class ScriptedTransport: Transport {
  let inbound: AsyncStream<Inbound>
  private let arrivals: AsyncStream<Inbound>.Continuation
  private let answer: @Sendable (Message) -> Message?
  private let log = Mutex<[Message]>([])

  init(_ answer: @escaping @Sendable (Message) -> Message?) {
    (inbound, arrivals) = AsyncStream.makeStream()
    self.answer = answer
  }

  /// What was sent, in order.
  var sent: [Message] { log.withLock { $0 } }

  func send(_ envelope: Envelope, to peer: Peer) throws(TransportError) {
    log.withLock { $0.append(envelope.message) }
    guard let message = answer(envelope.message) else { return }
    arrivals.yield(Inbound(peer: peer, envelope: Envelope(message, request: envelope.request)))
  }

  @concurrent func close() async { arrivals.finish() }
}

/// A clock that moves only by being waited for: at once up to `patience`, and never for what is further away.
final class JumpingTime: TimeSource {
  private let wall = Mutex(WallInstant(nanoseconds: 0))
  private let patience: Duration

  init(patience: Duration) { self.patience = patience }

  var now: Now { Now(board: BoardInstant(nanoseconds: 0), wall: wall.withLock { $0 }) }

  @concurrent func sleep(until deadline: Deadline) async throws(CancellationError) {
    guard case .wall(let target) = deadline, target - now.wall <= patience else {
      // Ends by cancellation only.
      for await _ in AsyncStream<Void>.makeStream().stream {}
      throw CancellationError()
    }
    wall.withLock { $0 = max($0, target) }
    await Task.yield()
    if Task.isCancelled { throw CancellationError() }
  }
}
