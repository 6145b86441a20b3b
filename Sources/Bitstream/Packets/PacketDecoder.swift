/// The state machine of the configuration logic: takes a stream of words, in pieces of any size, and tells a sink what
/// they mean.
///
/// It searches the sync word, reads packet headers of type 1 and 2, keeps the CRC, compares stored CRCs, and goes back to
/// searching after DESYNC. It knows no part: addresses and devices are the sink's to judge (`FrameWriter`). It allocates
/// nothing; runs of frame data cost one call per piece. After an error a decoder is of no further use.
public struct PacketDecoder: Sendable {
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

  private var state = State.searching
  private var streamCount = 0
  private var crc = ConfigurationCRC()

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
      switch state {
      case .searching:
        while index < words.count, words[index] != PacketHeader.syncWord { index += 1 }
        guard index < words.count else { break }
        state = .header(pending: nil)
        streamCount += 1
        try sink.handle(.synchronized, at: start + index)
        index += 1
      case .header(let pending):
        wordCount = start + index
        try decodeHeader(words[index], pending: pending, into: &sink)
        index += 1
      case .payload(let register, let remaining):
        wordCount = start + index
        let count = min(remaining, words.count - index)
        state = count == remaining ? .header(pending: nil) : .payload(register, remaining: remaining - count)
        try decodePayload(words.extracting(index..<index + count), of: register, into: &sink)
        index += count
      }
    }
    wordCount = start + words.count
  }

  /// Takes the next words of the stream, in O(`words.count`).
  ///
  /// - Throws: `BitstreamError.malformedPacket` at a word that is no header, or what the sink throws.
  public mutating func decode<Sink: PacketSink>(_ words: [UInt32], into sink: inout Sink) throws(BitstreamError) {
    try decode(words.span, into: &sink)
  }

  /// Checks, after the last word, that there was a stream and that it ended by DESYNC.
  ///
  /// - Throws: `BitstreamError.unfinished`.
  public func finish() throws(BitstreamError) {
    guard streamCount > 0 else { throw .unfinished("no sync word was found", wordCount: wordCount) }
    switch state {
    case .searching: return
    case .header: throw .unfinished("the last stream does not end by DESYNC", wordCount: wordCount)
    case .payload(let register, let remaining):
      throw .unfinished("\(remaining) words to \(register) are missing", wordCount: wordCount)
    }
  }

  private mutating func decodeHeader<Sink: PacketSink>(
    _ word: UInt32, pending: Pending?, into sink: inout Sink
  ) throws(BitstreamError) {
    guard let header = PacketHeader(word: word) else {
      throw .malformedPacket("\(word.hexadecimal) is no packet header", wordOffset: wordCount)
    }
    state = .header(pending: nil)
    switch (header, pending) {
    case (.noOperation, _): break
    case (.write(let register, 0), _): state = .header(pending: .write(register))
    case (.read(let register, 0), _): state = .header(pending: .read(register))
    case (.write(let register, let count), _), (.longWrite(let count), .write(let register)):
      try beginWrite(register, wordCount: count, into: &sink)
    case (.read(let register, let count), _), (.longRead(let count), .read(let register)):
      try sink.handle(.read(register, wordCount: count), at: wordCount)
    case (.longWrite, _), (.longRead, _):
      throw .malformedPacket("a type 2 packet follows no type 1 header of count 0", wordOffset: wordCount)
    }
  }

  private mutating func beginWrite<Sink: PacketSink>(
    _ register: ConfigurationRegister, wordCount count: Int, into sink: inout Sink
  ) throws(BitstreamError) {
    guard count > 0 else { return }
    state = .payload(register, remaining: count)
    switch register {
    case .fdri: try sink.handle(.frameDataBegins(wordCount: count), at: wordCount)
    case .mfwr: try sink.handle(.multipleFrameWrite(wordCount: count), at: wordCount)
    case .nextDie:
      // The words go to another die, which has a CRC of its own: read them as a stream like any other.
      state = .searching
      crc.reset()
      try sink.handle(.nestedStream(wordCount: count), at: wordCount)
    case .cmd where count != 1:
      // A command changes what the words after it mean, so it stands alone.
      throw .malformedPacket("\(count) words to CMD in one packet", wordOffset: wordCount)
    default: break
    }
  }

  private mutating func decodePayload<Sink: PacketSink>(
    _ words: Span<UInt32>, of register: ConfigurationRegister, into sink: inout Sink
  ) throws(BitstreamError) {
    switch register {
    case .fdri:
      crc.update(words: words, register: register)
      try sink.frameData(words, at: wordCount)
    case .mfwr: crc.update(words: words, register: register)
    default:
      for index in words.indices {
        try decodeWrite(words[index], to: register, at: wordCount + index, into: &sink)
      }
    }
  }

  private mutating func decodeWrite<Sink: PacketSink>(
    _ word: UInt32, to register: ConfigurationRegister, at offset: Int, into sink: inout Sink
  ) throws(BitstreamError) {
    guard register != .crc else {
      let check = CRCCheck(wordOffset: offset, stored: word, computed: crc.value)
      crc.reset()
      try sink.handle(.crcChecked(check), at: offset)
      return
    }
    crc.update(word: word, register: register)
    guard register == .cmd else {
      try sink.handle(.write(register, value: word), at: offset)
      return
    }
    switch ConfigurationCommand(rawValue: word) {
    case .desync:
      state = .searching
      try sink.handle(.desynchronized, at: offset)
    case .rcrc:
      crc.reset()
      try sink.handle(.command(.rcrc), at: offset)
    case let command: try sink.handle(.command(command), at: offset)
    }
  }
}
