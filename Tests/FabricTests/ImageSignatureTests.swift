import Digests
import Fabric
import Testing

@Suite struct ImageSignatureTests {
  @Test func `a signature holds for its image alone, also after its text`() throws {
    let key = SigningKey()
    let image = try Image(manifest: Good.image.bytes)
    let signature = ImageSignature(of: image, by: key)
    #expect(signature.holds(for: image))
    let read = try ImageSignature(manifest: signature.manifest)
    #expect(read == signature)
    #expect(read.holds(for: image))
    // A space more is another image.
    let other = try Image(manifest: Good.image.bytes + [UInt8(ascii: "\n")])
    #expect(!signature.holds(for: other))
  }

  /// Else a key that signs other things could be made to sign an image.
  @Test func `a signature of the bare manifest is none of the image`() throws {
    let key = SigningKey()
    let image = try Image(manifest: Good.image.bytes)
    var text = try JSON(parsing: ImageSignature(of: image, by: key).manifest)
    text["signature"] = .text(key.signature(of: image.manifest).hexadecimal)
    #expect(!(try ImageSignature(manifest: text.bytes).holds(for: image)))
    text["signature"] = .text(key.signature(of: Array("tessera-image-1\n".utf8) + image.manifest).hexadecimal)
    #expect(try ImageSignature(manifest: text.bytes).holds(for: image))
  }

  @Test func `a trusted key keeps what it is trusted for`() throws {
    let key = SigningKey().publicKey
    let publishers = ["lab", "acme", "lab"].compactMap { PublisherName($0) }
    let trusted = try TrustedKey(key, for: publishers, in: [.big])
    #expect(trusted.publishers.map(\.text) == ["acme", "lab"])
    #expect(trusted.slotKinds == [.big])
    #expect(try TrustedKey(manifest: trusted.manifest) == trusted)
    #expect(throws: ManifestError.self) { try TrustedKey(key, for: [PublisherName]()) }
    #expect(throws: ManifestError.self) { try TrustedKey(key, for: publishers, in: [SlotKind]()) }
  }
}
