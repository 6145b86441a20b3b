internal import Bitstream

/// What reads a bitstream in order to write it again.
enum WritingChecks {
  /// The row above the region of `PartialChecks`, of equal geometry.
  private static let otherRegion = [20..<30]

  /// To its own place a file moves as it is; to another and back, too.
  static func relocation(_ bytes: [UInt8]) throws(Disagreement) {
    let (here, there) = (PartialChecks.region, otherRegion)
    for bytes in [bytes, PartialChecks.repairingCRCs(ofBitFile: bytes)] {
      if let same = try relocate(bytes, from: here, to: here) {
        try Disagreement.unless(same == bytes, "a file that moves to its own place is changed")
      }
      guard let moved = try relocate(bytes, from: here, to: there) else { continue }
      let back = try relocate(moved, from: there, to: here)
      try Disagreement.unless(back == bytes, "a file that moves there and back is changed")
    }
  }

  private static func relocate(
    _ bytes: [UInt8], from source: [Range<Int>], to destination: [Range<Int>]
  ) throws(Disagreement) -> [UInt8]? {
    guard let part = PartialChecks.part,
      let relocator = try? PartialRelocator(part: part, from: source, to: destination)
    else { throw Disagreement("the part or the regions are refused") }
    return try? relocator.relocate(bytes)
  }

  /// No file grows, and what verifies does so afterwards, with the same in every frame.
  static func compression(_ bytes: [UInt8]) throws(Disagreement) {
    guard let part = PartialChecks.part else { throw Disagreement("the part is refused") }
    let verifier = PartialVerifier(part: part, region: PartialChecks.region)
    for bytes in [bytes, PartialChecks.repairingCRCs(ofBitFile: bytes)] {
      for compressor in [BitstreamCompressor(part: part), BitstreamCompressor()] {
        guard let compressed = try? compressor.compress(bytes) else { continue }
        try Disagreement.unless(compressed.count <= bytes.count, "a file of \(bytes.count) bytes grows")
        guard let frames = try? verifier.place(bytes, in: WrittenFrames()) else { continue }
        let again = try? verifier.place(compressed, in: WrittenFrames())
        try Disagreement.unless(again == frames, "frames are others after compression")
      }
    }
  }
}
