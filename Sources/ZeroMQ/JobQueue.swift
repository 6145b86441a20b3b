/// The jobs of a poll thread and the stage of its life: says, for each event, who has to act.
///
/// One lock guards all of it, so a job either is seen by the thread before it sleeps or sees that it sleeps.
struct JobQueue {
  private enum Stage {
    case awake
    /// In, or about to enter, a poll that waits.
    case asleep
    /// Told to stop, with one last turn to go.
    case stopping
    /// Gone; jobs that still come run elsewhere.
    case ended
    /// Gone, with jobs running elsewhere just now.
    case draining
  }

  private var stage = Stage.awake
  private var jobs: [UnownedJob] = []
  private var waiters: [CheckedContinuation<Void, Never>] = []

  var isStopped: Bool {
    switch stage {
    case .awake, .asleep: false
    case .stopping, .ended, .draining: true
    }
  }

  /// What the caller of ``append(_:)`` must do.
  enum AppendAction { case nothing, wake, drain }

  mutating func append(_ job: UnownedJob) -> AppendAction {
    jobs.append(job)
    switch stage {
    case .awake, .stopping, .draining:
      return .nothing
    case .asleep:
      stage = .awake
      return .wake
    case .ended:
      stage = .draining
      return .drain
    }
  }

  /// Asks the thread to stop; true where it has to be woken for that.
  mutating func stop() -> Bool {
    let mustWake = stage == .asleep
    if !isStopped { stage = .stopping }
    return mustWake
  }

  /// What the thread does after the jobs of a turn.
  enum Turn { case look, wait, end }

  /// Hands the thread its jobs; `batch` must come empty.
  mutating func beginTurn(_ batch: inout [UnownedJob]) -> Turn {
    swap(&jobs, &batch)
    if stage == .stopping { return .end }
    guard batch.isEmpty else { return .look }
    stage = .asleep
    return .wait
  }

  mutating func woke() {
    if stage == .asleep { stage = .awake }
  }

  /// Ends the thread's part: who waits for that, and whether jobs are left to run elsewhere.
  mutating func end() -> (waiters: [CheckedContinuation<Void, Never>], mustDrain: Bool) {
    stage = jobs.isEmpty ? .ended : .draining
    let waiting = waiters
    waiters = []
    return (waiting, stage == .draining)
  }

  /// Hands out jobs that came after the end; false where there are none, and draining is over.
  mutating func beginDraining(_ batch: inout [UnownedJob]) -> Bool {
    swap(&jobs, &batch)
    if batch.isEmpty { stage = .ended }
    return !batch.isEmpty
  }

  /// Keeps `waiter` until the end; false where that has passed.
  mutating func wait(_ waiter: CheckedContinuation<Void, Never>) -> Bool {
    switch stage {
    case .ended, .draining: return false
    case .awake, .asleep, .stopping:
      waiters.append(waiter)
      return true
    }
  }
}
