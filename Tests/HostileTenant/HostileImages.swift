internal import Bitstream
internal import Fabric

extension HostileTenant {
  /// The image of an attempt, in a .bit file; nil for attempts that need none.
  ///
  /// Each is the honest one with one thing changed, and with the CRC that a device then computes.
  mutating func image(of kind: Kind, for slot: SlotID) throws -> [UInt8]? {
    let file = try BitFile(parsing: house.honestPartial(of: slot).bytes)
    var words = file.words
    let landmarks = try Landmarks(of: words)
    guard let block = landmarks.blocks.last, let address = landmarks.addresses.first,
      let device = landmarks.devices.first
    else { throw UnfitBoard() }
    let end = block.upperBound
    switch kind {
    case .addressElsewhere: words[address] = anyAddress()
    case .addressCountsOn: lengthen(&words, block)
    case .repeatedElsewhere: words.insert(contentsOf: repeatedFrames(), at: end)
    case .nestedStream: words.insert(contentsOf: nested(words), at: end)
    case .secondStream: words += second(words, address)
    case .registerOrCommand: words.insert(contentsOf: anyWrite(), at: end)
    case .otherDevice: words[device] ^= 1 << UInt32(random.draw(0...31))
    case .changedWord, .changedWordWithoutCRC:
      words[random.draw(0...words.count - 1)] ^= 1 << UInt32(random.draw(0...31))
    case .brokenOff: words.removeLast(random.draw(1...words.count - 1))
    default: return nil
    }
    if kind != .changedWordWithoutCRC { Self.correctCRC(of: &words) }
    return try BitFile(
      design: file.design, part: file.part, date: file.date, time: file.time,
      payload: WordOrder.bigEndian.bytes(of: words)
    ).serialized
  }

  /// A frame of the part most often, else any 32 bits.
  private mutating func anyAddress() -> UInt32 {
    guard random.draw(0...3) > 0 else { return UInt32(truncatingIfNeeded: random.next()) }
    let frame = random.draw(0...house.descriptor.part.frameCount - 1)
    return house.descriptor.part.address(ofFrame: frame)?.rawValue ?? 0
  }

  /// Lets the last block run on behind its frames, with or without the pads that stand at the end of a row.
  private mutating func lengthen(_ words: inout [UInt32], _ block: Range<Int>) {
    let frameCount = random.draw(1...6)
    let more = (0..<frameCount * Part.wordsPerFrame).map { _ in UInt32(truncatingIfNeeded: random.next()) }
    words.insert(contentsOf: more, at: random.draw(0...1) == 0 ? block.upperBound : block.lowerBound)
    words[block.lowerBound - 1] = 0x5000_0000 | UInt32(block.count + more.count)
  }

  /// A group as real compressed files have it: one frame into the buffer, then MFWR at one address or more.
  private mutating func repeatedFrames() -> [UInt32] {
    let frame = (0..<Part.wordsPerFrame).map { _ in UInt32(truncatingIfNeeded: random.next()) }
    let first = anyAddress()
    var words: [UInt32] = [0x3000_2001, first, 0x3000_8001, 1, Self.noOperation]
    words += [0x3000_4000 | UInt32(Part.wordsPerFrame)] + frame
    words += [0x3000_8001, 2] + Array(repeating: Self.noOperation, count: 62)
    words += [0x3000_2001, first] + Array(repeating: Self.noOperation, count: 12)
    words += [0x3001_400E] + Array(repeating: 0, count: 14)
    for _ in 0..<random.draw(0...3) {
      words += [Self.noOperation, Self.noOperation, 0x3000_2001, anyAddress(), Self.noOperation, 0x3001_400E]
      words += Array(repeating: 0, count: 14)
    }
    return words + [Self.noOperation, Self.noOperation, 0x3000_8001, 0, Self.noOperation]
  }

  /// The honest stream once more, for another address, as the payload of register 30; a CRC covers what is before it.
  private mutating func nested(_ stream: [UInt32]) -> [UInt32] {
    var inner = stream
    if let address = try? Landmarks(of: stream).addresses.first { inner[address] = anyAddress() }
    Self.correctCRC(of: &inner)
    return [0x3000_0001, 0, 0x3003_C000, 0x5000_0000 | UInt32(inner.count)] + inner
  }

  private mutating func second(_ stream: [UInt32], _ address: Int) -> [UInt32] {
    var second = stream
    second[address] = anyAddress()
    return second
  }

  private mutating func anyWrite() -> [UInt32] {
    let value = UInt32(truncatingIfNeeded: random.next())
    guard random.draw(0...1) == 0 else { return [0x3000_8001, value & 31] }
    return [0x3000_0001 | UInt32(random.draw(1...31)) << 13, value]
  }

  /// Puts in the CRCs that a device computes, as far as the words are packets.
  private static func correctCRC(of words: inout [UInt32]) {
    var checks = Checks()
    var decoder = PacketDecoder()
    do { try decoder.decode(words, into: &checks) } catch {}
    for check in checks.found { words[check.wordOffset] = check.computed }
  }

  private static let noOperation: UInt32 = 0x2000_0000

  private struct Checks: PacketSink {
    var found: [CRCCheck] = []
    mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
      if case .crcChecked(let check) = event { found.append(check) }
    }
    mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {}
  }
}

/// Where in a stream stands what an attack changes.
private struct Landmarks: PacketSink {
  var addresses: [Int] = []
  var devices: [Int] = []
  /// The words of frame data, pads included.
  var blocks: [Range<Int>] = []

  init(of words: [UInt32]) throws(BitstreamError) {
    var decoder = PacketDecoder()
    try decoder.decode(words, into: &self)
  }

  mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
    switch event {
    case .write(.far, _): addresses.append(wordOffset)
    case .write(.idcode, _): devices.append(wordOffset)
    case .frameDataBegins(let count): blocks.append(wordOffset + 1..<wordOffset + 1 + count)
    default: break
    }
  }

  mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {}
}
