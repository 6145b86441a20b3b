import TestBench

/// One to three small damages: mostly a byte changed, which keeps all lengths right; else a byte taken out or put in,
/// the end cut off, or the beginning of another message put in.
func mutated(_ original: [UInt8], among others: [[UInt8]], _ random: inout SeededRandom) -> [UInt8] {
  var bytes = original
  for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
    let index = Int.random(in: bytes.indices, using: &random)
    switch Int.random(in: 0..<12, using: &random) {
    case 0: bytes.remove(at: index)
    case 1: bytes.insert(UInt8.random(in: 0 ... .max, using: &random), at: index)
    case 2: bytes.removeLast(Int.random(in: 0...min(8, bytes.count), using: &random))
    case 3:
      let other = others.randomElement(using: &random) ?? []
      bytes.insert(contentsOf: other.prefix(Int.random(in: 0...other.count, using: &random)), at: index)
    case 4..<8: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    default: bytes[index] = UInt8.random(in: 0 ... .max, using: &random)
    }
  }
  return bytes
}
