internal import Fabric

/// Durations as people read them.
enum Seconds {
  /// An instant in seconds, to the microsecond.
  static func of(_ instant: BoardInstant) -> Double { Double(instant.nanoseconds / 1_000) / 1e6 }

  /// A duration in seconds, to the microsecond.
  static func of(_ duration: Duration) -> Double { Double(duration.nanoseconds / 1_000) / 1e6 }

  /// Three decimals.
  static func text(_ seconds: Double) -> String {
    let milliseconds = Int((seconds * 1_000).rounded())
    let fraction = String(abs(milliseconds) % 1_000)
    return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}
