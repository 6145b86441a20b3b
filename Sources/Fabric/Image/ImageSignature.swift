public import Digests

/// A publisher's word for one image: an ed25519 signature of its manifest, which lists the SHA-256 of each partial.
public struct ImageSignature: ManifestValue {
  /// The JSON text that this value was decoded from.
  public let manifest: [UInt8]
  /// What was signed.
  public let image: ImageID
  /// Whose signature it is.
  public let key: PublicKey
  public let signature: Signature

  package init(manifest: [UInt8], image: ImageID, key: PublicKey, signature: Signature) {
    self.manifest = manifest
    self.image = image
    self.key = key
    self.signature = signature
  }

  /// Signs an image, in O(`image.manifest.count`): the same key and image, the same bytes.
  public init(of image: Image, by key: borrowing SigningKey) {
    self.init(
      image: image.id, key: key.publicKey, signature: key.signature(of: Self.message(of: image)))
  }

  /// Whether the key that is named signed just this image, in O(`image.manifest.count`); whether that key is trusted, and
  /// for what, is another question.
  public func holds(for image: Image) -> Bool {
    self.image == image.id && key.verifies(signature, of: Self.message(of: image))
  }

  /// What is signed: a line that no other thing this key might sign begins with, then the manifest.
  private static func message(of image: Image) -> [UInt8] { Array("tessera-image-1\n".utf8) + image.manifest }
}
