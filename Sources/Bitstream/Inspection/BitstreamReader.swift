/// What a bitstream of any device does, as far as its packets show.
public struct BitstreamSummary: Sendable, Hashable {
  /// One block of frame data.
  public struct Block: Sendable, Hashable {
    /// Where it begins, or nil if its stream has set no address.
    public let address: FrameAddress?
    /// The number of words, pad frames included.
    public let wordCount: Int
    /// Where its header stands, in words from the start of the payload.
    public let wordOffset: Int
  }

  /// The devices that it names, in order of appearance.
  public let devices: [DeviceID]
  /// The blocks of frame data, in order.
  public let blocks: [Block]
  /// How often a frame is repeated by MFWR (compressed bitstreams).
  public let multipleFrameWriteCount: Int
  /// The CRC comparisons, in order.
  public let crcChecks: [CRCCheck]
  /// The number of streams, each from a sync word on.
  public let streamCount: Int

  /// Whether it holds a CRC and all that it holds are right.
  public var isVerified: Bool { !crcChecks.isEmpty && crcChecks.allSatisfy(\.isMatch) }
}

/// Reads what a bitstream of any device does, without judging it.
public enum BitstreamReader {
  /// The most blocks, devices and CRCs, of each, that a summary holds; real files have less than a thousand.
  public static let maximumEntryCount = 1 << 16

  /// Reads the payload of a .bit file, in O(n).
  ///
  /// - Throws: `BitstreamError.malformedPacket`, or `.unfinished` where the last stream does not end.
  public static func summary(of file: BitFile) throws(BitstreamError) -> BitstreamSummary {
    try summary(of: file.words)
  }

  /// Reads configuration words, in O(n).
  ///
  /// - Throws: `BitstreamError.malformedPacket`, or `.unfinished` where the last stream does not end.
  public static func summary(of words: [UInt32]) throws(BitstreamError) -> BitstreamSummary {
    var decoder = PacketDecoder()
    var collector = Collector()
    try decoder.decode(words, into: &collector)
    try decoder.finish()
    return BitstreamSummary(
      devices: collector.devices, blocks: collector.blocks,
      multipleFrameWriteCount: collector.multipleFrameWriteCount, crcChecks: collector.crcChecks,
      streamCount: collector.streamCount)
  }

  private struct Collector: PacketSink {
    var devices: [DeviceID] = []
    var blocks: [BitstreamSummary.Block] = []
    var multipleFrameWriteCount = 0
    var crcChecks: [CRCCheck] = []
    var streamCount = 0
    private var address: FrameAddress?

    mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
      guard max(devices.count, blocks.count, crcChecks.count) < BitstreamReader.maximumEntryCount else {
        throw .malformedPacket(
          "more than \(BitstreamReader.maximumEntryCount) blocks, devices or CRCs", wordOffset: wordOffset)
      }
      switch event {
      case .synchronized:
        streamCount += 1
        address = nil
      case .write(.far, let value): address = FrameAddress(rawValue: value)
      case .write(.idcode, let value): devices.append(DeviceID(rawValue: value))
      case .frameDataBegins(let count):
        blocks.append(.init(address: address, wordCount: count, wordOffset: wordOffset))
      case .multipleFrameWrite: multipleFrameWriteCount += 1
      case .crcChecked(let check): crcChecks.append(check)
      case .filler, .stray, .noOperation, .irregularPacket, .write, .command, .read, .nestedStream,
        .nestedStreamEnded, .desynchronized:
        break
      }
    }

    mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {}
  }
}
