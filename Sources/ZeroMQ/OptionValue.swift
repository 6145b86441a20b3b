/// Checks option values, and turns them into what libzmq takes.
enum OptionValue {
  static func refused(_ name: String, _ value: String, _ range: String) -> ZMQError {
    ZMQError(.invalidOption, call: name, detail: "is \(value), must be \(range)")
  }

  static func count(_ value: Int, in range: ClosedRange<Int>, _ name: String) throws(ZMQError) -> Int32 {
    guard range.contains(value), let narrow = Int32(exactly: value) else {
      throw refused(name, "\(value)", "\(range.lowerBound) to \(range.upperBound)")
    }
    return narrow
  }

  /// Whole milliseconds, rounded up so that a short time never becomes zero, which libzmq takes for "none".
  static func milliseconds(
    _ value: Duration, from least: Duration, _ name: String
  ) throws(ZMQError) -> Int32 {
    let longest = Duration.milliseconds(Int64(Int32.max))
    guard value >= least, value <= longest else { throw refused(name, "\(value)", "\(least) to \(longest)") }
    let (seconds, attoseconds) = value.components
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
