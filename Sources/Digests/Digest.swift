internal import CSodium

/// A SHA-256 (FIPS 180-4) of some bytes, which names them.
public struct Digest: Sendable, Hashable {
  /// The number of bytes in a digest.
  public static let byteCount = 32

  // Four big-endian words: digests are copied, compared and hashed all the time, which an array would pay for with its allocation.
  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64

  /// Hashes `content`, in O(`content.count`).
  public init(of content: [UInt8]) {
    var out = [UInt8](repeating: 0, count: Self.byteCount)
    crypto_hash_sha256(&out, content, UInt64(content.count))
    self.init(checked: out)
  }

  /// Wraps 32 raw bytes, or refuses another count.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init(checked: bytes)
  }

  /// Wraps what is known to be 32 bytes.
  private init(checked bytes: [UInt8]) {
    func word(_ index: Int) -> UInt64 { bytes[8 * index..<8 * index + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    (self.first, self.second, self.third, self.fourth) = (word(0), word(1), word(2), word(3))
  }

  /// The 32 bytes, made anew with each call.
  public var bytes: [UInt8] {
    [first, second, third, fourth].flatMap { word in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
    }
  }

  /// Reads 64 hexadecimal digits of either case, or refuses anything else.
  public init?(hexadecimal: some StringProtocol) {
    let digits = hexadecimal.utf8.map { UInt8(hexadecimalDigit: $0) }
    guard digits.count == 2 * Self.byteCount else { return nil }
    var out: [UInt8] = []
    out.reserveCapacity(Self.byteCount)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      out.append(high << 4 | low)
    }
    self.init(checked: out)
  }

  /// The digest as 64 lower-case hexadecimal digits.
  public var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(2 * Self.byteCount)
    for byte in bytes {
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
  }
}

extension Digest: Comparable {
  /// The order of the bytes.
  public static func < (a: Self, b: Self) -> Bool {
    (a.first, a.second, a.third, a.fourth) < (b.first, b.second, b.third, b.fourth)
  }
}

extension Digest: CustomStringConvertible {
  public var description: String { hexadecimal }
}

extension Digest: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let digest = Digest(hexadecimal: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a SHA-256 is 64 hexadecimal digits, not '\(text.prefix(80))'")
    }
    self = digest
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hexadecimal)
  }
}

extension UInt8 {
  fileprivate init?(hexadecimalDigit character: UInt8) {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self = character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self = character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self = character - UInt8(ascii: "A") + 10
    default: return nil
    }
  }
}
