/// The machine's monotonic clock as both of an agent's or a broker's clocks.
public struct SystemTime: TimeSource {
  /// How many board seconds pass in one wall second, greater than 0.
  public let speed: Double
  private let clock = SuspendingClock()
  private let start: SuspendingClock.Instant
  private let wallOrigin: SuspendingClock.Instant

  /// Starts the board's time at zero now.
  public init(speed: Double = 1) {
    self.speed = speed
    self.start = clock.now
    self.wallOrigin = clock.systemEpoch
  }

  public var now: Now {
    let instant = clock.now
    return Now(
      board: BoardInstant(nanoseconds: Int64(Double((instant - start).nanoseconds) * speed)),
      wall: WallInstant(nanoseconds: (instant - wallOrigin).nanoseconds))
  }

  @concurrent public func sleep(until deadline: Deadline) async throws(CancellationError) {
    let target =
      switch deadline {
      // Rounded up, so that a sleeper never wakes before its board instant.
      case .board(let at): start + .nanoseconds(Int64((Double(at.nanoseconds) / speed).rounded(.up)) + 1)
      case .wall(let at): wallOrigin + .nanoseconds(at.nanoseconds)
      }
    do { try await clock.sleep(until: target, tolerance: .zero) } catch { throw CancellationError() }
  }
}
