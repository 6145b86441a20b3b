/// A point in a board's time, which `--speed` scales: configurations, items, the link and watchdogs.
public struct BoardInstant: Sendable, Hashable, Comparable, Codable {
  /// Nanoseconds since the agent's board began.
  public var nanoseconds: Int64
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
  public static func + (a: Self, b: Duration) -> Self {
    Self(nanoseconds: a.nanoseconds.saturatingAdding(b.nanoseconds))
  }
  public static func - (a: Self, b: Self) -> Duration {
    .nanoseconds(a.nanoseconds.saturatingAdding(0 &- b.nanoseconds))
  }
}

/// A point in the wall's time, never scaled and never set back: leases, heartbeats and retries.
public struct WallInstant: Sendable, Hashable, Comparable, Codable {
  /// Nanoseconds since a start that one machine's processes share.
  public var nanoseconds: Int64
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
  public static func + (a: Self, b: Duration) -> Self {
    Self(nanoseconds: a.nanoseconds.saturatingAdding(b.nanoseconds))
  }
  public static func - (a: Self, b: Self) -> Duration {
    .nanoseconds(a.nanoseconds.saturatingAdding(0 &- b.nanoseconds))
  }
}

/// A point in time as people tell it, which outlives the machine's start; set now and then, so nothing is decided by it.
public struct TimeOfDay: Sendable, Hashable, Comparable, Codable {
  /// Nanoseconds since 1970 in UTC, up to the year 2262.
  public var nanoseconds: Int64
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
  public static func - (a: Self, b: Self) -> Duration {
    .nanoseconds(a.nanoseconds.saturatingAdding(0 &- b.nanoseconds))
  }
  /// The time of day at an instant, where it was this one at the instant 0.
  public static func + (a: Self, b: WallInstant) -> Self {
    Self(nanoseconds: a.nanoseconds.saturatingAdding(b.nanoseconds))
  }
}

/// The current instant on both clocks.
public struct Now: Sendable, Hashable, Codable {
  public var board: BoardInstant
  public var wall: WallInstant
  public init(board: BoardInstant, wall: WallInstant) {
    self.board = board
    self.wall = wall
  }
}

/// An instant together with the clock it is read on.
public enum Deadline: Sendable, Hashable, Codable {
  case board(BoardInstant)
  case wall(WallInstant)
}

/// The clocks, given to whoever waits; only this type may sleep.
public protocol TimeSource: Sendable {
  var now: Now { get }
  /// Returns at the deadline or after it, never before.
  @concurrent func sleep(until deadline: Deadline) async throws(CancellationError)
}

extension Duration {
  /// The whole nanoseconds of this duration, clamped to what an `Int64` holds (292 years).
  public var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return carried ? (seconds < 0 ? .min : .max) : sum
  }
}

extension Int64 {
  /// The sum, or the end of the range that it lies beyond: 292 years either way.
  fileprivate func saturatingAdding(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other < 0 ? .min : .max) : sum
  }
}
