internal import CZeroMQ

/// A ROUTER or DEALER socket, which belongs to one isolation domain and never waits.
///
/// Not copyable and not `Sendable`: the compiler keeps it in the actor that made it. Give that actor a ``PollThread``
/// as its executor and hand ``pollable`` to ``PollThread/watch(_:handler:)`` to be told what arrives.
///
/// A socket closes when its value ends, or by ``close()``, but not while a thread watches it: ``PollThread`` says how to
/// shut down in order.
public struct Socket: ~Copyable {
  /// What a socket is to its peers.
  public enum Role: Sendable, Hashable {
    /// Talks to many peers; the first frame of every message is the peer's routing id.
    ///
    /// With `mandatory`, sending to a peer that is not connected is `.unroutable`, and to a slow one `.wouldBlock`;
    /// without, both lose the message silently. With `handover`, a newcomer takes over the routing id of a connected peer.
    case router(mandatory: Bool = true, handover: Bool = false)

    /// Talks to one peer, under `routingID` (1 to 255 bytes, the first not zero) or one that the router makes up.
    ///
    /// Before the connection stands, a message is queued if `queuesUnconnected`, and else refused as `.wouldBlock`.
    case dealer(routingID: [UInt8]? = nil, queuesUnconnected: Bool = false)
  }

  /// What a ``PollThread`` needs to know of a socket; keeps it open.
  public struct Pollable {
    let handle: SocketHandle
  }

  let handle: SocketHandle
  private let role: Role

  /// Opens a socket; throws `.invalidOption` for an option out of its range, `.tooManyOpen` at a limit.
  public init(_ role: Role, in context: Context, options: SocketOptions = SocketOptions()) throws(ZMQError) {
    let handle = try SocketHandle(role.type, in: context)
    try options.apply(to: handle)
    try role.apply(to: handle)
    self.handle = handle
    self.role = role
  }

  /// What to hand to ``PollThread/watch(_:handler:)``.
  public var pollable: Pollable { Pollable(handle: handle) }

  /// Listens at `endpoint`, such as `tcp://127.0.0.1:*`, and returns the endpoint that this became.
  ///
  /// Throws `.addressInUse`, `.addressNotAvailable`, `.permissionDenied`, `.invalidArgument` or `.transportUnsupported`.
  @discardableResult
  public func bind(to endpoint: String) throws(ZMQError) -> String {
    guard zmq_bind(handle.pointer, endpoint) == 0 else { throw .last("zmq_bind", endpoint) }
    return try lastEndpoint
  }

  /// Starts connecting to `endpoint`; succeeds whether or not someone listens there yet.
  public func connect(to endpoint: String) throws(ZMQError) {
    guard zmq_connect(handle.pointer, endpoint) == 0 else { throw .last("zmq_connect", endpoint) }
  }

  /// The endpoint last bound or connected to, its port filled in; empty before the first.
  public var lastEndpoint: String {
    get throws(ZMQError) { try handle.string(ZMQ_LAST_ENDPOINT, "ZMQ_LAST_ENDPOINT") }
  }

  /// Closes the socket now, unless a thread still watches it.
  public consuming func close() {}

  /// Queues one message, or throws and sends nothing of it.
  ///
  /// Success means only that this process holds the message in its queue: a connection that breaks loses it silently.
  /// Throws `.wouldBlock` where the queue is full or the connection does not stand, `.unroutable` from a mandatory router
  /// whose peer is not connected, `.invalidMessage` for too few frames. O(bytes): they are copied once.
  public func send(_ frames: [[UInt8]]) throws(ZMQError) {
    guard frames.count >= role.leastFrameCount else {
      throw ZMQError(
        .invalidMessage, call: "zmq_send", detail: "\(frames.count) frames, at least \(role.leastFrameCount) needed")
    }
    var failure: ZMQError?
    for (index, frame) in frames.enumerated() {
      let isLast = index == frames.count - 1
      if !handle.send(frame, more: !isLast), failure == nil {
        failure = .last("zmq_send")
        // Nothing was begun. Later on, the connection went away under a begun message: libzmq then discards frames up to
        // the message's last, so that one has to follow, or the next message would be discarded in its place.
        if index == 0 { break }
      }
    }
    if let failure { throw failure }
  }

  /// Takes one message off the queue, or returns nil where none waits.
  ///
  /// A message of more than `maximumFrameCount` frames is taken off entirely and reported as ``Reception/tooManyFrames``.
  /// Frames are at most ``SocketOptions/maximumFrameByteCount`` long. O(bytes): they are copied once.
  public func receive(maximumFrameCount: Int) throws(ZMQError) -> Reception? {
    guard let first = try handle.receive() else { return nil }
    var frames: [[UInt8]] = []
    var frameCount = 0
    var next: Frame? = first
    while let frame = next {
      frameCount += 1
      if frameCount <= maximumFrameCount { frames.append(frame.bytes) }
      next = frame.hasMore ? try handle.receive() : nil
    }
    return frameCount <= maximumFrameCount ? .message(frames) : .tooManyFrames(leading: frames, frameCount: frameCount)
  }
}

/// What ``Socket/receive(maximumFrameCount:)`` took off the queue.
public enum Reception: Sendable, Hashable {
  /// A whole message, at least one frame; from a router the first is the peer's routing id.
  case message([[UInt8]])
  /// A message of `frameCount` frames, more than allowed: the allowed number of them is kept, the rest is gone.
  case tooManyFrames(leading: [[UInt8]], frameCount: Int)
}

extension Socket.Role {
  fileprivate var type: Int32 {
    switch self {
    case .router: ZMQ_ROUTER
    case .dealer: ZMQ_DEALER
    }
  }

  /// A router swallows a routing id without a message silently.
  fileprivate var leastFrameCount: Int {
    switch self {
    case .router: 2
    case .dealer: 1
    }
  }
}

extension Socket.Role {
  fileprivate func apply(to handle: SocketHandle) throws(ZMQError) {
    switch self {
    case .router(let mandatory, let handover):
      try handle.set(ZMQ_ROUTER_MANDATORY, Int32(mandatory ? 1 : 0), "ZMQ_ROUTER_MANDATORY")
      try handle.set(ZMQ_ROUTER_HANDOVER, Int32(handover ? 1 : 0), "ZMQ_ROUTER_HANDOVER")
    case .dealer(let routingID, let queuesUnconnected):
      try handle.set(ZMQ_IMMEDIATE, Int32(queuesUnconnected ? 0 : 1), "ZMQ_IMMEDIATE")
      guard let routingID else { return }
      // A first byte of zero marks the ids that routers make up (zmq_setsockopt(3), ZMQ_ROUTING_ID).
      guard (1...255).contains(routingID.count), routingID.first != 0 else {
        throw OptionValue.refused("ZMQ_ROUTING_ID", "\(routingID)", "1 to 255 bytes, the first not zero")
      }
      try handle.set(ZMQ_ROUTING_ID, routingID, "ZMQ_ROUTING_ID")
    }
  }
}
