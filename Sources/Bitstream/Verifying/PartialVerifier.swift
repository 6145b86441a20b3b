public import Digests

/// Checks partial bitstreams for one region, such as a slot, of one part.
public struct PartialVerifier: Sendable {
  /// The part of the board.
  public let part: Part
  /// The frames that a partial must write, each at least once, and no others: sorted, disjoint, none empty.
  public let region: [Range<Int>]
  /// What it may use to do so.
  public let policy: ConfigurationPolicy
  /// The most bytes that a partial for the region may have.
  public let maximumByteCount: Int

  /// Checks for `region`, ranges of frame ordinals of `part` in any order.
  public init(part: Part, region: [Range<Int>], policy: ConfigurationPolicy = .slot) {
    self.part = part
    self.region = region.mergedRuns
    self.policy = policy
    // At worst each frame comes with a pad frame of its own, and with a packet that sets its address.
    let frameCount = self.region.reduce(0) { $0 + $1.clamped(to: 0..<part.frameCount).count }
    let wordsPerBlock = 2 * Part.wordsPerFrame + Self.packetWordsPerBlock
    maximumByteCount = 4 * wordsPerBlock * (frameCount + 1) + Self.overheadByteCount
  }

  /// Checks a .bit or .bin file and hands the same bytes back as verified, in O(`bytes.count`).
  ///
  /// The checks, in order: size; digest; container; then word by word the form, the policy, the device, the frames, their
  /// pads and the CRC, which must cover them all; at last the end of the streams, and that each frame of the region was
  /// written.
  ///
  /// - Parameters:
  ///   - bytes: The file. A .bin file has no text and names its part by the IDCODE alone.
  ///   - expected: The SHA-256 that the image's manifest states.
  /// - Returns: The proof, with the very same bytes.
  /// - Throws: The first check that fails.
  public func verify(_ bytes: [UInt8], digest expected: Digest) throws(BitstreamError) -> VerifiedPartial {
    try checkSize(of: bytes)
    let digest = Digest(of: bytes)
    guard digest == expected else { throw .digestMismatch(expected: expected, actual: digest) }
    return VerifiedPartial(device: part.device, frames: try frames(of: bytes), digest: digest, bytes: bytes)
  }

  /// Checks a file that was made here, so that no manifest states its digest; O(`bytes.count`).
  func verify(madeHere bytes: [UInt8]) throws(BitstreamError) -> VerifiedPartial {
    try checkSize(of: bytes)
    let frames = try frames(of: bytes)
    return VerifiedPartial(device: part.device, frames: frames, digest: Digest(of: bytes), bytes: bytes)
  }

  private func checkSize(of bytes: [UInt8]) throws(BitstreamError) {
    guard bytes.count <= maximumByteCount else { throw .tooLarge(byteCount: bytes.count, limit: maximumByteCount) }
  }

  /// Makes all checks but those of size and digest, in O(`bytes.count`).
  ///
  /// - Returns: The frames that the file writes, which are the region's.
  /// - Throws: The first check that fails.
  package func frames(of bytes: [UInt8]) throws(BitstreamError) -> [Range<Int>] {
    let written = try run(bytes, into: FrameRecord(frameCount: part.frameCount)).runs
    let missing = RangeSet(region).subtracting(RangeSet(written))
    guard missing.isEmpty, !written.isEmpty else { throw .regionNotCovered(missing: Array(missing.ranges)) }
    return written
  }

  /// Makes all checks but those of size, digest and coverage, and puts the frames where they belong, in O(`bytes.count`).
  ///
  /// - Throws: The first check that fails; frames before it were written then.
  package func place<Destination: FrameDestination>(
    _ bytes: [UInt8], in destination: Destination
  ) throws(BitstreamError) -> Destination {
    let holder = DestinationHolder(destination)
    _ = try run(bytes, into: FarDestination(holder: holder))
    return holder.destination
  }

  /// Makes all checks but those of size, digest and coverage, for a destination of this module's: the compiler makes one
  /// copy of decoder, writer and grammar for each kind, which it could not for one that it does not see.
  private func run<Destination: FrameDestination>(
    _ bytes: [UInt8], into destination: Destination
  ) throws(BitstreamError) -> Destination {
    let payload = try ConfigurationPayload(parsing: bytes)
    if let container = payload.container { try check(container) }
    var decoder = PacketDecoder()
    var checks = StrictWriter(
      writer: FrameWriter(part: part, allowedFrames: region, policy: policy, destination: destination))
    try payload.forEachPiece { piece throws(BitstreamError) in try decoder.decode(piece, into: &checks) }
    try decoder.finish()
    try checks.grammar.finish(at: decoder.wordCount)
    return checks.writer.destination
  }

  private func check(_ container: BitFile) throws(BitstreamError) {
    guard container.isPartial else { throw .notPartial(design: container.design) }
    guard container.part == part.name || container.part.hasPrefix(part.name + "-") else {
      throw .wrongPart(expected: part.name, actual: container.part)
    }
    try container.checkTexts()
  }

  /// FAR, WCFG, NOOP and the two headers of FDRI, generously.
  private static let packetWordsPerBlock = 16
  /// Container, dummy words, sync words, runs of NOOP, and frames that real partials write more than once: real files
  /// need less than 70 KB.
  private static let overheadByteCount = 256 << 10
}

/// Holds a stream to the canonical form and places its frames.
private struct StrictWriter<Destination: FrameDestination>: PacketSink {
  var grammar = CanonicalGrammar()
  var writer: FrameWriter<Destination>

  init(writer: FrameWriter<Destination>) { self.writer = writer }

  mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
    try writer.handle(event, at: wordOffset)
    try grammar.check(event, at: wordOffset)
  }

  mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {
    try writer.frameData(words, at: wordOffset)
  }
}

/// A destination of another module's, behind one call for each frame.
private struct FarDestination: FrameDestination {
  var holder: any FrameDestination

  mutating func willWrite(_ frames: Range<Int>) throws(BitstreamError) { try holder.willWrite(frames) }

  mutating func write(_ words: Span<UInt32>, toFrame ordinal: Int) { holder.write(words, toFrame: ordinal) }
}

/// Keeps a destination where both its caller and a `FarDestination` reach it.
private final class DestinationHolder<Destination: FrameDestination>: FrameDestination {
  private(set) var destination: Destination

  init(_ destination: consuming Destination) { self.destination = destination }

  func willWrite(_ frames: Range<Int>) throws(BitstreamError) { try destination.willWrite(frames) }

  func write(_ words: Span<UInt32>, toFrame ordinal: Int) { destination.write(words, toFrame: ordinal) }
}

/// Remembers which frames were written: a bit for each frame of the part.
private struct FrameRecord: FrameDestination {
  private var isWritten: [Bool]

  init(frameCount: Int) { isWritten = Array(repeating: false, count: frameCount) }

  var runs: [Range<Int>] {
    var runs: [Range<Int>] = []
    var start: Int?
    for (frame, isWritten) in isWritten.enumerated() where isWritten != (start != nil) {
      if let begin = start { runs.append(begin..<frame) }
      start = isWritten ? frame : nil
    }
    if let start { runs.append(start..<isWritten.count) }
    return runs
  }

  mutating func willWrite(_ frames: Range<Int>) throws(BitstreamError) {
    for frame in frames { isWritten[frame] = true }
  }

  mutating func write(_ words: Span<UInt32>, toFrame ordinal: Int) {}
}
