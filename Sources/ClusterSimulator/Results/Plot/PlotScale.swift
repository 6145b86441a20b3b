internal import Fabric

/// Where a duration lies on an axis, as a part of its length, and which durations the axis names.
enum PlotScale {
  /// From 0 to `end`, evenly.
  case even(end: Duration)
  /// From `start` to `end`, each doubling as far as the one before.
  case doubling(start: Duration, end: Duration)

  /// The place of a duration: 0 at the start, 1 at the end, not beyond.
  func place(_ duration: Duration) -> Double {
    switch self {
    case .even(let end):
      return min(1, max(0, Double(duration.nanoseconds) / Double(max(1, end.nanoseconds))))
    case .doubling(let start, let end):
      let low = Self.binaryLogarithm(start.nanoseconds)
      let high = Self.binaryLogarithm(end.nanoseconds)
      guard high > low else { return 0 }
      return min(1, max(0, (Self.binaryLogarithm(duration.nanoseconds) - low) / (high - low)))
    }
  }

  /// The durations to name: 1, 2 or 5 times a power of ten; at most 12 on an even axis, three in a decade on the other.
  var ticks: [Duration] {
    switch self {
    case .even(let end):
      let step = Self.roundNumbers(through: end.nanoseconds).first { end.nanoseconds / $0 < 12 } ?? 1
      return stride(from: 0, through: end.nanoseconds, by: Int(step)).map { .nanoseconds($0) }
    case .doubling(let start, let end):
      return Self.roundNumbers(through: end.nanoseconds).filter { $0 >= start.nanoseconds }.map { .nanoseconds($0) }
    }
  }

  /// The numbers 1, 2 and 5, each times every power of ten, up to a limit.
  private static func roundNumbers(through limit: Int64) -> [Int64] {
    var numbers: [Int64] = []
    var power: Int64 = 1
    while power <= limit {
      numbers += [1, 2, 5].map { $0 * power }.filter { $0 <= limit }
      guard power <= Int64.max / 50 else { break }
      power *= 10
    }
    return numbers
  }

  /// The logarithm to base 2 with 24 binary places, of at least 1.
  ///
  /// By squaring, which every machine rounds alike; a C library's logarithm may differ in the last place.
  private static func binaryLogarithm(_ value: Int64) -> Double {
    let number = Double(max(1, value))
    var significand = number.significand
    var logarithm = Double(number.exponent)
    var place = 0.5
    for _ in 0..<24 {
      significand *= significand
      if significand >= 2 {
        significand /= 2
        logarithm += place
      }
      place /= 2
    }
    return logarithm
  }
}
