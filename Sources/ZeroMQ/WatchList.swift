internal import CZeroMQ
internal import Glibc

/// The sockets that a poll thread looks at; touched only on that thread.
final class WatchList {
  private final class Watch {
    let socket: SocketHandle
    /// Nil once the watch is over, which a handler of the same turn may have brought about.
    var handler: (() -> HandlerOutcome)?

    init(_ socket: SocketHandle, _ handler: @escaping () -> HandlerOutcome) {
      self.socket = socket
      self.handler = handler
    }
  }

  private var watches: [Watch] = []
  /// The wake-up's descriptor, then one for each of `watches`.
  private var items: [zmq_pollitem_t]

  init(wakeUp descriptor: Int32) {
    items = [zmq_pollitem_t(socket: nil, fd: descriptor, events: Int16(ZMQ_POLLIN), revents: 0)]
  }

  func add(_ socket: SocketHandle, _ handler: @escaping () -> HandlerOutcome) {
    if let known = watches.first(where: { $0.socket === socket }) {
      known.handler = handler
      return
    }
    watches.append(Watch(socket, handler))
    items.append(zmq_pollitem_t(socket: socket.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0))
  }

  func remove(_ socket: SocketHandle) {
    guard let index = watches.firstIndex(where: { $0.socket === socket }) else { return }
    watches.remove(at: index).handler = nil
    items.remove(at: index + 1)
  }

  func removeAll() {
    for watch in watches { watch.handler = nil }
    watches = []
    items.removeLast(items.count - 1)
  }

  /// Looks at all sockets, or waits until one is readable or the wake-up comes.
  func poll(waiting: Bool) {
    guard zmq_poll(&items, Int32(items.count), waiting ? -1 : 0) < 0 else { return }
    for index in items.indices { items[index].revents = 0 }
    guard zmq_errno() != EINTR else { return }
    // Only a shortage of memory comes here, as a watched socket is open and so is its context. Watch the wake-up alone
    // for a moment, rather than spin.
    var wakeUp = pollfd(fd: items[0].fd, events: Int16(POLLIN), revents: 0)
    _ = Glibc.poll(&wakeUp, 1, 10)
  }

  /// Serves the sockets that the last poll found readable, each for at most `budget` messages.
  func serve(budget: Int) {
    // A copy: handlers may add and remove watches.
    let ready = zip(watches, items.dropFirst()).filter { $0.1.revents != 0 }.map(\.0)
    for watch in ready {
      for _ in 0..<budget {
        guard let handler = watch.handler, handler() == .again else { break }
      }
    }
  }
}
