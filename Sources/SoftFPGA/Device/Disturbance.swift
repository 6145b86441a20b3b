internal import Bitstream

/// What happens to an image's words on their way to the device.
enum Disturbance {
  case flippedBit(wordOffset: Int)
  /// Words that follow never arrive.
  case silence(wordOffset: Int)

  /// The one that makes a device fail so; nil where words do not matter, or the image has none that do.
  init?(_ kind: FaultPlan.Kind, of file: BitFile) throws(BitstreamError) {
    var decoder = PacketDecoder()
    var places = Places()
    let words = file.words
    try decoder.decode(words, into: &places)
    switch kind {
    case .crc:
      guard let offset = places.frameData else { return nil }
      self = .flippedBit(wordOffset: offset)
    case .id:
      guard let offset = places.device else { return nil }
      self = .flippedBit(wordOffset: offset)
    case .timeout: self = .silence(wordOffset: words.count / 2)
    case .recouple: return nil
    }
  }

  func applied(to words: [UInt32]) -> [UInt32] {
    switch self {
    case .flippedBit(let offset):
      var words = words
      if words.indices.contains(offset) { words[offset] ^= 1 << 4 }
      return words
    case .silence(let offset): return Array(words.prefix(offset))
    }
  }

  /// Where the first IDCODE stands, and the middle of the first frame data.
  private struct Places: PacketSink {
    var device: Int?
    var frameData: Int?

    mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
      switch event {
      case .write(.idcode, _): device = device ?? wordOffset
      case .frameDataBegins(let count): frameData = frameData ?? wordOffset + 1 + count / 2
      default: break
      }
    }

    mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {}
  }
}
