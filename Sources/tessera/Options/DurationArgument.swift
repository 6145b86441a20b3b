internal import ArgumentParser

/// A duration such as `500ms`, `89.6ms`, `0.5s` or `2m`; exact to the nanosecond.
struct DurationArgument: ExpressibleByArgument {
  let duration: Duration

  init(_ duration: Duration) { self.duration = duration }

  init?(argument: String) {
    let number = argument.prefix { "0123456789.".contains($0) }
    guard let unit = Self.nanoseconds[String(argument.dropFirst(number.count))] else { return nil }
    let halves = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    // Nine digits of any unit are far from overflow.
    guard let first = halves.first, 1...9 ~= first.count, let whole = Int64(first) else { return nil }
    var nanoseconds = whole * unit
    if halves.count == 2 {
      guard let part = Self.nanoseconds(ofFraction: halves[1], of: unit) else { return nil }
      nanoseconds += part
    }
    guard nanoseconds > 0 else { return nil }
    duration = .nanoseconds(nanoseconds)
  }

  var defaultValueDescription: String {
    let milliseconds = duration / .milliseconds(1)
    return milliseconds < 1_000 ? "\(Int(milliseconds))ms" : "\(Int(milliseconds / 1_000))s"
  }

  private static let nanoseconds: [String: Int64] = [
    "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
  ]

  /// What the digits after the point are worth; nil if there are none or more than nine, or if they go below a
  /// nanosecond.
  private static func nanoseconds(ofFraction digits: Substring, of unit: Int64) -> Int64? {
    guard 1...9 ~= digits.count, let value = Int64(digits) else { return nil }
    let scale = (0..<digits.count).reduce(Int64(1)) { scale, _ in scale * 10 }
    let (nanoseconds, rest) = (value * unit).quotientAndRemainder(dividingBy: scale)
    return rest == 0 ? nanoseconds : nil
  }
}
