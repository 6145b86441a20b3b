internal import CSodium

/// A SHA-256 (FIPS 180-4) of some bytes, which names them.
public struct Digest: Sendable, Hashable {
  /// The number of bytes in a digest.
  public static let byteCount = 32

  /// The 32 bytes.
  public let bytes: [UInt8]

  /// Hashes `content`, in O(`content.count`).
  public init(of content: [UInt8]) {
    var out = [UInt8](repeating: 0, count: Self.byteCount)
    crypto_hash_sha256(&out, content, UInt64(content.count))
    self.bytes = out
  }

  /// Wraps 32 raw bytes, or refuses another count.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
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
    self.bytes = out
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
  public static func < (a: Self, b: Self) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
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
