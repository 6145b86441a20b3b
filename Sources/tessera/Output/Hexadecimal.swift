/// Numbers and bytes in hexadecimal, of a fixed width.
enum Hexadecimal {
  /// A word as `0x` and eight upper-case digits.
  static func text(_ word: UInt32) -> String { "0x" + padded(String(word, radix: 16, uppercase: true), 8) }

  /// Bytes as two lower-case digits each.
  static func text(_ bytes: [UInt8]) -> String { bytes.map { padded(String($0, radix: 16), 2) }.joined() }

  private static func padded(_ digits: String, _ count: Int) -> String {
    String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}
