import Fabric
import Synchronization

/// A clock that passes over every wait in which nothing else happens.
///
/// While messages are on their way nobody wakes; when none is, all sleepers do. So a wait never takes real time, and no
/// sleeper is left behind. A clock that stands never wakes anybody.
final class VirtualTime: TimeSource {
  private typealias Sleeper = CheckedContinuation<Result<Void, CancellationError>, Never>
  private struct State {
    var nanoseconds: Int64 = 0
    var messages = 0
    var lastSleeper = 0
    var sleepers: [Int: (until: Int64, continuation: Sleeper)] = [:]
  }
  private let state = Mutex(State())
  private let stands: Bool

  init(stands: Bool = false) { self.stands = stands }

  var now: Now {
    let nanoseconds = state.withLock { $0.nanoseconds }
    return Now(board: BoardInstant(nanoseconds: nanoseconds), wall: WallInstant(nanoseconds: nanoseconds))
  }

  func messageArrived() { state.withLock { $0.messages += 1 } }

  /// Nothing more follows from a message, but for the messages that arrived in between.
  func messageWasHandled() {
    state.withLock { $0.messages -= 1 }
    wakeWhenQuiet()
  }

  /// Wakes all sleepers if no message is on its way.
  ///
  /// Others run first, so that who got an answer in this moment can be done with it: waking them as well would do no
  /// harm, but cost a retry.
  private func wakeWhenQuiet() {
    guard !stands, state.withLock({ $0.messages == 0 && !$0.sleepers.isEmpty }) else { return }
    Task {
      for _ in 0..<20 { await Task.yield() }
      let woken = state.withLock { state -> [Sleeper] in
        guard state.messages == 0 else { return [] }
        state.nanoseconds = state.sleepers.values.reduce(state.nanoseconds) { max($0, $1.until) }
        defer { state.sleepers = [:] }
        return state.sleepers.values.map(\.continuation)
      }
      for sleeper in woken { sleeper.resume(returning: .success(())) }
    }
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
        state.withLock { $0.sleepers[id] = (until, continuation) }
        // A sleeper cancelled before it lay down is taken out again here.
        if Task.isCancelled { cancel(id) } else { wakeWhenQuiet() }
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
