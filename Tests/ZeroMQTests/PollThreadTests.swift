import Glibc
import Synchronization
import Testing
import ZeroMQ

@Suite(.timeLimit(.minutes(1))) struct PollThreadTests {
  @Test func `10,000 messages in a window of 64 come back in order`() async throws {
    let context = try Context()
    let server = try Peer(.router(), in: context, on: PollThread(name: "server"))
    let client = try Peer(.dealer(queuesUnconnected: true), in: context, on: PollThread(name: "client"))
    let endpoint = try await server.bind()
    try await server.echo()
    try await client.connect(to: endpoint)
    #expect(try await client.exchange(count: 10_000, window: 64) == Array(0..<10_000))
    await end(server, client)
  }

  @Test func `two actors share a thread`() async throws {
    let context = try Context()
    let thread = try PollThread(name: "shared")
    let server = try Peer(.router(), in: context, on: thread)
    let client = try Peer(.dealer(queuesUnconnected: true), in: context, on: thread)
    let endpoint = try await server.bind()
    try await server.echo()
    try await client.connect(to: endpoint)
    #expect(try await client.exchange(count: 500, window: 8) == Array(0..<500))
    await end(server, client)
  }

  @Test func `a handler can end its own watch`() async throws {
    let context = try Context()
    let router = try Peer(.router(), in: context, on: PollThread(name: "router"))
    let dealer = try Peer(
      .dealer(routingID: [1], queuesUnconnected: true), in: context, on: PollThread(name: "dealer"))
    let endpoint = try await router.bind()
    try await router.collectOne()
    try await dealer.connect(to: endpoint)
    for number: UInt8 in 0..<3 { try await dealer.send([[number]]) }
    #expect(await router.next() == .message([[1], [0]]))
    #expect(await router.receiveUnwatched() == .message([[1], [1]]))
    #expect(await router.receiveUnwatched() == .message([[1], [2]]))
    #expect(await router.handlerCallCount == 1)
    try await router.collect()
    try await dealer.send([[3]])
    #expect(await router.next() == .message([[1], [3]]))
    await end(router, dealer)
  }

  @Test func `a socket that is always readable leaves turns for jobs`() async throws {
    let context = try Context()
    let router = try Peer(.router(), in: context, on: PollThread(name: "router"))
    let dealer = try Peer(.dealer(queuesUnconnected: true), in: context, on: PollThread(name: "dealer"))
    let endpoint = try await router.bind()
    try await router.ignore()
    try await dealer.connect(to: endpoint)
    try await dealer.send([[1]])
    while await router.handlerCallCount < 3 * PollThread.messagesPerTurn { await Task.yield() }
    #expect(await router.handlerCallCount % PollThread.messagesPerTurn == 0)
    await end(router, dealer)
  }

  @Test func `no wake-up is lost between many callers`() async throws {
    let thread = try PollThread(name: "counter")
    let counter = Counter(on: thread)
    await withTaskGroup { group in
      for _ in 0..<4 {
        group.addTask { for _ in 0..<2_500 { await counter.increment() } }
      }
    }
    #expect(await counter.value == 10_000)
    thread.stop()
    await thread.join()
  }

  @Test func `join returns when the thread has really ended`() async throws {
    let thread = try PollThread(name: "a name longer than Linux keeps")
    // A key's destructor runs as the very last of a thread's own code (pthread_key_create(3)).
    var key: pthread_key_t = 0
    #expect(pthread_key_create(&key) { _ in endedThreads.add(1, ordering: .relaxed) } == 0)
    await Counter(on: thread).mark(key)
    #expect(endedThreads.load(ordering: .relaxed) == 0)
    thread.stop()
    thread.stop()
    async let first: Void = thread.join()
    async let second: Void = thread.join()
    _ = await (first, second)
    #expect(endedThreads.load(ordering: .relaxed) == 1)
    await thread.join()
    pthread_key_delete(key)
  }

  @Test func `calls after the end are still served, one at a time`() async throws {
    let thread = try PollThread(name: "ended")
    let counter = Counter(on: thread)
    thread.stop()
    await thread.join()
    await withTaskGroup { group in
      for _ in 0..<4 {
        group.addTask { for _ in 0..<500 { await counter.increment() } }
      }
    }
    #expect(await counter.value == 2_000)
    #expect(await counter.isOnThread())
    #expect(thread.isIsolatingCurrentContext() == false)
  }

  @Test func `an actor can stop and join its own thread, but watch no more`() async throws {
    let context = try Context()
    let peer = try Peer(.router(), in: context, on: PollThread(name: "own"))
    _ = try await peer.bind()
    let error = await #expect(throws: ZMQError.self) { try await peer.stopThreadThenWatch() }
    #expect(error?.reason == .pollThreadStopped)
    await peer.joinOwnThread()
    await peer.shutdown()
  }

  @Test func `stopping lets go of handlers and sockets`() async throws {
    weak var context: Context?
    weak var forgotten: Peer?
    do {
      let thread = try PollThread(name: "forgetful")
      let strong = try Context()
      context = strong
      let peer = try Peer(.router(), in: strong, on: thread)
      forgotten = peer
      _ = try await peer.bind()
      try await peer.collect()
      thread.stop()
      await thread.join()
    }
    #expect(forgotten == nil)
    #expect(context == nil)
  }

  @Test func `a lack of descriptors is an error`() async {
    await #expect(processExitsWith: .success) {
      var none = rlimit(rlim_cur: 0, rlim_max: 0)
      setrlimit(__rlimit_resource_t(7), &none)  // RLIMIT_NOFILE
      do {
        _ = try PollThread(name: "never")
        exit(EXIT_FAILURE)
      } catch {
        exit((error as? ZMQError)?.reason == .tooManyOpen ? EXIT_SUCCESS : EXIT_FAILURE)
      }
    }
  }

  private func end(_ peers: Peer...) async {
    for peer in peers { await peer.shutdown() }
    for peer in peers { peer.thread.stop() }
    for peer in peers { await peer.thread.join() }
  }
}

private let endedThreads = Atomic(0)

private actor Counter {
  nonisolated let thread: PollThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
  private(set) var value = 0

  init(on thread: PollThread) { self.thread = thread }

  func increment() { value += 1 }

  func isOnThread() -> Bool { thread.isIsolatingCurrentContext() == true }

  /// Gives the key a value on this thread, so that its destructor runs at the thread's end.
  func mark(_ key: pthread_key_t) { pthread_setspecific(key, UnsafeRawPointer(bitPattern: 1)) }
}
