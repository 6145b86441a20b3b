internal import ArgumentParser

/// A duration such as `500ms`, `89.6ms`, `0.5s` or `2m`; exact to the nanosecond.
struct DurationArgument: ExpressibleByArgument {
  let duration: Duration

  init(_ duration: Duration) { self.duration = duration }

  init?(argument: String) {
    let number = argument.prefix { "0123456789.".contains($0) }
    guard let unit = Self.nanoseconds[String(argument.dropFirst(number.count))] else { return nil }
    let halves = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = halves.first, 1...9 ~= first.count, let whole = Int64(first) else { return nil }
    var part: Int64 = 0
    if halves.count == 2 {
      guard let fraction = Self.nanoseconds(ofFraction: halves[1], of: unit) else { return nil }
      part = fraction
    }
    guard whole <= Self.longest / unit else { return nil }
    let nanoseconds = whole * unit + part
    guard 1...Self.longest ~= nanoseconds else { return nil }
    duration = .nanoseconds(nanoseconds)
  }

  var defaultValueDescription: String {
    let milliseconds = duration / .milliseconds(1)
    return milliseconds < 1_000 ? "\(Int(milliseconds))ms" : "\(Int(milliseconds / 1_000))s"
  }

  /// A year, which nothing that is given a duration should take.
  private static let longest: Int64 = 365 * 86_400 * 1_000_000_000

  private static let nanoseconds: [String: Int64] = [
    "ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
  ]

  /// What the digits after the point are worth; nil if there are none or more than nine, or if they go below a
  /// nanosecond.
  private static func nanoseconds(ofFraction digits: Substring, of unit: Int64) -> Int64? {
    guard 1...9 ~= digits.count, let value = Int64(digits) else { return nil }
    // The product of all three may overflow: take the tens out of scale and unit first.
    var (scale, unit) = ((0..<digits.count).reduce(Int64(1)) { scale, _ in scale * 10 }, unit)
    while scale > 1, unit.isMultiple(of: 10) { (scale, unit) = (scale / 10, unit / 10) }
    let (nanoseconds, rest) = (value * unit).quotientAndRemainder(dividingBy: scale)
    return rest == 0 ? nanoseconds : nil
  }
}
