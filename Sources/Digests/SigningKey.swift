internal import CSodium

/// The secret half of an ed25519 key (RFC 8032).
///
/// It cannot be copied, printed or sent anywhere: all that comes out of it are signatures, its public half, and the text
/// of its file. Its memory is overwritten when it ends.
public struct SigningKey: ~Copyable {
  /// What the text of a secret key begins with, so that nobody takes it for a public one.
  private static let prefix = "tessera-ed25519-secret:"
  private static let seedByteCount = 32
  /// libsodium's form of a secret key: the seed, then the public key.
  private static let byteCount = seedByteCount + PublicKey.byteCount
  /// The bytes in the text of a key's file, its line feed included.
  public static let textByteCount = prefix.utf8.count + 2 * seedByteCount + 1

  private let secret: UnsafeMutablePointer<UInt8>
  /// The half that others verify with.
  public let publicKey: PublicKey

  /// Draws a new key from the operating system's random numbers.
  public init() {
    var seed = [UInt8](repeating: 0, count: Self.seedByteCount)
    randombytes_buf(&seed, Self.seedByteCount)
    self.init(seed: &seed)
  }

  /// Reads the text of a key's file, or refuses anything else.
  ///
  /// - Parameter text: ``textByteCount`` bytes, which are overwritten.
  public init?(consuming text: inout [UInt8]) {
    defer { text.eraseSecret() }
    let prefix = Array(Self.prefix.utf8)
    guard text.count == Self.textByteCount, text.starts(with: prefix), text.last == UInt8(ascii: "\n") else {
      return nil
    }
    let digits = prefix.count..<text.count - 1
    guard var seed = Hexadecimal.bytes(text[digits], byteCount: Self.seedByteCount) else { return nil }
    self.init(seed: &seed)
  }

  /// Makes both halves from 32 bytes, and overwrites these.
  private init(seed: inout [UInt8]) {
    defer { seed.eraseSecret() }
    var publicBytes = [UInt8](repeating: 0, count: PublicKey.byteCount)
    secret = .allocate(capacity: Self.byteCount)
    secret.initialize(repeating: 0, count: Self.byteCount)
    // It always succeeds (libsodium, crypto_sign_seed_keypair).
    crypto_sign_seed_keypair(&publicBytes, secret, seed)
    publicKey = PublicKey(checked: publicBytes)
  }

  deinit {
    sodium_memzero(secret, Self.byteCount)
    secret.deallocate()
  }

  /// Signs these bytes, in O(`message.count`): the same bytes, the same signature.
  public borrowing func signature(of message: [UInt8]) -> Signature {
    var bytes = [UInt8](repeating: 0, count: Signature.byteCount)
    // It always succeeds (libsodium, crypto_sign_detached).
    crypto_sign_detached(&bytes, nil, message, UInt64(message.count), secret)
    return Signature(checked: bytes)
  }

  /// Hands out the text of the key's file, and overwrites it afterwards.
  public borrowing func withText<Failure: Error>(_ use: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    var text: [UInt8] = []
    // Growing would leave a copy behind.
    text.reserveCapacity(Self.textByteCount)
    defer { text.eraseSecret() }
    text += Self.prefix.utf8
    for index in 0..<Self.seedByteCount { Hexadecimal.append(secret[index], to: &text) }
    text.append(UInt8(ascii: "\n"))
    try use(text)
  }
}

extension [UInt8] {
  /// Overwrites bytes in place, which the compiler cannot leave out as it may an assignment that nobody reads.
  fileprivate mutating func eraseSecret() {
    withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      sodium_memzero(base, buffer.count)
    }
  }
}
