internal import CZeroMQ
internal import Glibc

/// A descriptor that any thread can make readable, so that a poll ends (eventfd(2)).
struct WakeUp: ~Copyable, Sendable {
  let descriptor: Int32

  init() throws(ZMQError) {
    let descriptor = czmq_eventfd()
    guard descriptor >= 0 else { throw ZMQError(errno: errno, call: "eventfd") }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Makes the descriptor readable.
  ///
  /// Cannot fail: it would take 2^64 - 1 unread signals.
  borrowing func signal() {
    var one: UInt64 = 1
    while write(descriptor, &one, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
  }

  /// Makes the descriptor unreadable again.
  borrowing func clear() {
    var count: UInt64 = 0
    while read(descriptor, &count, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
  }
}
