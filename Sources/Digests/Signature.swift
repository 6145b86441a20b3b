/// An ed25519 signature (RFC 8032), detached from what was signed.
public struct Signature: Sendable, Hashable {
  /// The number of bytes in a signature.
  public static let byteCount = 64

  let bytes: [UInt8]

  /// Wraps what is known to be 64 bytes.
  init(checked bytes: [UInt8]) { self.bytes = bytes }

  /// Reads 128 hexadecimal digits of either case, or refuses anything else.
  public init?(hexadecimal: some StringProtocol) {
    guard let bytes = Hexadecimal.bytes(hexadecimal.utf8, byteCount: Self.byteCount) else { return nil }
    self.bytes = bytes
  }

  /// The signature as 128 lower-case hexadecimal digits.
  public var hexadecimal: String { Hexadecimal.text(bytes) }
}
