import Bitstream
import Digests
import TestBench
import Testing

/// Partials of a vendor's tool, for two slots of a board.
@Suite struct RealPartialTests {
  @Test(.enabled(if: RealFile.arePresent(.slot0, .slot9)), arguments: [RealFile.slot0, .slot9])
  func `a real partial verifies for its slot`(file: RealFile) throws {
    let bytes = try file.bytes()
    let verifier = try file.verifier()
    let verified = try verifier.verify(bytes, digest: Digest(of: bytes))
    #expect(verified.frames == verifier.region)
    #expect(verified.bytes == bytes)
  }

  @Test(.enabled(if: RealFile.arePresent(.slot0, .slot0Bin)))
  func `the same words as a bin file, in either order, verify too`() throws {
    let (bit, bin) = (try RealFile.slot0.bytes(), try RealFile.slot0Bin.bytes())
    let verifier = try RealFile.verifier(slot: 0)
    for bytes in [bin, Array(try BitFile(parsing: bit).payload)] {
      #expect(try verifier.verify(bytes, digest: Digest(of: bytes)).frames == verifier.region)
    }
  }

  @Test(.enabled(if: RealFile.arePresent(.slot0)))
  func `a real partial is for no other slot`() throws {
    let bytes = try RealFile.slot0.bytes()
    for slot in 1..<10 {
      let verifier = try RealFile.verifier(slot: slot)
      let code = errorCode { _ = try verifier.verify(bytes, digest: Digest(of: bytes)) }
      #expect(code == "bitstream.frameOutsideRegion", "slot \(slot)")
    }
  }

  @Test(.enabled(if: RealFile.arePresent(.slot0)))
  func `a real partial without its last stream is refused`() throws {
    let bytes = try RealFile.slot0.bytes()
    let file = try BitFile(parsing: bytes)
    let words = file.words
    let streams = words.indices.filter { words[$0] == 0xAA99_5566 }
    #expect(streams.count == 4)
    let leadIn = 20
    let cut = try file.replacing(words: Array(words[..<(streams[3] - leadIn)])).serialized
    let verifier = try RealFile.verifier(slot: 0)
    #expect(errorCode { _ = try verifier.verify(cut, digest: Digest(of: cut)) } == "bitstream.notCanonical")
  }

  @Test(.enabled(if: RealFile.arePresent(.compressed)))
  func `a whole device's file is no partial`() throws {
    let bytes = try RealFile.compressed.bytes()
    let verifier = PartialVerifier(part: try largePart(), region: [0..<22496])
    #expect(errorCode { _ = try verifier.verify(bytes, digest: Digest(of: bytes)) } == "bitstream.notPartial")
  }
}
