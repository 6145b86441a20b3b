/// The state machine of the configuration logic: takes a stream of words, in pieces of any size, and tells a sink what
/// they mean.
///
/// It searches the sync word, reads packet headers of type 1 and 2, keeps the CRC, compares stored CRCs, and goes back to
/// searching after DESYNC. The words that a stream holds for the next die are read as streams inside it, with a CRC of
/// their own. It knows no part: addresses and devices are the sink's to judge (`FrameWriter`). It allocates nothing but
/// one entry per die; runs of frame data cost one call per piece. After an error a decoder is of no further use.
public struct PacketDecoder: Sendable {
  /// The most streams inside one another, above the largest device known (4 dies).
  public static let maximumNesting = 8

  private enum State {
    /// Ignores words up to a sync word.
    case searching
    /// The next word is a header; a type 2 header continues `pending`.
    case header(pending: Pending?)
    /// The next `remaining` words are written to the register.
    case payload(ConfigurationRegister, remaining: Int)
  }

  /// A type 1 header of count zero, which only a type 2 header completes.
  private enum Pending {
    case read(ConfigurationRegister)
    case write(ConfigurationRegister)
  }

  /// One die's streams: those of the first die, or the payload of a packet to the next.
  private struct Level {
    var state = State.searching
    var crc = ConfigurationCRC()
    /// How many words the level still has; nil for the first die's, which the stream's end ends.
    var remaining: Int?
    var streamCount = 0
    /// The current stream has carried the next die's words, and so may end without DESYNC.
    var isCarrier = false

    mutating func spend(_ count: Int) {
      if let remaining { self.remaining = remaining - count }
    }
  }

  private var level = Level()
  private var outerLevels: [Level] = []

  /// The number of words taken so far.
  public private(set) var wordCount = 0

  /// Begins before a sync word, with a CRC of zero.
  public init() {}

  /// Takes the next words of the stream, in O(`words.count`).
  ///
  /// - Throws: `BitstreamError.malformedPacket` at a word that is no header, or what the sink throws.
  public mutating func decode<Sink: PacketSink>(
    _ words: Span<UInt32>, into sink: inout Sink
  ) throws(BitstreamError) {
    let start = wordCount
    var index = 0
    while index < words.count {
      wordCount = start + index
      switch level.state {
      case .searching:
        level.spend(1)
        try decodeOutside(words[index], into: &sink)
        index += 1
      case .header(let pending):
        level.spend(1)
        try decodeHeader(words[index], pending: pending, into: &sink)
        index += 1
      case .payload(let register, let remaining):
        let count = min(remaining, words.count - index)
        level.spend(count)
        level.state = count == remaining ? .header(pending: nil) : .payload(register, remaining: remaining - count)
        try decodePayload(words.extracting(index..<index + count), of: register, into: &sink)
        index += count
      }
      while level.remaining == 0 { try leaveLevel(into: &sink, at: start + index - 1) }
    }
    wordCount = start + words.count
  }

  /// Takes the next words of the stream, in O(`words.count`).
  ///
  /// - Throws: `BitstreamError.malformedPacket` at a word that is no header, or what the sink throws.
  public mutating func decode<Sink: PacketSink>(_ words: [UInt32], into sink: inout Sink) throws(BitstreamError) {
    try decode(words.span, into: &sink)
  }

  /// Checks, after the last word, that there was a stream and that the last ended, by DESYNC or after the words for the
  /// next die.
  ///
  /// - Throws: `BitstreamError.unfinished`.
  public func finish() throws(BitstreamError) {
    if let remaining = level.remaining {
      throw .unfinished("\(remaining) words for the next die are missing", wordCount: wordCount)
    }
    guard level.streamCount > 0 else { throw .unfinished("no sync word was found", wordCount: wordCount) }
    switch level.state {
    case .searching: return
    case .header(nil) where level.isCarrier: return
    case .header: throw .unfinished("the last stream does not end by DESYNC", wordCount: wordCount)
    case .payload(let register, let remaining):
      throw .unfinished("\(remaining) words to \(register) are missing", wordCount: wordCount)
    }
  }

  private mutating func decodeOutside<Sink: PacketSink>(_ word: UInt32, into sink: inout Sink) throws(BitstreamError) {
    guard word != PacketHeader.syncWord else {
      level.state = .header(pending: nil)
      level.streamCount += 1
      level.isCarrier = false
      return try sink.handle(.synchronized, at: wordCount)
    }
    let isFiller =
      word == PacketHeader.dummyWord || PacketHeader.busWidthWords.contains(word)
      || word == PacketHeader.noOperationWord && level.streamCount > 0
    try sink.handle(isFiller ? .filler(word) : .stray(word), at: wordCount)
  }

  private mutating func decodeHeader<Sink: PacketSink>(
    _ word: UInt32, pending: Pending?, into sink: inout Sink
  ) throws(BitstreamError) {
    guard let header = PacketHeader(word: word) else {
      throw .malformedPacket("\(word.hexadecimal) is no packet header", wordOffset: wordCount)
    }
    level.state = .header(pending: nil)
    switch (header, pending) {
    case (.longWrite(let count), .write(let register)):
      try beginWrite(register, wordCount: count, isLong: true, into: &sink)
    case (.longRead(let count), .read(let register)):
      try sink.handle(.read(register, wordCount: count), at: wordCount)
    case (.longWrite, _), (.longRead, _):
      throw .malformedPacket("a type 2 packet follows no type 1 header of count 0", wordOffset: wordCount)
    case (_, .write(let register)?), (_, .read(let register)?):
      try sink.handle(.irregularPacket(register, wordCount: 0), at: wordCount - 1)
      try decodeHeader(word, pending: nil, into: &sink)
    case (.noOperation, nil): try sink.handle(.noOperation, at: wordCount)
    case (.write(let register, 0), nil): level.state = .header(pending: .write(register))
    case (.read(let register, 0), nil): level.state = .header(pending: .read(register))
    case (.write(let register, let count), nil):
      try beginWrite(register, wordCount: count, isLong: false, into: &sink)
    case (.read(let register, let count), nil):
      try sink.handle(.read(register, wordCount: count), at: wordCount)
    }
  }

  private mutating func beginWrite<Sink: PacketSink>(
    _ register: ConfigurationRegister, wordCount count: Int, isLong: Bool, into sink: inout Sink
  ) throws(BitstreamError) {
    guard count <= level.remaining ?? .max else {
      throw .malformedPacket("\(count) words to \(register) reach beyond those for the die", wordOffset: wordCount)
    }
    let takesMany = [.fdri, .mfwr, .nextDie].contains(register)
    if count == 0 || !takesMany && (isLong || count > 1) {
      try sink.handle(.irregularPacket(register, wordCount: count), at: wordCount)
    }
    guard count > 0 else { return }
    level.state = .payload(register, remaining: count)
    switch register {
    case .fdri: try sink.handle(.frameDataBegins(wordCount: count), at: wordCount)
    case .mfwr: try sink.handle(.multipleFrameWrite(wordCount: count), at: wordCount)
    case .nextDie: try enterLevel(wordCount: count, into: &sink)
    case .cmd where count != 1:
      // A command changes what the words after it mean, so it stands alone.
      throw .malformedPacket("\(count) words to CMD in one packet", wordOffset: wordCount)
    default: break
    }
  }

  /// Reads the words of a packet as streams for the next die, which do not enter the CRC of the stream around them.
  private mutating func enterLevel<Sink: PacketSink>(
    wordCount count: Int, into sink: inout Sink
  ) throws(BitstreamError) {
    guard outerLevels.count < Self.maximumNesting else {
      throw .malformedPacket("more than \(Self.maximumNesting) streams inside one another", wordOffset: wordCount)
    }
    level.state = .header(pending: nil)
    level.isCarrier = true
    level.spend(count)
    outerLevels.append(level)
    level = Level(remaining: count)
    try sink.handle(.nestedStream(wordCount: count), at: wordCount)
  }

  private mutating func leaveLevel<Sink: PacketSink>(
    into sink: inout Sink, at wordOffset: Int
  ) throws(BitstreamError) {
    switch level.state {
    case .searching: break
    case .header(nil) where level.isCarrier: break
    case .header, .payload:
      throw .malformedPacket("the words for the next die end inside a stream", wordOffset: wordOffset)
    }
    guard let outer = outerLevels.popLast() else { return level.remaining = nil }
    level = outer
    try sink.handle(.nestedStreamEnded, at: wordOffset)
  }

  private mutating func decodePayload<Sink: PacketSink>(
    _ words: Span<UInt32>, of register: ConfigurationRegister, into sink: inout Sink
  ) throws(BitstreamError) {
    if register == .fdri {
      level.crc.update(words: words, register: register)
      return try sink.frameData(words, at: wordCount)
    }
    if register == .mfwr {
      // Thousands of packets of dummies in a compressed file: only what is none is worth an event.
      level.crc.update(words: words, register: register)
      for index in words.indices where words[index] != 0 {
        try sink.handle(.write(.mfwr, value: words[index]), at: wordCount + index)
      }
      return
    }
    for index in words.indices {
      try decodeWrite(words[index], to: register, at: wordCount + index, into: &sink)
    }
  }

  private mutating func decodeWrite<Sink: PacketSink>(
    _ word: UInt32, to register: ConfigurationRegister, at offset: Int, into sink: inout Sink
  ) throws(BitstreamError) {
    guard register != .crc else {
      let check = CRCCheck(wordOffset: offset, stored: word, computed: level.crc.value)
      level.crc.reset()
      return try sink.handle(.crcChecked(check), at: offset)
    }
    level.crc.update(word: word, register: register)
    guard register == .cmd else {
      return try sink.handle(.write(register, value: word), at: offset)
    }
    switch ConfigurationCommand(rawValue: word) {
    case .desync:
      level.state = .searching
      try sink.handle(.desynchronized, at: offset)
    case let command:
      if command == .rcrc { level.crc.reset() }
      try sink.handle(.command(command), at: offset)
    }
  }
}
