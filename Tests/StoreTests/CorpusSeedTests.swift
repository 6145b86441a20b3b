import Digests
import Fabric
import Foundation
import Store
import TestBench
import Testing

/// What fuzzing begins with for signatures, keys and audit logs.
@Suite struct CorpusSeedTests {
  private struct NoKey: Error {}

  /// The same in every run; it signs nothing that anyone trusts.
  private func key() throws -> SigningKey {
    var text = Array("tessera-ed25519-secret:\(String(repeating: "5a", count: 32))\n".utf8)
    guard let key = SigningKey(consuming: &text) else { throw NoKey() }
    return key
  }

  @Test func `a signature and a key that is trusted for something`() throws {
    let key = try key()
    let image = try Image(manifest: Repository.bytes("bitstreams/images/bdq-parallel-big-little.json"))
    let signature = ImageSignature(of: image, by: key)
    #expect(signature.holds(for: image))
    try FuzzCorpus.offer(signature.manifest, as: "image.sig", to: "signature")
    let trusted = try TrustedKey(key.publicKey, for: [#require(PublisherName("lab"))], in: [.big])
    #expect(try TrustedKey(manifest: trusted.manifest) == trusted)
    try FuzzCorpus.offer(trusted.manifest, as: "lab.json", to: "trusted-key")
    #expect(PublicKey(key.publicKey.text) == key.publicKey)
    try FuzzCorpus.offer(Array(key.publicKey.text.utf8), as: "key.txt", to: "trusted-key")
  }

  @Test func `an audit log of three lines`() throws {
    let folder = try TemporaryFolder()
    let file = try AuditFile(folder: folder.path, byteLimit: AuditFile.byteLimit) { 1_795_287_600_123 }
    let slot = SlotID(rawValue: 3)
    try file.append(.slotBlanked(slot, tenant: TenantName("lab")))
    try file.append(.imageRefused(slot, partial: Digest(of: [1]), code: "bitstream.crcMismatch"))
    try file.append(.slotReset(slot))
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder.appending(AuditFile.name))))
    var chain = AuditChain()
    try chain.follow(file: bytes)
    #expect(chain.count == 3)
    try FuzzCorpus.offer(bytes, as: "three.log", to: "audit")
  }
}
