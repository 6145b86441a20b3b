internal import Fabric

/// What a policy's responses come to.
public struct ResponseStatistics: Sendable, Hashable {
  /// The mean, to the nearest nanosecond.
  public let mean: Duration
  public let median: Duration
  public let p95: Duration
  public let p99: Duration
  public let max: Duration

  /// Nil when there is no response.
  ///
  /// Percentiles are nearest rank: the ceil(p n)-th smallest. O(n log n).
  public init?(of responses: [Duration]) {
    guard !responses.isEmpty else { return nil }
    let sorted = responses.sorted()
    /// The smallest that at least so many in a hundred do not exceed.
    func rank(_ percent: Int) -> Duration { sorted[(percent * sorted.count + 99) / 100 - 1] }
    mean = Self.mean(of: sorted)
    median = rank(50)
    p95 = rank(95)
    p99 = rank(99)
    max = sorted[sorted.count - 1]
  }

  static func mean(of responses: [Duration]) -> Duration {
    let sum = responses.reduce(Int128(0)) { $0 + Int128($1.nanoseconds) }
    let count = Int128(Swift.max(1, responses.count))
    return .nanoseconds(Int64(clamping: (2 * sum + count) / (2 * count)))
  }
}
