/// The least time from the first configuration to the last item, over the orders in which elements get slots.
public struct Makespan: Sendable, Hashable {
  /// What ``order`` takes.
  public let duration: Duration
  /// What no order falls below.
  ///
  /// Equal to ``duration`` unless the search gave up.
  public let lowerBound: Duration
  /// The elements in the order in which they are configured.
  public let order: [Int]

  /// Whether ``duration`` is known to be the minimum.
  public var isExact: Bool { duration == lowerBound }

  /// How far the minimum may lie below ``duration``, as a fraction of the lower bound; 0 when exact.
  public var gap: Double { isExact ? 0 : duration / lowerBound - 1 }
}
