import Bitstream
import Digests
import Testing

/// Partials of a vendor's tool, for two slots of a board.
@Suite struct RealPartialTests {
  private static let names = [0: "zcu106-slot0-zculling.bit", 9: "zcu106-slot9-lenet-conv1.bit"]

  @Test(arguments: [0, 9]) func `a real partial verifies for its slot`(slot: Int) throws {
    guard let bytes = RealFile.bytes(Self.names[slot] ?? "") else { return }
    let verifier = try RealFile.verifier(slot: slot)
    let verified = try verifier.verify(bytes, digest: Digest(of: bytes))
    #expect(verified.frames == verifier.region)
    #expect(verified.bytes == bytes)
  }

  @Test func `the same words as a bin file, in either order, verify too`() throws {
    guard let bit = RealFile.bytes("zcu106-slot0-zculling.bit"), let bin = RealFile.bytes("zcu106-slot0-zculling.bin")
    else { return }
    let verifier = try RealFile.verifier(slot: 0)
    for bytes in [bin, Array(try BitFile(parsing: bit).payload)] {
      #expect(try verifier.verify(bytes, digest: Digest(of: bytes)).frames == verifier.region)
    }
  }

  @Test func `a real partial is for no other slot`() throws {
    guard let bytes = RealFile.bytes("zcu106-slot0-zculling.bit") else { return }
    for slot in 1..<10 {
      let verifier = try RealFile.verifier(slot: slot)
      let code = errorCode { _ = try verifier.verify(bytes, digest: Digest(of: bytes)) }
      #expect(code == "bitstream.frameOutsideRegion", "slot \(slot)")
    }
  }

  @Test func `a real partial without its last stream is refused`() throws {
    guard let bytes = RealFile.bytes("zcu106-slot0-zculling.bit") else { return }
    let file = try BitFile(parsing: bytes)
    let words = file.words
    let streams = words.indices.filter { words[$0] == 0xAA99_5566 }
    #expect(streams.count == 4)
    let leadIn = 20
    let cut = try file.replacing(words: Array(words[..<(streams[3] - leadIn)])).serialized
    let verifier = try RealFile.verifier(slot: 0)
    #expect(errorCode { _ = try verifier.verify(cut, digest: Digest(of: cut)) } == "bitstream.notCanonical")
  }

  @Test func `a whole device's file is no partial`() throws {
    guard let bytes = RealFile.bytes("xcau15p-full-compressed.bit") else { return }
    let verifier = PartialVerifier(part: try largePart(), region: [0..<22496])
    #expect(errorCode { _ = try verifier.verify(bytes, digest: Digest(of: bytes)) } == "bitstream.notPartial")
  }
}
