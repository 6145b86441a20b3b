import Glibc
import Messages
import Wire
import ZeroMQ

/// A DEALER that sends whatever frames it is told to, as a foreign or hostile program would.
actor RawPeer {
  nonisolated let thread: PollThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
  /// What comes back.
  nonisolated let replies: AsyncStream<Envelope>
  private let continuation: AsyncStream<Envelope>.Continuation
  private var socket: Socket?

  init(dialing endpoint: String) async throws {
    thread = try PollThread(name: "raw-peer")
    (replies, continuation) = AsyncStream.makeStream(of: Envelope.self)
    let socket = try Socket(.dealer(queuesUnconnected: true), in: try Context())
    try socket.connect(to: endpoint)
    self.socket = consume socket
    try watch()
  }

  func send(_ frames: [[UInt8]]) throws { try socket?.send(frames) }

  func close() async {
    if let pollable = socket?.pollable { thread.unwatch(pollable) }
    socket = nil
    thread.stop()
    await thread.join()
  }

  private func watch() throws {
    guard let pollable = socket?.pollable else { return }
    try thread.watch(pollable) { self.receive() }
  }

  private func receive() -> HandlerOutcome {
    guard case .message(let frames)? = try? socket?.receive(maximumFrameCount: 1),
      let envelope = try? MessageCodec.decode(frames[0])
    else { return .drained }
    continuation.yield(envelope)
    return .again
  }
}

/// Sends bytes that are no ZeroMQ to a port, and returns when the other side has hung up.
func sendRawBytes(_ bytes: [UInt8], to endpoint: String) throws {
  guard let port = try Endpoint(endpoint).port else { return }
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { Glibc.close(descriptor) }
  // So that a server that never hangs up fails the test instead of stopping it.
  var patience = timeval(tv_sec: 20, tv_usec: 0)
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = inet_addr("127.0.0.1")
  let status = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  guard status == 0 else { throw TransportError.unreachable(endpoint) }
  _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  shutdown(descriptor, Int32(SHUT_WR))
  var buffer = [UInt8](repeating: 0, count: 256)
  while recv(descriptor, &buffer, buffer.count, 0) > 0 {}
  guard errno != EAGAIN else { throw TransportError.unavailable("the connection was kept") }
}
