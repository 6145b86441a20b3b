import Digests
import Testing

@Suite struct SigningTests {
  /// Keys cannot be copied, and so not be required by the macro.
  struct NoKey: Error {}

  /// RFC 8032, section 7.1: test 3.
  @Test func `the signatures are those of RFC 8032`() throws {
    var text = Array(
      "tessera-ed25519-secret:c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7\n".utf8)
    guard let key = SigningKey(consuming: &text) else { throw NoKey() }
    #expect(
      key.publicKey.text == "tessera-ed25519:fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    let signature = key.signature(of: [0xAF, 0x82])
    #expect(
      signature.hexadecimal == "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")
    #expect(key.publicKey.verifies(signature, of: [0xAF, 0x82]))
    #expect(text.allSatisfy { $0 == 0 })
  }

  @Test func `a signature holds for its message and its key alone`() throws {
    let one = SigningKey()
    let other = SigningKey()
    let message = Array("an image".utf8)
    let signature = one.signature(of: message)
    #expect(one.publicKey.verifies(signature, of: message))
    #expect(!other.publicKey.verifies(signature, of: message))
    for index in message.indices {
      var changed = message
      changed[index] ^= 1
      #expect(!one.publicKey.verifies(signature, of: changed))
    }
    for position in 0..<2 * Signature.byteCount {
      var digits = Array(signature.hexadecimal.utf8)
      digits[position] = digits[position] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
      let changed = try #require(Signature(hexadecimal: String(decoding: digits, as: UTF8.self)))
      #expect(!one.publicKey.verifies(changed, of: message), "digit \(position)")
    }
  }

  @Test func `a key survives its text`() throws {
    let key = SigningKey()
    var text: [UInt8] = []
    key.withText { text = $0.map { $0 } }
    #expect(text.count == SigningKey.textByteCount)
    guard let again = SigningKey(consuming: &text) else { throw NoKey() }
    #expect(again.publicKey == key.publicKey)
    #expect(again.signature(of: [1]) == key.signature(of: [1]))
    #expect(PublicKey(key.publicKey.text) == key.publicKey)
    let digits = key.publicKey.hexadecimal.uppercased()
    #expect(PublicKey("tessera-ed25519:\(digits)") == key.publicKey)
  }

  @Test(arguments: [
    "", "tessera-ed25519:", "tessera-ed25519:00", "tessera-ed25519:" + String(repeating: "0g", count: 32),
    String(repeating: "00", count: 32), "tessera-ed25519:" + String(repeating: "00", count: 33),
    "tessera-ed25519-secret:" + String(repeating: "00", count: 32),
  ])
  func `what is no public key is refused`(_ text: String) { #expect(PublicKey(text) == nil) }

  @Test(arguments: [
    "", "\n", "tessera-ed25519-secret:" + String(repeating: "00", count: 32),
    "tessera-ed25519-secret:" + String(repeating: "00", count: 32) + " ",
    "tessera-ed25519-secret:" + String(repeating: "0g", count: 32) + "\n",
    "tessera-ed25519:" + String(repeating: "00", count: 32) + "\n",
  ])
  func `what is no secret key is refused`(_ text: String) {
    var bytes = Array(text.utf8)
    let isKey = SigningKey(consuming: &bytes) != nil
    #expect(!isKey)
  }

  /// RFC 8032, section 8.4 and libsodium: the identity would verify anything.
  @Test func `a key of small order verifies nothing`() throws {
    let identity = try #require(PublicKey("tessera-ed25519:01" + String(repeating: "00", count: 31)))
    let signature = try #require(Signature(hexadecimal: "01" + String(repeating: "00", count: 63)))
    #expect(!identity.verifies(signature, of: [1, 2, 3]))
  }
}
