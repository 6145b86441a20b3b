public import Fabric

/// Carries messages between peers; one may be lost, doubled or late, but never altered.
public protocol Transport: Sendable {
  /// What arrives, for one consumer.
  var inbound: AsyncStream<Inbound> { get }

  /// Queues a message; never suspends. A dialled peer is connected to on first use, and again whenever it comes back.
  func send(_ envelope: Envelope, to peer: Peer) throws(TransportError)

  /// Ends the transport: `inbound` ends, and sockets are closed.
  @concurrent func close() async
}

/// A message and who sent it.
public struct Inbound: Sendable {
  public let peer: Peer
  public let envelope: Envelope
  public init(peer: Peer, envelope: Envelope) {
    self.peer = peer
    self.envelope = envelope
  }
}

/// Why a message could not be carried.
public enum TransportError: TesseraError, Hashable, Codable {
  case tooLarge(byteCount: Int, limit: Int)
  case unreachable(String)
  case queueFull(limit: Int)
  case notLoopback(String)
  case addressInUse(String)
  case badEndpoint(String)
  case closed
  case unavailable(String)

  public var code: String {
    switch self {
    case .tooLarge: "transport.tooLarge"
    case .unreachable: "transport.unreachable"
    case .queueFull: "transport.queueFull"
    case .notLoopback: "transport.notLoopback"
    case .addressInUse: "transport.addressInUse"
    case .badEndpoint: "transport.badEndpoint"
    case .closed: "transport.closed"
    case .unavailable: "transport.unavailable"
    }
  }
  public var message: String {
    switch self {
    case .tooLarge(let count, let limit): "a message of \(count) bytes is over the limit of \(limit)"
    case .unreachable(let peer): "\(peer) is not connected"
    case .queueFull(let limit): "the limit of \(limit) messages waits to be sent"
    case .notLoopback(let endpoint): "\(endpoint) is not on the loopback interface"
    case .addressInUse(let endpoint): "\(endpoint) is in use by another process"
    case .badEndpoint(let endpoint): "'\(endpoint)' is no endpoint"
    case .closed: "the transport was closed"
    case .unavailable(let reason): "the network did not answer: \(reason)"
    }
  }
  public var hint: String {
    switch self {
    case .tooLarge: "send less in one message"
    case .unreachable, .queueFull, .unavailable: "check that the other side runs, and try again"
    case .notLoopback: "without keys a daemon binds tcp://127.0.0.1 only"
    case .addressInUse: "stop the other process or choose another port"
    case .badEndpoint: "an endpoint looks like tcp://127.0.0.1:7440"
    case .closed: "this process is ending"
    }
  }
}
