/// Random numbers from a seed (xorshift64*, Vigna 2016), so that a failure can be run again.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = (seed &+ 1) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }

  /// Whether something of this probability happens.
  mutating func happens(_ probability: Double) -> Bool {
    probability > 0 && Double.random(in: 0..<1, using: &self) < probability
  }

  mutating func duration(_ milliseconds: ClosedRange<Int>) -> Duration {
    .microseconds(Int.random(in: (milliseconds.lowerBound * 1000)...(milliseconds.upperBound * 1000), using: &self))
  }
}
