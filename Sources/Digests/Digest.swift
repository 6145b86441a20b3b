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
    guard let bytes = Hexadecimal.bytes(hexadecimal.utf8, byteCount: Self.byteCount) else { return nil }
    self.init(checked: bytes)
  }

  /// The digest as 64 lower-case hexadecimal digits.
  public var hexadecimal: String { Hexadecimal.text(bytes) }
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
