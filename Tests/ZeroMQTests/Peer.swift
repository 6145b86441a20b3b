import ZeroMQ

/// An actor on a poll thread with one socket, for tests: keeps what arrives until asked for it.
actor Peer {
  nonisolated let thread: PollThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  private var socket: Socket?
  private let maximumFrameCount: Int
  private var arrived: [Reception] = []
  private var waiting: CheckedContinuation<Reception, Never>?
  private(set) var handlerCallCount = 0

  init(
    _ role: Socket.Role, in context: Context, on thread: PollThread, options: SocketOptions = SocketOptions(),
    maximumFrameCount: Int = 8
  ) throws {
    self.thread = thread
    self.maximumFrameCount = maximumFrameCount
    self.socket = try Socket(role, in: context, options: options)
  }

  func bind() throws -> String { try socket?.bind(to: "tcp://127.0.0.1:*") ?? "" }

  func connect(to endpoint: String) throws { try socket?.connect(to: endpoint) }

  func send(_ frames: [[UInt8]]) throws(ZMQError) { try socket?.send(frames) }

  /// Keeps what arrives for ``next()``.
  func collect() throws {
    try watch { peer in
      guard let reception = peer.receive() else { return .drained }
      peer.arrive(reception)
      return .again
    }
  }

  /// Sends back every message, for ever.
  func echo() throws {
    try watch { peer in
      guard case .message(let frames) = peer.receive() else { return .drained }
      do { try peer.send(frames) } catch { return .drained }
      return .again
    }
  }

  /// Takes one message, and ends the watch inside its handler.
  func collectOne() throws {
    try watch { peer in
      peer.unwatch()
      if let reception = peer.receive() { peer.arrive(reception) }
      return .again
    }
  }

  /// Reads nothing, so that the socket stays readable for ever.
  func ignore() throws { try watch { _ in .again } }

  /// What arrived, oldest first; waits for it.
  func next() async -> Reception {
    if !arrived.isEmpty { return arrived.removeFirst() }
    return await withCheckedContinuation { waiting = $0 }
  }

  /// Receives without a watch, until something is there.
  func receiveUnwatched() async -> Reception {
    while true {
      if let reception = receive() { return reception }
      await Task.yield()
    }
  }

  /// Sends again and again until the peer turns out to be gone.
  func sendUntilUnroutable(_ frames: [[UInt8]]) async throws {
    while true {
      do { try send(frames) } catch {
        if error.reason == .unroutable { return }
        guard error.reason == .wouldBlock else { throw error }
      }
      await Task.yield()
    }
  }

  /// Sends `count` numbered messages, at most `window` of them unanswered, and returns the numbers that came back.
  func exchange(count: Int, window: Int) async throws -> [UInt32] {
    try collect()
    var answers: [UInt32] = []
    var sentCount = 0
    while answers.count < count {
      while sentCount < count, sentCount - answers.count < window {
        try send([withUnsafeBytes(of: UInt32(sentCount)) { [UInt8]($0) }])
        sentCount += 1
      }
      guard case .message(let frames) = await next() else { break }
      answers.append(frames[0].withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) })
    }
    return answers
  }

  func stopThreadThenWatch() throws {
    thread.stop()
    try collect()
  }

  func joinOwnThread() async { await thread.join() }

  func unwatch() {
    if let pollable = socket?.pollable { thread.unwatch(pollable) }
  }

  func shutdown() {
    unwatch()
    socket = nil
  }

  private func watch(_ handler: @escaping (isolated Peer) -> HandlerOutcome) throws {
    guard let pollable = socket?.pollable else { return }
    try thread.watch(pollable) {
      self.handlerCallCount += 1
      return handler(self)
    }
  }

  private func receive() -> Reception? { try? socket?.receive(maximumFrameCount: maximumFrameCount) }

  private func arrive(_ reception: Reception) {
    guard let waiter = waiting else { return arrived.append(reception) }
    waiting = nil
    waiter.resume(returning: reception)
  }
}
