package import Fabric
internal import Synchronization

/// A clock that jumps to a deadline as soon as somebody sleeps until it.
package final class JumpingTime: TimeSource {
  private let instant = Mutex(BoardInstant(nanoseconds: 0))
  private let delayPerReading: Duration

  /// With a delay, each reading of the clock finds it later by so much: a machine that is too slow.
  package init(delayPerReading: Duration = .zero) { self.delayPerReading = delayPerReading }

  package var now: Now {
    let board = instant.withLock { instant in
      defer { instant = instant + delayPerReading }
      return instant
    }
    return Now(board: board, wall: WallInstant(nanoseconds: board.nanoseconds))
  }

  @concurrent package func sleep(until deadline: Deadline) async throws(CancellationError) {
    guard case .board(let end) = deadline else { return }
    instant.withLock { $0 = max($0, end) }
  }
}
