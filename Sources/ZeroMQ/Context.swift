internal import CZeroMQ

/// The sockets of a process and the threads that do their network I/O.
///
/// Every ``Socket`` keeps its context alive, so a context ends after its last socket and its last reference. It then
/// waits for libzmq to let go of the connections; as a linger is always finite, so is that wait.
public final class Context: Sendable {
  // A libzmq context may be used from any thread (zmq_ctx_new(3), "Thread safety"); the pointer never changes.
  nonisolated(unsafe) let handle: UnsafeMutableRawPointer

  /// Makes a context with room for `maximumSocketCount` sockets, served by `threadCount` threads of libzmq.
  ///
  /// One thread serves about 1 GB/s (ZeroMQ Guide, "I/O Threads"). The threads start with the first socket.
  public init(threadCount: Int = 1, maximumSocketCount: Int = 1023) throws(ZMQError) {
    let threads = try OptionValue.count(threadCount, in: 1...64, "ZMQ_IO_THREADS")
    let sockets = try OptionValue.count(maximumSocketCount, in: 1...65_535, "ZMQ_MAX_SOCKETS")
    guard let handle = zmq_ctx_new() else { throw .last("zmq_ctx_new") }
    self.handle = handle
    guard zmq_ctx_set(handle, ZMQ_IO_THREADS, threads) == 0 else { throw .last("zmq_ctx_set", "ZMQ_IO_THREADS") }
    guard zmq_ctx_set(handle, ZMQ_MAX_SOCKETS, sockets) == 0 else { throw .last("zmq_ctx_set", "ZMQ_MAX_SOCKETS") }
  }

  deinit {
    while zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {}
  }
}
