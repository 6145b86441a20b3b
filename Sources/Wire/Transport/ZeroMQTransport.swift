public import Logging
public import Messages
internal import Synchronization
internal import ZeroMQ

/// Carries messages over ZeroMQ between the processes of one machine.
///
/// A message is lost when the peer goes away, falls too far behind, or a queue here is full; ``counters`` tells. What does
/// not decode is refused by name, to the peer as well, and never reaches ``inbound``. There are no keys yet, so it listens
/// and dials on the loopback interface only.
///
/// To be ended by ``close()``; a transport that is just dropped closes in the background.
public final class ZeroMQTransport: Transport {
  public let inbound: AsyncStream<Inbound>
  private let loop: SocketLoop
  private let wakeUps: AsyncStream<Void>.Continuation
  private let running: Task<Void, Never>

  /// Starts a transport that listens at `listen`, such as `tcp://127.0.0.1:7440` or `tcp://127.0.0.1:*`, or only dials.
  ///
  /// Throws `.badEndpoint`, `.notLoopback` or `.addressInUse` for `listen`; `.unavailable` where the system has no socket
  /// or thread to give.
  public init(
    listen: String? = nil, limits: TransportLimits = TransportLimits(), logger: Logger
  ) throws(TransportError) {
    var address: Endpoint?
    if let listen {
      let endpoint = try Endpoint(listen)
      guard endpoint.isLoopback else { throw .notLoopback(listen) }
      address = endpoint
    }
    let (inbound, arrivals) = AsyncStream.makeStream(
      of: Inbound.self, bufferingPolicy: .bufferingOldest(limits.inboundMessages))
    // One unanswered wake-up says all there is to say.
    let (turns, wakeUps) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let loop = try SocketLoop(listen: address, limits: limits, inbound: arrivals, logger: logger)
    self.inbound = inbound
    self.loop = loop
    self.wakeUps = wakeUps
    running = Task { await loop.run(turns) }
  }

  deinit { wakeUps.finish() }

  /// Where the transport listens, the port filled in; nil where it only dials.
  public var boundEndpoint: String? { loop.boundEndpoint }

  /// What was sent, received and dropped so far.
  public var counters: TransportCounters { loop.counters.withLock { $0 } }

  /// Queues a message, in the order of the calls for each peer; never suspends.
  ///
  /// O(bytes). Throws `.tooLarge`, `.queueFull`, `.closed`; for a peer to dial `.badEndpoint`, `.notLoopback`, or `.unavailable` at
  /// the limit of dialled peers; for one that dialled us `.unreachable` where we do not listen.
  public func send(_ envelope: Envelope, to peer: Peer) throws(TransportError) {
    let frame = try MessageCodec.encode(envelope)
    let isFirst = try loop.queue.withLock { (queue) throws(TransportError) in try queue.append(frame, to: peer) }
    if isFirst { wakeUps.yield() }
  }

  /// Sends what waits, closes the sockets, and ends ``inbound``; returns when the port is free again.
  ///
  /// Takes up to 200 ms where a peer does not take its last messages.
  @concurrent public func close() async {
    loop.queue.withLock { $0.close() }
    wakeUps.finish()
    await running.value
    await loop.thread.join()
  }
}
