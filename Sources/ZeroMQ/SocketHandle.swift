internal import CZeroMQ

/// The only place that passes a socket's pointer to libzmq.
///
/// Closes the socket when the last reference ends. Referred to by the ``Socket`` and, while it is watched, by its ``PollThread``: so no socket is closed under a poll.
final class SocketHandle {
  let pointer: UnsafeMutableRawPointer
  private let context: Context

  init(_ type: Int32, in context: Context) throws(ZMQError) {
    guard let pointer = zmq_socket(context.handle, type) else { throw .last("zmq_socket") }
    self.pointer = pointer
    self.context = context
  }

  deinit { zmq_close(pointer) }

  /// Queues one frame without waiting; false leaves the reason in `zmq_errno`.
  func send(_ bytes: [UInt8], more: Bool) -> Bool {
    let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
    while true {
      if zmq_send(pointer, bytes, bytes.count, flags) >= 0 { return true }
      if zmq_errno() != EINTR { return false }
    }
  }

  /// Takes one frame without waiting; nil where none is there.
  func receive() throws(ZMQError) -> Frame? {
    var message = zmq_msg_t()
    zmq_msg_init(&message)
    defer { zmq_msg_close(&message) }
    while zmq_msg_recv(&message, pointer, ZMQ_DONTWAIT) < 0 {
      switch zmq_errno() {
      case EINTR: continue
      case EAGAIN: return nil
      default: throw .last("zmq_msg_recv")
      }
    }
    let content = UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: zmq_msg_size(&message))
    return Frame(bytes: [UInt8](content), hasMore: zmq_msg_more(&message) != 0)
  }

  func set<Value: FixedWidthInteger>(_ option: Int32, _ value: Value, _ name: String) throws(ZMQError) {
    var value = value
    guard zmq_setsockopt(pointer, option, &value, MemoryLayout<Value>.size) == 0 else {
      throw .last("zmq_setsockopt", "\(name) = \(value)")
    }
  }

  func set(_ option: Int32, _ bytes: [UInt8], _ name: String) throws(ZMQError) {
    guard zmq_setsockopt(pointer, option, bytes, bytes.count) == 0 else {
      throw .last("zmq_setsockopt", "\(name) of \(bytes.count) bytes")
    }
  }

  func string(_ option: Int32, _ name: String) throws(ZMQError) -> String {
    // An endpoint is a scheme, a host name of at most 253 bytes (RFC 1035), and a port.
    var bytes = [UInt8](repeating: 0, count: 512)
    var count = bytes.count
    guard zmq_getsockopt(pointer, option, &bytes, &count) == 0 else { throw .last("zmq_getsockopt", name) }
    return String(decoding: bytes.prefix(count).prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// One part of a message.
struct Frame {
  let bytes: [UInt8]
  let hasMore: Bool
}
