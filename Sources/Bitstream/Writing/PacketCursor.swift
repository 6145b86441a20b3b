/// Reads the packets of configuration words that are at hand as a whole, one after the other, each with its place.
///
/// Where `PacketDecoder` tells what a device would do, this tells what stands there, so that the same can be written
/// again: every word is in exactly one packet. It checks each stored CRC on its way, and allocates nothing.
struct PacketCursor {
  enum Packet {
    /// Words before and including a sync word, or after DESYNC up to the end.
    case outside(Range<Int>)
    /// A run of NOOP.
    case noOperations(count: Int)
    /// Words for a register, by a type 2 header if long.
    case write(ConfigurationRegister, payload: Range<Int>, isLong: Bool)
    /// The stream of the next die, which has a cursor of its own.
    case nextDie(Range<Int>)
  }

  /// The number of words read so far, which is where the next packet begins.
  private(set) var offset: Int

  private let words: [UInt32]
  private let end: Int
  private var isInStream = false
  private var streamCount = 0
  /// Whether the present stream held that of another die: real files then end without DESYNC.
  private var mayEndInStream = false
  private var crc = ConfigurationCRC()

  /// Reads those words of `words`, whose offsets it reports.
  init(_ words: [UInt32], in range: Range<Int>) {
    self.words = words
    offset = range.lowerBound
    end = range.upperBound
  }

  /// The next packet, or nil at the end; O(its words).
  ///
  /// - Throws: `BitstreamError.malformedPacket`, `.unfinished`, `.crcMismatch`, `.forbidden` for a read.
  mutating func next() throws(BitstreamError) -> Packet? {
    guard offset < end else {
      guard streamCount > 0 else { throw .unfinished("no sync word was found", wordCount: end) }
      guard !isInStream || mayEndInStream else {
        throw .unfinished("the last stream does not end by DESYNC", wordCount: end)
      }
      return nil
    }
    guard isInStream else { return skipOutside() }
    let word = words[offset]
    switch PacketHeader(word: word) {
    case .noOperation: return takeNoOperations()
    case .write(let register, 0):
      guard offset + 1 < end, case .longWrite(let count)? = PacketHeader(word: words[offset + 1]) else {
        return try takeWrite(register, headerCount: 1, count: 0)
      }
      return try takeWrite(register, headerCount: 2, count: count)
    case .write(let register, let count): return try takeWrite(register, headerCount: 1, count: count)
    case .read(let register, _): throw .forbidden("a read of \(register)", wordOffset: offset)
    case .longWrite, .longRead:
      throw .malformedPacket("a type 2 packet follows no type 1 header of count 0", wordOffset: offset)
    case nil: throw .malformedPacket("\(word.hexadecimal) is no packet header", wordOffset: offset)
    }
  }

  private mutating func skipOutside() -> Packet {
    let start = offset
    while offset < end {
      offset += 1
      if words[offset - 1] == PacketHeader.syncWord {
        isInStream = true
        mayEndInStream = false
        streamCount += 1
        break
      }
    }
    return .outside(start..<offset)
  }

  private mutating func takeNoOperations() -> Packet {
    let start = offset
    while offset < end, words[offset] == PacketHeader.noOperationWord { offset += 1 }
    return .noOperations(count: offset - start)
  }

  private mutating func takeWrite(
    _ register: ConfigurationRegister, headerCount: Int, count: Int
  ) throws(BitstreamError) -> Packet {
    let start = offset + headerCount
    guard count <= end - start else {
      throw .unfinished("\(count - (end - start)) words to \(register) are missing", wordCount: end)
    }
    let payload = start..<start + count
    offset = payload.upperBound
    guard register != .nextDie else {
      guard headerCount == 2 else {
        throw .malformedPacket("the stream of another die without a type 2 header", wordOffset: start)
      }
      mayEndInStream = true
      return .nextDie(payload)
    }
    try check(payload, of: register)
    return .write(register, payload: payload, isLong: headerCount == 2)
  }

  private mutating func check(_ payload: Range<Int>, of register: ConfigurationRegister) throws(BitstreamError) {
    switch register {
    case .crc, .cmd:
      guard payload.count <= 1 else {
        throw .malformedPacket("\(payload.count) words to \(register) in one packet", wordOffset: payload.lowerBound)
      }
      guard let offset = payload.first else { return }
      if register == .crc {
        let check = CRCCheck(wordOffset: offset, stored: words[offset], computed: crc.value)
        guard check.isMatch else { throw .crcMismatch(check) }
        crc.reset()
      } else {
        take(ConfigurationCommand(rawValue: words[offset]))
      }
    default:
      let words = words
      crc.update(words: words.span.extracting(payload), register: register)
    }
  }

  private mutating func take(_ command: ConfigurationCommand) {
    crc.update(word: command.rawValue, register: .cmd)
    if command == .rcrc { crc.reset() }
    if command == .desync { isInStream = false }
  }
}
