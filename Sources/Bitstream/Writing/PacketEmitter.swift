/// The words of a configuration stream as they are written, with the CRC of what they write.
///
/// The one place where packets are made: whole streams, moved streams and compressed ones.
struct PacketEmitter {
  private(set) var words: [UInt32] = []
  private var crc = ConfigurationCRC()

  /// Begins with no words, expecting about `count` of them.
  init(reservingWords count: Int) { words.reserveCapacity(count) }

  // MARK: Packets

  /// Adds words that no register receives: dummy words, bus width, sync words, what stands after DESYNC.
  mutating func appendOutside(_ outside: Span<UInt32>) { append(outside) }

  mutating func appendNoOperations(_ count: Int) {
    words.append(contentsOf: repeatElement(PacketHeader.noOperationWord, count: count))
  }

  /// Adds a packet, but no stream of another die, as it stands in `source`.
  mutating func append(_ packet: PacketCursor.Packet, from source: [UInt32]) {
    switch packet {
    case .outside(let range): append(source.span.extracting(range))
    case .noOperations(let count): appendNoOperations(count)
    case .write(let register, let payload, let isLong):
      append(source.span.extracting(payload), to: register, isLong: isLong)
    case .nextDie: break
    }
  }

  mutating func append(_ command: ConfigurationCommand) { append(command.rawValue, to: .cmd) }

  mutating func append(_ word: UInt32, to register: ConfigurationRegister) {
    words.append(PacketHeader.write(register, wordCount: 1).word)
    words.append(word)
    take(word, to: register)
  }

  /// Adds a packet of any length, in O(`payload.count`); if long, a type 2 header holds the count, as it must above
  /// `maximumShortCount`.
  mutating func append(_ payload: Span<UInt32>, to register: ConfigurationRegister, isLong: Bool) {
    appendHeader(register, wordCount: payload.count, isLong: isLong)
    append(payload)
    if payload.count == 1 {
      take(payload[0], to: register)
    } else {
      crc.update(words: payload, register: register)
    }
  }

  /// Adds the CRC of what was written since the last one.
  mutating func appendCRC() {
    words.append(PacketHeader.write(.crc, wordCount: 1).word)
    words.append(crc.value)
    crc.reset()
  }

  /// Adds a packet that holds the stream of the next die, of which the CRC of this one knows nothing.
  mutating func appendNextDie(
    _ emit: (inout PacketEmitter) throws(BitstreamError) -> Void
  ) throws(BitstreamError) {
    let outer = crc
    crc.reset()
    words.append(PacketHeader.write(.nextDie, wordCount: 0).word)
    let header = words.count
    words.append(0)
    try emit(&self)
    words[header] = PacketHeader.longWrite(wordCount: words.count - header - 1).word
    crc = outer
  }

  // MARK: Frames

  /// The most words whose count fits a type 1 header.
  static let maximumShortCount = 0x7FF

  /// Begins a block of frame data whose words follow by `appendFrameData`.
  mutating func beginBlock(at address: FrameAddress, wordCount: Int, isLong: Bool) {
    append(address.rawValue, to: .far)
    append(.wcfg)
    appendNoOperations(1)
    appendHeader(.fdri, wordCount: wordCount, isLong: isLong)
  }

  /// Adds words of a block that was begun.
  mutating func appendFrameData(_ data: Span<UInt32>) {
    append(data)
    crc.update(words: data, register: .fdri)
  }

  /// Adds frames of zeros to a block that was begun.
  mutating func appendPads(_ count: Int) {
    for _ in 0..<count { appendFrameData(Self.zeroFrame.span) }
  }

  /// Writes the frame that the last block left in the buffer to each of these addresses, and ends the repetition.
  ///
  /// Every run of NOOP is as in real compressed files: the device needs the time.
  mutating func appendRepetitions(at addresses: some Sequence<FrameAddress>) {
    append(.mfw)
    appendNoOperations(Repetition.noOperationsAfterCommand)
    var pause = 0
    for (index, address) in addresses.enumerated() {
      appendNoOperations(pause)
      append(address.rawValue, to: .far)
      appendNoOperations(index == 0 ? Repetition.noOperationsAfterFirstAddress : 1)
      append(Repetition.dummyWords.span, to: .mfwr, isLong: false)
      pause = Repetition.noOperations(afterBlock: address.block)
    }
    appendNoOperations(pause)
    append(.null)
    appendNoOperations(1)
  }

  // MARK: Whole streams

  /// Dummy words and bus width as real files have them, then sync word, CRC reset and IDCODE.
  mutating func beginStream(device: DeviceID) {
    words += PacketHeader.leadIn
    words.append(PacketHeader.syncWord)
    appendNoOperations(1)
    append(.rcrc)
    appendNoOperations(2)
    append(device.rawValue, to: .idcode)
  }

  /// Restore, last frame, start, park address, CRC and DESYNC, in the order of real partials.
  mutating func endStream() {
    append(.grestore)
    appendNoOperations(1)
    append(.lfrm)
    appendNoOperations(20)
    append(.start)
    appendNoOperations(1)
    append(FrameAddress.park.rawValue, to: .far)
    appendCRC()
    append(.desync)
    appendNoOperations(16)
  }

  // MARK: Words

  private mutating func appendHeader(_ register: ConfigurationRegister, wordCount: Int, isLong: Bool) {
    words.append(PacketHeader.write(register, wordCount: isLong ? 0 : wordCount).word)
    if isLong { words.append(PacketHeader.longWrite(wordCount: wordCount).word) }
  }

  private mutating func take(_ word: UInt32, to register: ConfigurationRegister) {
    crc.update(word: word, register: register)
    if register == .cmd, word == ConfigurationCommand.rcrc.rawValue { crc.reset() }
  }

  private mutating func append(_ span: Span<UInt32>) {
    span.withUnsafeBufferPointer { words.append(contentsOf: $0) }
  }

  private static let zeroFrame = [UInt32](repeating: 0, count: Part.wordsPerFrame)
}

/// How real compressed files of UltraScale+ devices write one frame at several addresses (seven files of Vivado 2021 and
/// 2022; no manual says it).
enum Repetition {
  /// What the register MFWR takes for each address; their value means nothing.
  static let dummyWords = [UInt32](repeating: 0, count: 14)
  static let noOperationsAfterCommand = 62
  static let noOperationsAfterFirstAddress = 12

  /// The pause after a frame was written.
  static func noOperations(afterBlock block: Int) -> Int { block == 1 ? 12 : 2 }
}
