internal import CZeroMQ
internal import Glibc
internal import Synchronization

/// A thread that runs actors and watches their sockets.
///
/// An actor that names one as its executor runs on that thread only, so its isolation is also the confinement that
/// libzmq asks for: a socket in such an actor is used on one thread, and the compiler sees to it. Several actors may
/// share a thread. Never block it: hand file and process work to another actor, whose answer comes back as a job.
///
///     actor Server {
///       nonisolated let thread: PollThread
///       nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
///       private var socket: Socket?
///
///       func start() throws(ZMQError) {
///         guard let pollable = socket?.pollable else { return }
///         try thread.watch(pollable) { self.receiveOne() }
///       }
///
///       func shutdown() {
///         if let pollable = socket?.pollable { thread.unwatch(pollable) }
///         socket = nil
///       }
///     }
///
/// ## Shutting down
///
/// Shutdown is explicit; `deinit` does none of it, because an actor's `deinit` may run on any thread. A watch keeps its
/// handler, what that captures (the actor above) and its socket, and a running thread keeps itself, until:
///
/// 1. each actor ends its watches and its sockets, in a method of its own: `await server.shutdown()`;
/// 2. ``stop()``, from anywhere: jobs that wait still run, then all watches left are dropped, and the thread ends;
/// 3. `await` ``join()``, from anywhere: the thread is gone.
///
/// A call to an actor whose thread has ended is still served, one at a time, on the shared pool: nobody waits for ever. A
/// ``Socket`` kept till then may still be used and closed, but never watched.
public final class PollThread: SerialExecutor {
  /// How many messages a handler may take before jobs and other sockets have their turn.
  public static let messagesPerTurn = 256

  private let queue = Mutex(JobQueue())
  private let wakeUp: WakeUp
  // The thread that runs jobs just now, or 0.
  private let owner = Atomic<pthread_t>(0)
  // The thread, until it is joined. Never locked by the thread itself, so that a joiner may hold it.
  private let joinable = Mutex<pthread_t?>(nil)
  // Touched only on the thread: by its loop, and by `watch` and `unwatch`, which check that.
  nonisolated(unsafe) private let watches: WatchList

  /// Starts a thread called `name` (cut to the 15 bytes that Linux keeps).
  ///
  /// Throws `.tooManyOpen` or `.threadUnavailable` where the system has no descriptor or thread to give.
  public init(name: String) throws(ZMQError) {
    let wakeUp = try WakeUp()
    watches = WatchList(wakeUp: wakeUp.descriptor)
    self.wakeUp = wakeUp
    let launch = Unmanaged.passRetained(Launch(self, name: name))
    var thread: pthread_t = 0
    let status = pthread_create(&thread, nil, { Launch.run($0) }, launch.toOpaque())
    guard status == 0 else {
      launch.release()
      throw ZMQError(.threadUnavailable, call: "pthread_create", detail: String(cString: strerror(status)))
    }
    joinable.withLock { $0 = thread }
  }

  deinit {
    // Stopped, but never joined: let the system tidy up.
    if let thread = joinable.withLock({ $0 }) { pthread_detach(thread) }
  }

  // MARK: Watching

  /// Calls `handler` on the thread while `socket` is readable; a second watch of a socket replaces the first.
  ///
  /// Each call takes one message at most, and is repeated until it returns `.drained` or ``messagesPerTurn`` is reached.
  /// To be called on the thread (from an actor that runs there), also from a handler. Throws `.pollThreadStopped` after
  /// ``stop()``.
  public func watch(_ socket: Socket.Pollable, handler: @escaping () -> HandlerOutcome) throws(ZMQError) {
    checkIsolated()
    guard !queue.withLock({ $0.isStopped }) else {
      throw ZMQError(.pollThreadStopped, call: "PollThread.watch", detail: "the thread was told to stop")
    }
    watches.add(socket.handle, handler)
  }

  /// Ends a watch: its handler is not called again.
  ///
  /// Called as ``watch(_:handler:)`` is; without a watch, does nothing.
  public func unwatch(_ socket: Socket.Pollable) {
    checkIsolated()
    watches.remove(socket.handle)
  }

  // MARK: Ending

  /// Tells the thread to end after the jobs that wait now.
  ///
  /// Returns at once; callable from anywhere, and repeatedly.
  public func stop() {
    if queue.withLock({ $0.stop() }) { wakeUp.signal() }
  }

  /// Waits until the thread has ended, which someone must ask for by ``stop()``.
  ///
  /// Callable from anywhere, also from an actor of this thread, and repeatedly. Cancellation does not cut it short.
  public func join() async {
    await withCheckedContinuation { waiter in
      if !queue.withLock({ $0.wait(waiter) }) { waiter.resume() }
    }
    // The thread has nothing left to do, so this takes microseconds.
    joinable.withLock { thread in
      if let ended = thread { pthread_join(ended, nil) }
      thread = nil
    }
  }

  // MARK: SerialExecutor

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    switch queue.withLock({ $0.append(job) }) {
    case .nothing: break
    case .wake: wakeUp.signal()
    case .drain: drainElsewhere()
    }
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  public func checkIsolated() { precondition(isCurrent, "not on the poll thread") }

  public func isIsolatingCurrentContext() -> Bool? { isCurrent }

  // Relaxed: a thread can only ever read its own id here if it wrote it itself.
  private var isCurrent: Bool { owner.load(ordering: .relaxed) == pthread_self() }

  // MARK: The loop

  fileprivate func run() {
    owner.store(pthread_self(), ordering: .relaxed)
    var batch: [UnownedJob] = []
    var turn = JobQueue.Turn.look
    while turn != .end {
      turn = queue.withLock { $0.beginTurn(&batch) }
      runAll(&batch)
      if turn != .end { look(waiting: turn == .wait) }
    }
    watches.removeAll()
    // Before the end is known: from then on the id of whoever drains may stand there.
    owner.store(0, ordering: .relaxed)
    let (waiters, mustDrain) = queue.withLock { $0.end() }
    if mustDrain { drainElsewhere() }
    for waiter in waiters { waiter.resume() }
  }

  private func look(waiting: Bool) {
    watches.poll(waiting: waiting)
    if waiting {
      queue.withLock { $0.woke() }
      wakeUp.clear()
    }
    watches.serve(budget: Self.messagesPerTurn)
  }

  private func runAll(_ batch: inout [UnownedJob]) {
    for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
    batch.removeAll(keepingCapacity: true)
  }

  /// Runs the jobs that come after the thread's end.
  ///
  /// The queue sees to it that only one of these runs at a time.
  private func drainElsewhere() {
    Task.detached { [self] in
      var batch: [UnownedJob] = []
      while queue.withLock({ $0.beginDraining(&batch) }) {
        owner.store(pthread_self(), ordering: .relaxed)
        runAll(&batch)
        owner.store(0, ordering: .relaxed)
      }
    }
  }
}

/// What a new thread is given; the thread keeps its `PollThread` until it ends.
private final class Launch: Sendable {
  private let thread: PollThread
  private let name: String

  init(_ thread: PollThread, name: String) {
    self.thread = thread
    var name = name
    while name.utf8.count > 15 { name.removeLast() }
    self.name = name
  }

  static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let launch = Unmanaged<Launch>.fromOpaque(argument).takeRetainedValue()
    czmq_name_thread(launch.name)
    launch.thread.run()
    return nil
  }
}
