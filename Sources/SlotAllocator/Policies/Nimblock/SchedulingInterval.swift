internal import Fabric

/// The interval at which Nimblock's schedulers bring their tokens up to date (ISCA 2023).
struct SchedulingInterval: Sendable, Hashable {
  static let length = Duration.milliseconds(400)
  private var began = BoardInstant(nanoseconds: 0)

  var end: BoardInstant { began + Self.length }

  /// Whether the interval is over; then the next one begins.
  mutating func ends(at now: BoardInstant) -> Bool {
    guard now >= end else { return false }
    began = now
    return true
  }
}
