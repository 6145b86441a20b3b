package import Bitstream
package import Digests

/// What one JSON value of a manifest can be read as.
package protocol ManifestReadable {
  init(_ item: ManifestItem) throws(ManifestError)
}

extension String: ManifestReadable {
  package init(_ item: ManifestItem) throws(ManifestError) { self = try item.text() }
}

extension ManifestReadable where Self: Name {
  package init(_ item: ManifestItem) throws(ManifestError) {
    self = try item.parsed("a name: \(NameGrammar.sentence)") { Self($0) }
  }
}

extension TaskName: ManifestReadable {}
extension EdgeName: ManifestReadable {}
extension ArgumentName: ManifestReadable {}
extension PublisherName: ManifestReadable {}
extension VariantName: ManifestReadable {}

extension KernelName: ManifestReadable {
  package init(_ item: ManifestItem) throws(ManifestError) {
    self = try item.parsed("a kernel: publisher/name@version, with a version from 1 on") { KernelName($0) }
  }
}

extension ManifestReadable where Self: RawRepresentable<String> & CaseIterable {
  package init(_ item: ManifestItem) throws(ManifestError) {
    let choices = Self.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or ")
    self = try item.parsed(choices) { Self(rawValue: $0) }
  }
}

extension SlotKind: ManifestReadable {}
extension Layout: ManifestReadable {}
extension BundleMode: ManifestReadable {}
extension ArgumentRegisters.Direction: ManifestReadable {}

extension Digest: ManifestReadable {
  package init(_ item: ManifestItem) throws(ManifestError) {
    self = try item.parsed("a SHA-256: 64 hexadecimal digits") { Digest(hexadecimal: $0) }
  }
}

extension DeviceID: ManifestReadable {
  package init(_ item: ManifestItem) throws(ManifestError) {
    self = try item.parsed("a device: 0x and 8 hexadecimal digits") { DeviceID(hexadecimal: $0) }
  }
}

extension PublicKey: ManifestReadable {
  package init(_ item: ManifestItem) throws(ManifestError) {
    self = try item.parsed("a public key: tessera-ed25519: and 64 hexadecimal digits") { PublicKey($0) }
  }
}

extension Signature: ManifestReadable {
  package init(_ item: ManifestItem) throws(ManifestError) {
    self = try item.parsed("an ed25519 signature: 128 hexadecimal digits") { Signature(hexadecimal: $0) }
  }
}
