public import Digests

/// Checks partial bitstreams for one region, such as a slot, of one part.
public struct PartialVerifier: Sendable {
  /// The part of the board.
  public let part: Part
  /// The frames that a partial must write, each once: sorted, disjoint, none empty.
  public let region: [Range<Int>]
  /// The most bytes that a partial for the region may have.
  public let maximumByteCount: Int

  /// Checks for `region`, ranges of frame ordinals of `part` in any order.
  public init(part: Part, region: [Range<Int>]) {
    self.part = part
    self.region = region.mergedRuns
    // At worst each frame comes with a pad frame of its own, and with a packet that sets its address.
    let frameCount = self.region.reduce(0) { $0 + $1.clamped(to: 0..<part.frameCount).count }
    let wordsPerBlock = 2 * Part.wordsPerFrame + Self.packetWordsPerBlock
    maximumByteCount = 4 * wordsPerBlock * (frameCount + 1) + Self.overheadByteCount
  }

  /// Checks a .bit file and hands the same bytes back as verified, in O(`bytes.count`).
  ///
  /// The checks, in order: size; digest; container; then word by word the device, the frames, their pads and the CRC,
  /// which must cover them all; at last the end of the stream, and that each frame of the region was written.
  ///
  /// - Parameters:
  ///   - bytes: The .bit file.
  ///   - expected: The SHA-256 that the image's manifest states.
  /// - Returns: The proof, with the very same bytes.
  /// - Throws: The first check that fails.
  public func verify(_ bytes: [UInt8], digest expected: Digest) throws(BitstreamError) -> VerifiedPartial {
    guard bytes.count <= maximumByteCount else { throw .tooLarge(byteCount: bytes.count, limit: maximumByteCount) }
    let digest = Digest(of: bytes)
    guard digest == expected else { throw .digestMismatch(expected: expected, actual: digest) }
    let file = try BitFile(parsing: bytes)
    guard file.isPartial else { throw .notPartial(design: file.design) }
    guard file.part == part.name || file.part.hasPrefix(part.name + "-") else {
      throw .wrongPart(expected: part.name, actual: file.part)
    }
    var decoder = PacketDecoder()
    var writer = FrameWriter(part: part, allowedFrames: region, destination: FrameRecord())
    try file.forEachPiece { piece throws(BitstreamError) in try decoder.decode(piece, into: &writer) }
    try decoder.finish()
    let written = writer.destination.frames
    let missing = RangeSet(region).subtracting(written)
    guard missing.isEmpty, !written.isEmpty else { throw .regionNotCovered(missing: Array(missing.ranges)) }
    return VerifiedPartial(device: part.device, frames: Array(written.ranges), digest: digest, bytes: bytes)
  }

  /// FAR, WCFG, NOOP and the two headers of FDRI, generously.
  private static let packetWordsPerBlock = 16
  /// Container, dummy words, sync words, runs of NOOP: real files use less than 6 KB.
  private static let overheadByteCount = 64 << 10
}

/// Remembers which frames were written.
private struct FrameRecord: FrameDestination {
  var frames = RangeSet<Int>()

  mutating func willWrite(_ frames: Range<Int>) throws(BitstreamError) {
    let repeated = self.frames.intersection(RangeSet(frames))
    if let first = repeated.ranges.first { throw .frameWrittenTwice(frame: first.lowerBound) }
    self.frames.insert(contentsOf: frames)
  }

  mutating func write(_ words: Span<UInt32>, toFrame ordinal: Int) {}
}
