import Fabric
import Synchronization

/// A clock that only moves when a test lets a sleeper go: ``wakeOne()`` ends the earliest sleep, or the next to begin.
final class VirtualTime: TimeSource {
  private typealias Sleeper = CheckedContinuation<Result<Void, CancellationError>, Never>
  private struct State {
    var nanoseconds: Int64 = 0
    var wakesOwed = 0
    var lastSleeper = 0
    var sleepers: [Int: (until: Int64, continuation: Sleeper)] = [:]
  }
  private let state = Mutex(State())

  var now: Now {
    let nanoseconds = state.withLock { $0.nanoseconds }
    return Now(board: BoardInstant(nanoseconds: nanoseconds), wall: WallInstant(nanoseconds: nanoseconds))
  }

  func advance(by duration: Duration) { state.withLock { $0.nanoseconds += duration.nanoseconds } }

  func wakeOne() {
    let woken = state.withLock { state -> Sleeper? in
      guard let (id, sleeper) = state.sleepers.min(by: { $0.value.until < $1.value.until }) else {
        state.wakesOwed += 1
        return nil
      }
      state.sleepers[id] = nil
      state.nanoseconds = max(state.nanoseconds, sleeper.until)
      return sleeper.continuation
    }
    woken?.resume(returning: .success(()))
  }

  @concurrent func sleep(until deadline: Deadline) async throws(CancellationError) {
    let until =
      switch deadline {
      case .board(let instant): instant.nanoseconds
      case .wall(let instant): instant.nanoseconds
      }
    let id = state.withLock { state in
      state.lastSleeper += 1
      return state.lastSleeper
    }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isAwake = state.withLock { state in
          guard state.wakesOwed == 0 else {
            state.wakesOwed -= 1
            state.nanoseconds = max(state.nanoseconds, until)
            return true
          }
          state.sleepers[id] = (until, continuation)
          return false
        }
        // A sleeper cancelled before it lay down is taken out again here.
        if isAwake { continuation.resume(returning: .success(())) } else if Task.isCancelled { cancel(id) }
      }
    } onCancel: {
      cancel(id)
    }
    try result.get()
  }

  private func cancel(_ id: Int) {
    let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
    sleeper?.continuation.resume(returning: .failure(CancellationError()))
  }
}
