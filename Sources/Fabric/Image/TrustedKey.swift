public import Digests

/// A publisher's key as an operator trusts it: for the images of these publishers, in slots of these kinds, and no others.
public struct TrustedKey: ManifestValue {
  /// The JSON text that this value was decoded from.
  public let manifest: [UInt8]
  public let key: PublicKey
  /// Sorted, each once, at least one.
  public let publishers: [PublisherName]
  /// In the order of ``SlotKind``, each once, at least one.
  public let slotKinds: [SlotKind]

  package init(manifest: [UInt8], key: PublicKey, publishers: [PublisherName], slotKinds: [SlotKind]) {
    self.manifest = manifest
    self.key = key
    self.publishers = publishers
    self.slotKinds = slotKinds
  }
}
