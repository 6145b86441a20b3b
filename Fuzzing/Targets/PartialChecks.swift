internal import Bitstream
internal import Digests
internal import SoftFPGA

/// What decides whether a partial may be written into a slot, and what then writes it.
enum PartialChecks {
  /// A part small enough for a fuzzer to fill, with memory contents.
  static let part = try? Part(name: "softfpga-tiny", dies: [die])
  /// Two of its dies.
  private static let stackedPart = try? Part(name: "softfpga-tiny", dies: [die, die])

  /// Fails where its limits are not kept, which is a fault of this file.
  private static var die: Die {
    get throws(BitstreamError) {
      try Die(device: DeviceID(rawValue: 0x05F5_A0FF), rows: 4, columns: [3, 1, 4, 2], memoryColumns: [2])
    }
  }

  /// The second row of the first die, and that of the second, which is 48 frames further on.
  static let region = [10..<20]
  private static let stackedRegion = [10..<20, 58..<68]

  /// The bytes of a .bit file: as they are, and with its CRC words put right, so that what is behind them is reached.
  static func partial(_ bytes: [UInt8]) throws(Disagreement) {
    guard let part else { throw Disagreement("the part is refused") }
    let verifier = PartialVerifier(part: part, region: region)
    for bytes in [bytes, repairingCRCs(ofBitFile: bytes)] {
      guard let verified = try? verifier.verify(bytes, digest: Digest(of: bytes)) else { continue }
      try Disagreement.unless(verified.bytes == bytes, "other bytes are verified than were given")
      try Disagreement.unless(
        verified.frames.allSatisfy { region[0].contains($0) }, "frames \(verified.frames) are verified")
      // A .bin file is accepted, too.
      guard let payload = try? ConfigurationPayload(parsing: bytes) else {
        throw Disagreement("what is verified is no file of words")
      }
      let words = (try? payload.order.words(of: Array(payload.bytes))) ?? []
      guard let placed = try? verifier.place(bytes, in: WrittenFrames()) else {
        throw Disagreement("what is verified is refused a second time")
      }
      try Disagreement.unless(RangeSet(verified.frames) == placed.frames, "other frames are placed than were verified")
      try device?.check(words, doWhatWasPlaced: placed)
    }
  }

  /// Words, highest byte first, that a port takes: the same in pieces of any size, and never outside the region.
  static func frames(_ bytes: [UInt8]) throws(Disagreement) {
    guard let stackedPart else { throw Disagreement("the part is refused") }
    let words = (try? WordOrder.bigEndian.words(of: Array(bytes.dropLast(bytes.count % 4)))) ?? []
    for words in [words, repairingCRCs(of: words)] {
      let whole = place(words, in: stackedPart, allowing: stackedRegion, wordsPerPiece: max(1, words.count))
      let pieces = place(words, in: stackedPart, allowing: stackedRegion, wordsPerPiece: 1)
      try Disagreement.unless(whole == pieces, "a stream means something else in pieces: \(whole), \(pieces)")
      try Disagreement.unless(
        whole.frames.subtracting(RangeSet(stackedRegion)).isEmpty,
        "frames \(whole.frames) are written outside the region")
      // They are a .bin file, if there is a sync word.
      let verifier = PartialVerifier(part: stackedPart, region: stackedRegion)
      let bytes = WordOrder.bigEndian.bytes(of: words)
      guard let placed = try? verifier.place(bytes, in: WrittenFrames()) else { continue }
      try stackedDevice?.check(words, doWhatWasPlaced: placed)
    }
  }

  private static let device = part.flatMap { RunningDevice(part: $0) }
  private static let stackedDevice = stackedPart.flatMap { RunningDevice(part: $0) }

  private struct Placed: Equatable {
    var written: WrittenFrames
    var error: BitstreamError?

    var frames: RangeSet<Int> { written.frames }
  }

  private static func place(
    _ words: [UInt32], in part: Part, allowing region: [Range<Int>], wordsPerPiece: Int
  ) -> Placed {
    var decoder = PacketDecoder()
    var writer = FrameWriter(part: part, allowedFrames: region, destination: WrittenFrames())
    var failure: BitstreamError?
    do throws(BitstreamError) {
      var rest = words[...]
      while !rest.isEmpty {
        try decoder.decode(Array(rest.prefix(wordsPerPiece)), into: &writer)
        rest = rest.dropFirst(wordsPerPiece)
      }
      try decoder.finish()
    } catch {
      failure = error
    }
    return Placed(written: writer.destination, error: failure)
  }

  static func repairingCRCs(ofBitFile bytes: [UInt8]) -> [UInt8] {
    guard let file = try? BitFile(parsing: bytes) else { return bytes }
    let payload = WordOrder.bigEndian.bytes(of: repairingCRCs(of: file.words))
    return Array(bytes.prefix(bytes.count - payload.count)) + payload
  }

  /// A CRC begins anew after each comparison, so one does not change the next.
  private static func repairingCRCs(of words: [UInt32]) -> [UInt32] {
    var decoder = PacketDecoder()
    var recorder = CRCRecorder()
    try? decoder.decode(words, into: &recorder)
    var words = words
    for check in recorder.checks { words[check.wordOffset] = check.computed }
    return words
  }
}

/// A checksum of what each frame holds in the end.
struct WrittenFrames: FrameDestination, Equatable {
  private(set) var checksums: [Int: UInt32] = [:]

  var frames: RangeSet<Int> { RangeSet(checksums.keys.map { $0..<$0 + 1 }) }

  mutating func willWrite(_ frames: Range<Int>) throws(BitstreamError) {}

  mutating func write(_ words: Span<UInt32>, toFrame ordinal: Int) {
    checksums[ordinal] = Self.checksum(of: words)
  }

  static func checksum(of words: Span<UInt32>) -> UInt32 {
    var checksum: UInt32 = 0
    for index in words.indices { checksum = (checksum &* 31) ^ words[index] }
    return checksum
  }
}

private struct CRCRecorder: PacketSink {
  var checks: [CRCCheck] = []

  mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
    if case .crcChecked(let check) = event { checks.append(check) }
  }

  mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {}
}
