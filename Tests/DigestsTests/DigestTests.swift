import Digests
import Testing

@Suite struct DigestTests {
  /// The vectors of FIPS 180-4's examples: the empty message and "abc".
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ]) func `knows the standard's examples`(text: String, expected: String) {
    #expect(Digest(of: Array(text.utf8)).hexadecimal == expected)
  }

  @Test func `hexadecimal of either case reads back`() {
    let digest = Digest(of: [1, 2, 3])
    #expect(Digest(hexadecimal: digest.hexadecimal) == digest)
    #expect(Digest(hexadecimal: digest.hexadecimal.uppercased()) == digest)
  }

  @Test func `the bytes read back, and order digests as they order themselves`() throws {
    let digests = (0..<UInt8(64)).map { Digest(of: [$0]) }
    for a in digests {
      #expect(Digest(bytes: a.bytes) == a)
      for b in digests { #expect((a < b) == a.bytes.lexicographicallyPrecedes(b.bytes)) }
    }
    // Each byte counts, wherever it stands.
    var bytes = [UInt8](repeating: 0, count: Digest.byteCount)
    var last = try #require(Digest(bytes: bytes))
    for index in bytes.indices.reversed() {
      bytes[index] = 1
      let next = try #require(Digest(bytes: bytes))
      #expect(last < next && last != next)
      last = next
    }
    #expect(Digest(bytes: bytes.dropLast()) == nil)
  }

  @Test(arguments: ["", "ab", String(repeating: "g", count: 64), String(repeating: "0", count: 66)])
  func `anything but 64 digits is refused`(text: String) {
    #expect(Digest(hexadecimal: text) == nil)
  }
}
