internal import Fabric

/// Numbers as text that is the same on every machine.
enum DecimalText {
  /// A duration in seconds, exact to the nanosecond, without trailing zeros.
  static func seconds(_ duration: Duration) -> String {
    let text = fixed(duration.nanoseconds, scale: 9)
    let digits = text.utf8.reversed().drop { $0 == UInt8(ascii: "0") }
    let kept = digits.first == UInt8(ascii: ".") ? digits.dropFirst() : digits
    return String(decoding: kept.reversed(), as: UTF8.self)
  }

  /// A duration in seconds, rounded to milliseconds, always with three decimals.
  static func milliseconds(_ duration: Duration) -> String {
    let (quotient, rest) = duration.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return fixed(quotient + (rest >= 500_000 ? 1 : rest <= -500_000 ? -1 : 0), scale: 3)
  }

  /// A part of 1, cut to 0...1, with `scale` decimals; no number counts as 0.
  static func fraction(_ value: Double, scale: Int) -> String {
    let part = value.isNaN ? 0 : min(1, max(0, value))
    let ones = (0..<scale).reduce(Int64(1)) { power, _ in power * 10 }
    return fixed(Int64((part * Double(ones)).rounded()), scale: scale)
  }

  /// `units` divided by ten so many times.
  static func fixed(_ units: Int64, scale: Int) -> String {
    let digits = String(units.magnitude)
    let sign = units < 0 ? "-" : ""
    guard scale > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
    return "\(sign)\(padded.dropLast(scale)).\(padded.suffix(scale))"
  }
}
