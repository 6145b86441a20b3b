import Bitstream
import Digests
import TestBench
import Testing

/// Partials damaged in every way that a table of Documentation/bitstreams.md lists.
@Suite struct MutationTests {
  /// What may refuse a damaged partial; anything else would be a fault of the verifier.
  private static let refusals: Set<String> = [
    "bitstream.crcMismatch", "bitstream.crcMissing", "bitstream.deviceNotNamed", "bitstream.encrypted",
    "bitstream.forbidden", "bitstream.frameAddressUnknown", "bitstream.frameOutsideRegion", "bitstream.malformed",
    "bitstream.notCanonical", "bitstream.notPartial", "bitstream.padNotZero", "bitstream.tooLarge",
    "bitstream.unfinished", "bitstream.writeNotEnabled", "bitstream.wrongDevice", "bitstream.wrongPart",
  ]

  private func damage(
    _ bytes: [UInt8], for verifier: PartialVerifier, count: Int, seed: UInt64
  ) throws -> [(kind: PartialMutation, code: String?)] {
    var random = SeededRandom(seed: seed)
    let file = try BitFile(parsing: bytes)
    let target = PartialMutation.Target(words: file.words)
    return try PartialMutation.allCases.flatMap { kind in
      try (0..<count).map { _ in
        var changed = bytes
        if let words = kind.damaged(target, using: &random) {
          changed = try file.replacing(words: words).serialized
        } else {
          changed[Int.random(in: 0..<bytes.count - file.payload.count, using: &random)] ^=
            1 << UInt8.random(in: 0..<8, using: &random)
        }
        return (kind, errorCode { _ = try verifier.frames(of: changed) })
      }
    }
  }

  private func check(_ results: [(kind: PartialMutation, code: String?)], seed: UInt64) {
    for (kind, code) in results {
      if let code {
        #expect(Self.refusals.contains(code), "\(kind.rawValue), seed \(seed): \(code)")
      } else {
        #expect(kind == .textBit, "\(kind.rawValue), seed \(seed): accepted")
      }
    }
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `a damaged partial of ours is refused by a name on the list`(seed: UInt64) throws {
    let part = try tinyPart()
    let bytes = try PartialWriter(part: part, region: [10..<20, 23..<26]).partial(
      design: "tiny", words: randomFrames(13, seed: seed))
    let verifier = PartialVerifier(part: part, region: [10..<20, 23..<26])
    check(try damage(bytes, for: verifier, count: 25, seed: seed), seed: seed)
  }

  @Test(.enabled(if: RealFile.arePresent(.slot0, .slot9)), arguments: [RealFile.slot0, .slot9])
  func `a damaged real partial is refused by a name on the list`(file: RealFile) throws {
    check(try damage(file.bytes(), for: file.verifier(), count: 2, seed: 77), seed: 77)
  }

  @Test func `any change of a byte fails the digest`() throws {
    let part = try tinyPart()
    let bytes = try PartialWriter(part: part, region: [10..<20]).partial(design: "d", words: randomFrames(10, seed: 1))
    let verifier = PartialVerifier(part: part, region: [10..<20])
    let digest = Digest(of: bytes)
    for index in stride(from: 0, to: bytes.count, by: 13) {
      var changed = bytes
      changed[index] ^= 1
      #expect(errorCode { _ = try verifier.verify(changed, digest: digest) } == "bitstream.digestMismatch")
    }
  }
}
