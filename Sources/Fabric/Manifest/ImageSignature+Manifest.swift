internal import Digests

extension ImageSignature {
  /// Checks and takes over the JSON text of a signature; `Documentation/images.md` lists its keys.
  ///
  /// - Throws: ``ManifestError`` with the place of the first fault.
  public init(manifest: [UInt8]) throws(ManifestError) {
    let entry = try SignatureEntry.read(manifest)
    self.init(
      manifest: manifest, image: ImageID(rawValue: entry.image), key: entry.key, signature: entry.signature)
  }

  /// Writes the text of a signature in the one layout.
  init(image: ImageID, key: PublicKey, signature: Signature) {
    let members: [SignatureEntry.Key: JSONValue] = [
      .schema: .integer(SignatureEntry.schema), .image: .text(image.description), .key: .text(key.text),
      .signature: .text(signature.hexadecimal),
    ]
    self.init(manifest: JSONValue.object(members).manifest, image: image, key: key, signature: signature)
  }
}

private struct SignatureEntry: ManifestRoot {
  static let schema = 1
  enum Key: String, ManifestKey { case schema, image, key, signature }
  let image: Digest
  let key: PublicKey
  let signature: Signature

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    image = try fields.value(.image)
    key = try fields.value(.key)
    signature = try fields.value(.signature)
  }
}
