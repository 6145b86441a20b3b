internal import Bitstream

/// What happens to an image's words on their way to the device.
enum Disturbance {
  case flippedBit(wordOffset: Int)
  /// Words that follow never arrive.
  case silence(wordOffset: Int)

  /// The one that makes a device fail so; nil where words do not matter, or the image has none that do.
  init?(_ kind: FaultPlan.Kind, of payload: ConfigurationPayload) throws(BitstreamError) {
    var decoder = PacketDecoder()
    var places = Places()
    try payload.forEachPiece { piece throws(BitstreamError) in try decoder.decode(piece, into: &places) }
    switch kind {
    case .crc:
      guard let offset = places.frameData else { return nil }
      self = .flippedBit(wordOffset: offset)
    case .id:
      guard let offset = places.device else { return nil }
      self = .flippedBit(wordOffset: offset)
    case .timeout: self = .silence(wordOffset: payload.wordCount / 2)
    case .recouple: return nil
    }
  }

  /// The words that arrive.
  func words(of payload: ConfigurationPayload) throws(BitstreamError) -> [UInt32] {
    var words: [UInt32] = []
    words.reserveCapacity(payload.wordCount)
    try payload.forEachPiece { piece throws(BitstreamError) in
      for index in piece.indices { words.append(piece[index]) }
    }
    switch self {
    case .flippedBit(let offset) where words.indices.contains(offset): words[offset] ^= 1 << 4
    case .flippedBit: break
    case .silence(let offset): words.removeLast(words.count - min(offset, words.count))
    }
    return words
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
