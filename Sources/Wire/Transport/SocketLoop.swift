internal import Fabric
internal import Logging
internal import Messages
internal import Synchronization
internal import ZeroMQ

/// The sockets of a transport, on the thread that polls them.
///
/// One ROUTER takes whoever dials us, if we listen; one DEALER for each endpoint that we dialled.
actor SocketLoop {
  nonisolated let thread: PollThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
  /// Where we really listen, the port filled in.
  nonisolated let boundEndpoint: String?
  nonisolated let queue: Mutex<SendQueue>
  nonisolated let counters = Mutex(TransportCounters())

  /// A socket that a dictionary can hold.
  private final class Link {
    let socket: Socket
    init(_ socket: consuming Socket) { self.socket = socket }
  }

  /// Nil once the transport has closed.
  private var context: Context?
  private var listener: Link?
  private var dealers: [String: Link] = [:]
  private let options: SocketOptions
  private let inbound: AsyncStream<Inbound>.Continuation
  private let logger: Logger
  private var throttles: [KeyPath<TransportCounters, Int>: LogThrottle] = [:]

  init(
    listen: Endpoint?, limits: TransportLimits, inbound: AsyncStream<Inbound>.Continuation, logger: Logger
  ) throws(TransportError) {
    var options = SocketOptions()
    // The last messages still go out when we close.
    options.linger = .milliseconds(200)
    options.sendHighWaterMark = limits.queuedMessages
    options.receiveHighWaterMark = limits.queuedMessages
    options.maximumFrameByteCount = MessageLimits.messageByteCount
    options.heartbeat = .init(interval: .seconds(2), timeout: .seconds(6))
    options.reconnection = .after(first: .milliseconds(100), longest: .seconds(1))
    let address = listen?.description ?? "no listener"
    do {
      let context = try Context(maximumSocketCount: limits.dialedPeers + 8)
      if listen != nil {
        let socket = try Socket(.router(mandatory: true), in: context, options: options)
        boundEndpoint = try socket.bind(to: address)
        listener = Link(socket)
      } else {
        boundEndpoint = nil
      }
      thread = try PollThread(name: "tessera-wire")
      self.context = context
    } catch {
      throw error.reason == .addressInUse ? .addressInUse(address) : .unavailable(error.message)
    }
    self.queue = Mutex(SendQueue(limits: limits, hasListener: listen != nil))
    self.options = options
    self.inbound = inbound
    self.logger = logger
  }

  /// Serves the sockets until `wakeUps` ends, each of which says that messages wait to be sent; then closes all.
  func run(_ wakeUps: AsyncStream<Void>) async {
    if let listener { watch(listener) { self.receiveFromListener(listener) } }
    for await _ in wakeUps { sendAll() }
    sendAll()
    shutDown()
  }

  private func shutDown() {
    for link in [listener].compactMap({ $0 }) + dealers.values { thread.unwatch(link.socket.pollable) }
    listener = nil
    dealers = [:]
    // Waits until libzmq has let go of the port, or as long as the last messages linger.
    context = nil
    inbound.finish()
    thread.stop()
  }

  // MARK: Sending

  private func sendAll() {
    for item in queue.withLock({ $0.takeAll() }) { send(item.frame, to: item.peer) }
  }

  /// Hands a message to its socket, or drops it: the protocol asks again.
  private func send(_ frame: [UInt8], to peer: Peer) {
    do {
      switch peer {
      case .dialed(let endpoint): try dealer(for: endpoint)?.socket.send([frame])
      case .accepted(let connection): try listener?.socket.send([connection, frame])
      }
      count(\.sent)
    } catch {
      let counter: WritableKeyPath<TransportCounters, Int> = error.reason == .unroutable ? \.unroutable : \.undelivered
      report(counter, .debug, "a message was dropped", ["peer": "\(peer)", "reason": "\(error)"])
    }
  }

  /// The socket of an endpoint; made on first use, it connects by itself and again whenever the peer comes back.
  private func dealer(for endpoint: String) throws(ZMQError) -> Link? {
    if let known = dealers[endpoint] { return known }
    guard let context, let address = try? Endpoint(endpoint) else { return nil }
    let socket = try Socket(.dealer(queuesUnconnected: true), in: context, options: options)
    try socket.connect(to: address.description)
    let link = Link(socket)
    dealers[endpoint] = link
    watch(link) { self.receive(from: link, endpoint) }
    return link
  }

  // MARK: Receiving

  private func watch(_ link: Link, _ handler: @escaping () -> HandlerOutcome) {
    do { try thread.watch(link.socket.pollable, handler: handler) } catch {
      logger.error("a socket cannot be watched", metadata: ["reason": "\(error)"])
    }
  }

  private func receiveFromListener(_ link: Link) -> HandlerOutcome {
    // The connection's routing id, which the socket puts before what the peer sent, and the envelope.
    receive(link, frameCount: 2) { frames, frameCount in
      guard let connection = frames.first else { return }
      let peer = Peer.accepted(connection: connection)
      guard frameCount == 2, let bytes = frames.last else {
        return self.refuse(.wrongFrameCount(frameCount - 1), of: peer, request: 0)
      }
      self.take(bytes, from: peer)
    }
  }

  private func receive(from link: Link, _ endpoint: String) -> HandlerOutcome {
    receive(link, frameCount: 1) { frames, frameCount in
      let peer = Peer.dialed(endpoint: endpoint)
      guard frameCount == 1, let bytes = frames.first else {
        return self.refuse(.wrongFrameCount(frameCount), of: peer, request: 0)
      }
      self.take(bytes, from: peer)
    }
  }

  /// Takes one message off a socket and hands its frames, and how many there were, to `body`.
  private func receive(
    _ link: Link, frameCount: Int, _ body: ([[UInt8]], Int) -> Void
  ) -> HandlerOutcome {
    do {
      switch try link.socket.receive(maximumFrameCount: frameCount) {
      case nil: return .drained
      case .message(let frames): body(frames, frames.count)
      case .tooManyFrames(let leading, let count): body(leading, count)
      }
      return .again
    } catch {
      logger.error("a socket cannot be read", metadata: ["reason": "\(error)"])
      return .drained
    }
  }

  private func take(_ bytes: [UInt8], from peer: Peer) {
    let envelope: Envelope
    do { envelope = try MessageCodec.decode(bytes) } catch {
      return refuse(error, of: peer, request: MessageCodec.request(in: bytes))
    }
    switch inbound.yield(Inbound(peer: peer, envelope: envelope)) {
    case .enqueued: count(\.received)
    case .dropped:
      report(
        \.inboundFull, .warning, "a message was dropped, too many wait",
        ["code": "transport.inboundFull", "peer": "\(peer)", "message": "\(envelope.message.name)"])
    // Closing.
    case .terminated: break
    @unknown default: break
    }
  }

  /// Refuses a message, and says so to whoever dialled us.
  ///
  /// Whom we dialled is not answered: two programs of different versions would refuse each other's refusals for ever.
  private func refuse(_ error: WireError, of peer: Peer, request: UInt64) {
    report(
      \.malformed, .warning, "a message was refused",
      ["code": "\(error.code)", "peer": "\(peer)", "reason": "\(error.message)"])
    guard case .accepted = peer else { return }
    let reply = Envelope(.refused(Refusal(error)), request: request)
    if let frame = try? MessageCodec.encode(reply) { send(frame, to: peer) }
  }

  // MARK: Reporting

  private func count(_ counter: WritableKeyPath<TransportCounters, Int>) {
    counters.withLock { $0[keyPath: counter] += 1 }
  }

  /// Counts, and writes at most one line a second for each counter.
  private func report(
    _ counter: WritableKeyPath<TransportCounters, Int>, _ level: Logger.Level, _ text: Logger.Message,
    _ metadata: Logger.Metadata
  ) {
    count(counter)
    guard throttles[counter, default: LogThrottle()].admits(at: .now) else { return }
    let total = counters.withLock { $0[keyPath: counter] }
    logger.log(level: level, text, metadata: metadata.merging(["soFar": "\(total)"]) { old, _ in old })
  }
}
