public import Fabric
internal import Glibc

/// The machine's monotonic clock as both of an agent's or a broker's clocks.
public struct SystemTime: TimeSource {
  /// How many board seconds pass in one wall second, greater than 0.
  public let speed: Double
  private let clock = SuspendingClock()
  private let start: SuspendingClock.Instant

  /// Starts the board's time at zero now.
  public init(speed: Double = 1) {
    self.speed = speed
    self.start = clock.now
  }

  public var now: Now {
    let instant = clock.now
    return Now(
      board: BoardInstant(nanoseconds: Self.scaled((instant - start).nanoseconds, by: speed)),
      wall: WallInstant(nanoseconds: (instant - clock.systemEpoch).nanoseconds))
  }

  /// The time of day, as the machine is set.
  public static var timeOfDay: TimeOfDay {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return TimeOfDay(nanoseconds: (Duration.seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)).nanoseconds)
  }

  /// The time of day at the wall's instant 0, as the machine is set now.
  public var wallZero: TimeOfDay { Self.timeOfDay + WallInstant(nanoseconds: 0 &- now.wall.nanoseconds) }

  @concurrent public func sleep(until deadline: Deadline) async throws(CancellationError) {
    let target =
      switch deadline {
      // One nanosecond later, so that a sleeper never wakes before its board instant by rounding.
      case .board(let at): start + .nanoseconds(Self.scaled(at.nanoseconds, by: 1 / speed) + 1)
      case .wall(let at): clock.systemEpoch + .nanoseconds(at.nanoseconds)
      }
    do { try await clock.sleep(until: target, tolerance: .zero) } catch { throw CancellationError() }
  }

  /// Clamped to 146 years each way, so that no speed and no uptime traps.
  private static func scaled(_ nanoseconds: Int64, by factor: Double) -> Int64 {
    Int64(min(max((Double(nanoseconds) * factor).rounded(.up), -0x1p62), 0x1p62))
  }
}
