/// A pseudo-random sequence that is the same everywhere: SplitMix64 (Steele, Lea and Flood, "Fast Splittable
/// Pseudorandom Number Generators", OOPSLA 2014, with the constants of `java.util.SplittableRandom`).
///
/// Each step adds 0x9E3779B97F4A7C15 to the state and mixes the sum `z`: `z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9`,
/// `z = (z ^ z >> 27) * 0x94D049BB133111EB`, `z ^ z >> 31`, all modulo 2^64.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A number of the range, each as likely as any other.
  ///
  /// The method is ours and fixed, because what the standard library does for a range may change with the toolchain:
  /// the high word of draw × count, where draws whose low word lies in the uneven rest are thrown away (Lemire, "Fast
  /// Random Integer Generation in an Interval", ACM TOMACS 29(1), 2019).
  package mutating func draw(_ range: ClosedRange<Int>) -> Int {
    let count = UInt64(bitPattern: Int64(range.upperBound)) &- UInt64(bitPattern: Int64(range.lowerBound)) &+ 1
    // All 2^64 numbers.
    guard count != 0 else { return Int(truncatingIfNeeded: next()) }
    let rest = (0 &- count) % count
    var product = next().multipliedFullWidth(by: count)
    while product.low < rest { product = next().multipliedFullWidth(by: count) }
    return range.lowerBound &+ Int(truncatingIfNeeded: product.high)
  }
}
