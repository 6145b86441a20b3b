internal import Digests
internal import Fabric

/// What users write by hand: manifests, board descriptors and traces.
enum ManifestChecks {
  static func application(_ bytes: [UInt8]) throws(Disagreement) { try check(Application.self, bytes) }
  static func board(_ bytes: [UInt8]) throws(Disagreement) { try check(BoardDescriptor.self, bytes) }
  static func image(_ bytes: [UInt8]) throws(Disagreement) { try check(Image.self, bytes) }
  static func signature(_ bytes: [UInt8]) throws(Disagreement) { try check(ImageSignature.self, bytes) }

  /// A key as it stands in a store, and as users name it.
  static func trustedKey(_ bytes: [UInt8]) throws(Disagreement) {
    try check(TrustedKey.self, bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    guard let key = PublicKey(text) else { return }
    // Digits of either case name the same key.
    try Disagreement.unless(key.text == text.lowercased(), "a key is not the text that it was read from")
  }

  private static func check<Value: ManifestValue>(_: Value.Type, _ bytes: [UInt8]) throws(Disagreement) {
    guard let value = try? Value(manifest: bytes) else { return }
    try Disagreement.unless(value.manifest == bytes, "a manifest is not the text that it was read from")
    let again = try? Value(manifest: value.manifest)
    try Disagreement.unless(again == value, "a manifest reads differently a second time")
  }

  static func trace(_ bytes: [UInt8]) throws(Disagreement) {
    guard let trace = try? Trace(csv: bytes) else { return }
    let again = try? Trace(csv: trace.csv)
    try Disagreement.unless(again == trace, "a trace reads differently as it is written")
  }
}
