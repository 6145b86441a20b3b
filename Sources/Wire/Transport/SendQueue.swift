internal import Messages

/// The messages on their way to the sockets, in order; says which may be sent at all.
struct SendQueue {
  struct Item {
    let peer: Peer
    let frame: [UInt8]
  }

  private enum Stage { case open, closed }

  private let limits: TransportLimits
  private let hasListener: Bool
  private var stage = Stage.open
  private var items: [Item] = []
  private var byteCount = 0
  private var dialed: Set<String> = []

  init(limits: TransportLimits, hasListener: Bool) {
    self.limits = limits
    self.hasListener = hasListener
  }

  /// Takes a message in; true where it is the first, so that whoever empties the queue has to be told.
  mutating func append(_ frame: [UInt8], to peer: Peer) throws(TransportError) -> Bool {
    guard stage == .open else { throw .closed }
    guard items.count < limits.queuedMessages, byteCount + frame.count <= limits.queuedByteCount else {
      throw .queueFull(limit: limits.queuedMessages)
    }
    switch peer {
    case .dialed(let endpoint): try admit(endpoint)
    case .accepted(let connection):
      // A routing id has 1 to 255 bytes (zmq_setsockopt(3), ZMQ_ROUTING_ID).
      guard hasListener, (1...255).contains(connection.count) else { throw .unreachable("\(peer)") }
    }
    items.append(Item(peer: peer, frame: frame))
    byteCount += frame.count
    return items.count == 1
  }

  /// Hands everything out.
  mutating func takeAll() -> [Item] {
    defer {
      items = []
      byteCount = 0
    }
    return items
  }

  /// Takes nothing more; what is in still goes out.
  mutating func close() { stage = .closed }

  /// Checks an endpoint when it is first seen.
  private mutating func admit(_ text: String) throws(TransportError) {
    guard !dialed.contains(text) else { return }
    let endpoint = try Endpoint(text)
    guard endpoint.port != nil else { throw .badEndpoint(text) }
    guard endpoint.isLoopback else { throw .notLoopback(text) }
    guard dialed.count < limits.dialedPeers else {
      throw .unavailable("\(text) would be one more than the limit of \(limits.dialedPeers) endpoints dialled")
    }
    dialed.insert(text)
  }
}
