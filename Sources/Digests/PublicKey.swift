internal import CSodium

/// The public half of an ed25519 key (RFC 8032), which tells whether its ``SigningKey`` signed something.
public struct PublicKey: Sendable, Hashable {
  /// The number of bytes in a public key.
  public static let byteCount = 32
  /// What the text of a key begins with; it names the algorithm, so that another one can follow.
  private static let prefix = "tessera-ed25519:"

  private let bytes: [UInt8]

  /// Wraps what is known to be 32 bytes.
  init(checked bytes: [UInt8]) { self.bytes = bytes }

  /// Reads `tessera-ed25519:` and 64 hexadecimal digits of either case, or refuses anything else.
  public init?(_ text: String) {
    guard text.hasPrefix(Self.prefix),
      let bytes = Hexadecimal.bytes(text.utf8.dropFirst(Self.prefix.utf8.count), byteCount: Self.byteCount)
    else { return nil }
    self.bytes = bytes
  }

  /// The key as `tessera-ed25519:` and 64 lower-case hexadecimal digits.
  public var text: String { Self.prefix + hexadecimal }

  /// The 64 lower-case hexadecimal digits alone, which name the key's file.
  public var hexadecimal: String { Hexadecimal.text(bytes) }

  /// Whether the key's secret half signed just these bytes, in O(`message.count`).
  ///
  /// Keys of small order and signatures that are not in the one canonical form are no one's: libsodium refuses them.
  public func verifies(_ signature: Signature, of message: [UInt8]) -> Bool {
    crypto_sign_verify_detached(signature.bytes, message, UInt64(message.count), bytes) == 0
  }
}

extension PublicKey: Comparable {
  /// The order of the bytes.
  public static func < (a: Self, b: Self) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

extension PublicKey: CustomStringConvertible {
  public var description: String { text }
}
