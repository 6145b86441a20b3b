public import Digests
public import Fabric

/// The keys that an operator trusts, and whose signatures they make good.
public struct TrustedKeys: Sendable, Hashable {
  /// In the order of the keys, each once.
  public let keys: [TrustedKey]

  /// Of several entries for one key, the first counts.
  public init(_ keys: some Sequence<TrustedKey>) {
    var seen: Set<PublicKey> = []
    self.keys = keys.filter { seen.insert($0.key).inserted }.sorted { $0.key < $1.key }
  }

  /// The entry of a key, if it is trusted for anything.
  public subscript(key: PublicKey) -> TrustedKey? { keys.first { $0.key == key } }

  /// Checks that a trusted key signed the image, and may sign for all its publishers and for its slots.
  ///
  /// O(`image.manifest.count` + keys).
  ///
  /// - Throws: ``ImageRefusal`` for the first of these that does not hold.
  public func check(_ image: Image, signature: ImageSignature?) throws(ImageRefusal) {
    guard let signature else { throw .unsigned(image.id) }
    guard let trusted = self[signature.key] else { throw .untrustedKey(signature.key) }
    let publishers = image.function.publishers
    if let stranger = publishers.first(where: { !trusted.publishers.contains($0) }) {
      throw .publisherOutOfScope(stranger, key: signature.key, allowed: trusted.publishers)
    }
    guard trusted.slotKinds.contains(image.slotKind) else {
      throw .slotKindOutOfScope(image.slotKind, key: signature.key, allowed: trusted.slotKinds)
    }
    guard signature.holds(for: image) else { throw .badSignature(image.id, key: signature.key) }
  }
}
