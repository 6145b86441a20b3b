public import Digests

extension TrustedKey {
  /// Checks and takes over the JSON text of a trusted key; `Documentation/images.md` lists its keys.
  ///
  /// - Throws: ``ManifestError`` with the place of the first fault.
  public init(manifest: [UInt8]) throws(ManifestError) {
    let entry = try TrustEntry.read(manifest)
    self.init(
      manifest: manifest, key: entry.key, publishers: Set(entry.publishers).sorted(),
      slotKinds: SlotKind.allCases.filter(entry.slotKinds.contains))
  }

  /// Trusts a key, for the images of `publishers` in slots of `slotKinds`.
  ///
  /// - Throws: ``ManifestError`` where there are no publishers or slot kinds, or more than a key can have.
  public init(
    _ key: PublicKey, for publishers: some Sequence<PublisherName>,
    in slotKinds: some Sequence<SlotKind> = SlotKind.allCases
  ) throws(ManifestError) {
    let publishers = Set(publishers).sorted()
    let kinds = Set(slotKinds)
    let members: [TrustEntry.Key: JSONValue] = [
      .schema: .integer(TrustEntry.schema), .key: .text(key.text),
      .publishers: .list(publishers.map { .text($0.text) }),
      .slotKinds: .list(SlotKind.allCases.filter(kinds.contains).map { .text($0.rawValue) }),
    ]
    try self.init(manifest: JSONValue.object(members).manifest)
  }
}

private struct TrustEntry: ManifestRoot {
  static let schema = 1
  enum Key: String, ManifestKey { case schema, key, publishers, slotKinds }
  let key: PublicKey
  let publishers: [PublisherName]
  let slotKinds: [SlotKind]

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    key = try fields.value(.key)
    publishers = try fields.list(.publishers, count: 1...Limits.publishersPerKey)
    slotKinds = try fields.list(.slotKinds, count: 1...SlotKind.allCases.count)
  }
}
