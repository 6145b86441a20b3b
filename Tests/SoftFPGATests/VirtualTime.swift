import Fabric
import Synchronization

/// A clock that stands still until a test moves it.
final class ManualTime: TimeSource {
  private struct State {
    var now = BoardInstant(nanoseconds: 0)
    var lastSleeper = 0
    var sleepers: [Int: (end: BoardInstant, continuation: CheckedContinuation<Bool, Never>)] = [:]
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }
  private let state = Mutex(State())

  var now: Now {
    let board = state.withLock { $0.now }
    return Now(board: board, wall: WallInstant(nanoseconds: board.nanoseconds))
  }

  /// What the sleepers wait for, in order.
  var deadlines: [BoardInstant] { state.withLock { $0.sleepers.values.map(\.end).sorted() } }

  @concurrent func sleep(until deadline: Deadline) async throws(CancellationError) {
    guard case .board(let end) = deadline else { return }
    let number = state.withLock { state in
      state.lastSleeper += 1
      return state.lastSleeper
    }
    let isOver = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in add(number, until: end, continuation) }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume(returning: false)
    }
    if !isOver { throw CancellationError() }
  }

  /// Returns once so many tasks sleep.
  func waitForSleepers(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.sleepers.count >= count { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  /// Moves the clock and wakes whoever slept until then.
  func advance(to now: BoardInstant) {
    let due = state.withLock { state in
      state.now = now
      let due = state.sleepers.filter { $0.value.end <= now }
      for number in due.keys { state.sleepers[number] = nil }
      return due.sorted { ($0.value.end, $0.key) < ($1.value.end, $1.key) }.map(\.value.continuation)
    }
    for continuation in due { continuation.resume(returning: true) }
  }

  private func add(_ number: Int, until end: BoardInstant, _ continuation: CheckedContinuation<Bool, Never>) {
    let (answer, watchers) = state.withLock { state -> (Bool?, [CheckedContinuation<Void, Never>]) in
      if end <= state.now { return (true, []) }
      if Task.isCancelled { return (false, []) }
      state.sleepers[number] = (end, continuation)
      let ready = state.watchers.filter { $0.count <= state.sleepers.count }.map(\.continuation)
      state.watchers.removeAll { $0.count <= state.sleepers.count }
      return (nil, ready)
    }
    if let answer { continuation.resume(returning: answer) }
    for watcher in watchers { watcher.resume() }
  }
}

extension BoardInstant {
  static func milliseconds(_ count: Int64) -> BoardInstant { BoardInstant(nanoseconds: count * 1_000_000) }
}
