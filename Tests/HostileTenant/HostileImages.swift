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
      let device = landmarks.devices.first, let packet = landmarks.packets.randomElement(using: &random)
    else { throw UnfitBoard() }
    let end = block.upperBound
    switch kind {
    case .addressElsewhere: words[address] = anyAddress()
    case .addressCountsOn: lengthen(&words, block)
    case .repeatedElsewhere: words.insert(contentsOf: repeatedFrames(), at: end)
    case .nestedStream: words.insert(contentsOf: nested(words), at: end)
    case .secondStream: words += second(words, address)
    case .registerOrCommand: words.insert(contentsOf: anyWrite(), at: packet)
    case .streamsOutOfOrder: words = streamsOutOfOrder(words[address - 1..<end], of: words[device])
    case .openRepetition: words.insert(contentsOf: openRepetition(at: words[address]), at: end)
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
  mutating func anyAddress() -> UInt32 {
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
    let first = anyAddress()
    var words = bufferedFrame(at: first) + Self.write(first, to: .far, noOperations: 12) + Self.repetition
    for _ in 0..<random.draw(0...3) {
      words += Self.write(anyAddress(), to: .far, noOperations: 1) + Self.repetition
    }
    return words + Self.write(0, to: .cmd, noOperations: 1)
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

  /// A command with the NOOPs that belong after it, or a register with any value.
  private mutating func anyWrite() -> [UInt32] {
    let value = UInt32(truncatingIfNeeded: random.next())
    guard random.draw(0...1) == 0 else { return Self.words(of: ConfigurationCommand(rawValue: value & 31)) }
    return [0x3000_0001 | UInt32(random.draw(1...31)) << 13, value]
  }

  /// Puts in the CRCs that a device computes, as far as the words are packets.
  private static func correctCRC(of words: inout [UInt32]) {
    var checks = Checks()
    var decoder = PacketDecoder()
    do { try decoder.decode(words, into: &checks) } catch {}
    for check in checks.found { words[check.wordOffset] = check.computed }
  }

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
  /// Where packets of one word begin.
  var packets: [Int] = []

  init(of words: [UInt32]) throws(BitstreamError) {
    var decoder = PacketDecoder()
    try decoder.decode(words, into: &self)
  }

  mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
    switch event {
    case .write, .command, .crcChecked: packets.append(wordOffset - 1)
    default: break
    }
    switch event {
    case .write(.far, _): addresses.append(wordOffset)
    case .write(.idcode, _): devices.append(wordOffset)
    case .frameDataBegins(let count): blocks.append(wordOffset + 1..<wordOffset + 1 + count)
    default: break
    }
  }

  mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {}
}
