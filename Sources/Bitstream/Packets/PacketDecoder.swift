/// The state machine of the configuration logic: takes a stream of words, in pieces of any size, and tells a sink what
/// they mean.
///
/// It searches the sync word, reads packet headers of type 1 and 2, keeps the CRC, compares stored CRCs, and goes back to
/// searching after DESYNC. The words that a stream holds for the next die are read as streams inside it, with a CRC of
/// their own. It knows no part: addresses and devices are the sink's to judge (`FrameWriter`). It allocates nothing but
/// one entry per die; runs of frame data cost one call per piece. After an error a decoder is of no further use.
public struct PacketDecoder: Sendable {
  /// The most streams inside one another: one for each further die.
  public static let maximumNesting = Part.maximumDieCount - 1

  private enum State {
    /// Before a sync word.
    case searching
    /// After what made no sense, where words up to the next sync word mean nothing.
    case lost
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
    /// The last packet carried the next die's words, after which the stream may end without DESYNC.
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
  /// - Throws: What the sink throws.
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
      case .lost:
        level.spend(1)
        if words[index] == PacketHeader.syncWord { try decodeOutside(words[index], into: &sink) }
        index += 1
      case .header(nil) where words[index] == PacketHeader.noOperationWord:
        let count = Self.noOperationCount(in: words, from: index, limit: level.remaining ?? .max)
        level.spend(count)
        index += count
        wordCount = start + index - 1
        try sink.handle(.noOperations(count), at: wordCount)
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
      while level.remaining == 0 {
        wordCount = start + index - 1
        try leaveLevel(into: &sink)
      }
    }
    wordCount = start + words.count
  }

  /// Takes the next words of the stream, in O(`words.count`).
  ///
  /// - Throws: What the sink throws.
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
    case .searching, .lost: return
    case .header(nil) where level.isCarrier: return
    case .header: throw .unfinished("the last stream does not end by DESYNC", wordCount: wordCount)
    case .payload(let register, let remaining):
      throw .unfinished("\(remaining) words to \(register) are missing", wordCount: wordCount)
    }
  }

  /// The length of the run of NOOPs that begins at `start`.
  private static func noOperationCount(in words: Span<UInt32>, from start: Int, limit: Int) -> Int {
    let end = start + min(words.count - start, limit)
    var index = start + 1
    while index < end, words[index] == PacketHeader.noOperationWord { index += 1 }
    return index - start
  }

  /// Tells the sink of what makes no sense, and goes on at the next sync word if the sink does.
  private mutating func lose<Sink: PacketSink>(
    _ what: String, into sink: inout Sink
  ) throws(BitstreamError) {
    level.state = .lost
    try sink.handle(.malformed(.malformedPacket(what, wordOffset: wordCount)), at: wordCount)
  }

  private mutating func decodeOutside<Sink: PacketSink>(_ word: UInt32, into sink: inout Sink) throws(BitstreamError) {
    guard word != PacketHeader.syncWord else {
      level.state = .header(pending: nil)
      level.streamCount += 1
      level.isCarrier = false
      return try sink.handle(.synchronized, at: wordCount)
    }
    let isFiller =
      PacketHeader.leadIn.contains(word) || word == PacketHeader.noOperationWord && level.streamCount > 0
    try sink.handle(isFiller ? .filler(word) : .stray(word), at: wordCount)
  }

  private mutating func decodeHeader<Sink: PacketSink>(
    _ word: UInt32, pending: Pending?, into sink: inout Sink
  ) throws(BitstreamError) {
    guard let header = PacketHeader(word: word) else {
      return try decodeNoHeader(word, pending: pending, into: &sink)
    }
    level.state = .header(pending: nil)
    level.isCarrier = false
    switch (header, pending) {
    case (.longWrite(let count), .write(let register)):
      try beginWrite(register, wordCount: count, isLong: true, into: &sink)
    case (.longRead(let count), .read(let register)):
      try sink.handle(.read(register, wordCount: count), at: wordCount)
    case (.longWrite, _), (.longRead, _):
      try lose("a type 2 packet follows no type 1 header of count 0", into: &sink)
    case (_, .write(let register)?), (_, .read(let register)?):
      try sink.handle(.irregularPacket(register, wordCount: 0), at: wordCount - 1)
      try decodeHeader(word, pending: nil, into: &sink)
    case (.noOperation, nil): try sink.handle(.noOperations(1), at: wordCount)
    case (.write(let register, 0), nil): level.state = .header(pending: .write(register))
    case (.read(let register, 0), nil): level.state = .header(pending: .read(register))
    case (.write(let register, let count), nil):
      try beginWrite(register, wordCount: count, isLong: false, into: &sink)
    case (.read(let register, let count), nil):
      try sink.handle(.read(register, wordCount: count), at: wordCount)
    }
  }

  /// Takes a word in a header's place that is none: one with which another stream begins, or nonsense.
  private mutating func decodeNoHeader<Sink: PacketSink>(
    _ word: UInt32, pending: Pending?, into sink: inout Sink
  ) throws(BitstreamError) {
    let beginsAnother = word == PacketHeader.syncWord || PacketHeader.leadIn.contains(word)
    guard pending == nil, level.isCarrier || beginsAnother else {
      return try lose("\(word.hexadecimal) is no packet header", into: &sink)
    }
    level.state = .searching
    if !level.isCarrier { try sink.handle(.brokenOff, at: wordCount) }
    try decodeOutside(word, into: &sink)
  }

  private mutating func beginWrite<Sink: PacketSink>(
    _ register: ConfigurationRegister, wordCount count: Int, isLong: Bool, into sink: inout Sink
  ) throws(BitstreamError) {
    guard count <= level.remaining ?? .max else {
      return try lose("\(count) words to \(register) reach beyond those for the die", into: &sink)
    }
    let takesMany = [.fdri, .mfwr, .nextDie].contains(register)
    if count == 0 || !takesMany && (isLong || count > 1) {
      try sink.handle(.irregularPacket(register, wordCount: count), at: wordCount)
    }
    guard count > 0 else { return }
    guard register != .cmd || count == 1 else {
      // A command changes what the words after it mean, so it stands alone.
      return try lose("\(count) words to CMD in one packet", into: &sink)
    }
    level.state = .payload(register, remaining: count)
    switch register {
    case .fdri: try sink.handle(.frameDataBegins(wordCount: count), at: wordCount)
    case .mfwr: try sink.handle(.multipleFrameWrite(wordCount: count), at: wordCount)
    case .nextDie: try enterLevel(wordCount: count, into: &sink)
    default: break
    }
  }

  /// Reads the words of a packet as streams for the next die, which do not enter the CRC of the stream around them.
  private mutating func enterLevel<Sink: PacketSink>(
    wordCount count: Int, into sink: inout Sink
  ) throws(BitstreamError) {
    guard outerLevels.count < Self.maximumNesting else {
      return try lose("more than \(Self.maximumNesting) streams inside one another", into: &sink)
    }
    level.state = .header(pending: nil)
    level.isCarrier = true
    level.spend(count)
    outerLevels.append(level)
    level = Level(remaining: count)
    try sink.handle(.nestedStream(wordCount: count), at: wordCount)
  }

  private mutating func leaveLevel<Sink: PacketSink>(into sink: inout Sink) throws(BitstreamError) {
    switch level.state {
    case .searching, .lost: break
    case .header(nil) where level.isCarrier: break
    case .header, .payload: try lose("the words for the next die end inside a stream", into: &sink)
    }
    guard let outer = outerLevels.popLast() else { return level.remaining = nil }
    level = outer
    try sink.handle(.nestedStreamEnded, at: wordCount)
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
