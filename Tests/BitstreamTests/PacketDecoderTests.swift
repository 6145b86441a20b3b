import Bitstream
import Testing
import TestBench

/// Remembers everything.
private struct Recorder: PacketSink, Equatable {
  var events: [PacketEvent] = []
  var offsets: [Int] = []
  var data: [UInt32] = []

  mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
    if case .malformed(let error) = event { throw error }
    // A run of NOOPs comes in as many events as pieces.
    if case .noOperations(let more) = event, case .noOperations(let count)? = events.last {
      events[events.count - 1] = .noOperations(count + more)
      offsets[offsets.count - 1] = wordOffset
      return
    }
    events.append(event)
    offsets.append(wordOffset)
  }

  mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {
    for index in words.indices { data.append(words[index]) }
  }
}

@Suite struct PacketDecoderTests {
  private func record(_ words: [UInt32]) throws -> Recorder {
    var decoder = PacketDecoder()
    var recorder = Recorder()
    try decoder.decode(words, into: &recorder)
    return recorder
  }

  private func finish(_ words: [UInt32]) throws {
    var decoder = PacketDecoder()
    var recorder = Recorder()
    try decoder.decode(words, into: &recorder)
    try decoder.finish()
  }

  private func sampleStream() throws -> [UInt32] {
    var stream = StreamBuilder()
    stream.frames(at: FrameAddress(rawValue: 0), randomFrames(3, seed: 1))
    stream.noOperations(5)
    stream.raw([0x2000_0000, 0x3001_4002, 0, 0, 0x2800_E001, 0x2800_6000, 0x4800_0009])
    stream.end()
    stream.raw([0xFFFF_FFFF, 0xAA99_5566])
    stream.end()
    return stream.words
  }

  @Test func `a stream is told as its events, in order`() throws {
    var stream = StreamBuilder()
    stream.write(0, to: .far)
    stream.command(.wcfg)
    stream.frameData([1, 2, 3])
    stream.raw([0x2000_0000, 0x2800_E001])
    stream.end()
    let recorder = try record(stream.words + [0x1234_5678])
    var crc = ConfigurationCRC()
    crc.update(word: 0x05F5_A0FF, register: .idcode)
    crc.update(word: 0, register: .far)
    crc.update(word: 1, register: .cmd)
    crc.update(words: [1, 2, 3], register: .fdri)
    #expect(
      recorder.events == [
        .filler(0xFFFF_FFFF), .synchronized, .command(.rcrc), .write(.idcode, value: 0x05F5_A0FF),
        .write(.far, value: 0), .command(.wcfg),
        .frameDataBegins(wordCount: 3), .noOperations(1), .read(.stat, wordCount: 1),
        .crcChecked(CRCCheck(wordOffset: 18, stored: crc.value, computed: crc.value)), .desynchronized,
        .stray(0x1234_5678),
      ])
    #expect(recorder.offsets == [0, 1, 3, 5, 7, 9, 11, 15, 16, 18, 20, 21])
    #expect(recorder.data == [1, 2, 3])
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `a stream means the same in pieces of any size`(seed: UInt64) throws {
    let words = try sampleStream()
    let whole = try record(words)
    var random = SeededRandom(seed: seed)
    var decoder = PacketDecoder()
    var recorder = Recorder()
    var rest = words[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 0...40, using: &random))
      try decoder.decode(Array(piece), into: &recorder)
      rest = rest.dropFirst(piece.count)
    }
    try decoder.finish()
    #expect(recorder == whole, "seed \(seed)")
    #expect(decoder.wordCount == words.count)
  }

  @Test func `a wrong CRC is told, and the next begins anew`() throws {
    var stream = StreamBuilder()
    stream.raw([0x3000_0001, 0xDEAD_BEEF])
    let checks = try record(stream.words + [0x3000_0001, 0]).events.compactMap {
      if case .crcChecked(let check) = $0 { check } else { nil }
    }
    #expect(checks.map(\.isMatch) == [false, true])
  }

  @Test func `the stream of another die is read with a CRC of its own`() throws {
    var inner = StreamBuilder(device: DeviceID(rawValue: 0x04B2_2093))
    inner.end()
    var outer = StreamBuilder(device: DeviceID(rawValue: 0x04B3_1093))
    outer.end()
    outer.raw([0xAA99_5566, 0x3003_C000, 0x5000_0000 | UInt32(inner.words.count)])
    let inspection = inspect(outer.words + inner.words)
    #expect(inspection.streams.items.map(\.device?.rawValue) == [0x04B3_1093, nil, 0x04B2_2093])
    #expect(inspection.crcWords.count == 2)
    #expect(inspection.refusal == nil)
  }

  @Test func `the stream around another die's goes on with its own CRC`() throws {
    var inner = StreamBuilder(device: DeviceID(rawValue: 0x04B2_2093))
    inner.end()
    var outer = StreamBuilder()
    outer.raw([0x3003_C000, 0x5000_0000 | UInt32(inner.words.count)] + inner.words)
    outer.write(0, to: .far)
    outer.end()
    let events = try record(outer.words).events
    #expect(events.contains(.nestedStream(wordCount: inner.words.count)))
    #expect(events.suffix(4).first == .nestedStreamEnded)
    #expect(inspect(outer.words).refusal == nil)
  }

  @Test func `streams lie in one another up to the limit`() throws {
    var words = StreamBuilder().words + [0x3000_8001, 13]
    for _ in 0..<PacketDecoder.maximumNesting {
      words = [0xAA99_5566, 0x3003_C000, 0x5000_0000 | UInt32(words.count)] + words
    }
    try finish(words)
    #expect(errorCode { try finish(Array(words.dropLast())) } == "bitstream.unfinished")
    words = [0xAA99_5566, 0x3003_C000, 0x5000_0000 | UInt32(words.count)] + words
    #expect(errorCode { try finish(words) } == "bitstream.malformed")
  }

  @Test func `a packet does not reach beyond the words for its die`() {
    let inner: [UInt32] = [0xAA99_5566, 0x3000_2002, 0]
    #expect(
      errorCode { _ = try record([0xAA99_5566, 0x3003_C000, 0x5000_0003] + inner + [0]) } == "bitstream.malformed")
  }

  @Test func `words for a die that end inside a stream are refused`() {
    #expect(
      errorCode { _ = try record([0xAA99_5566, 0x3003_C000, 0x5000_0002, 0xAA99_5566, 0x2000_0000]) }
        == "bitstream.malformed")
  }

  @Test func `packets that no tool writes are told`() throws {
    for (words, event) in [
      ([0x3000_2000, 0x2000_0000], .irregularPacket(.far, wordCount: 0)),
      ([0x3000_2002, 0, 0], .irregularPacket(.far, wordCount: 2)),
      ([0x3000_2000, 0x5000_0001, 0], .irregularPacket(.far, wordCount: 1)),
      ([0x3000_4000, 0x5000_0000], .irregularPacket(.fdri, wordCount: 0)),
    ] as [([UInt32], PacketEvent)] {
      #expect(try record([0xAA99_5566] + words).events.contains(event))
    }
  }

  @Test(
    arguments: [
      [0], [0x2000_0001], [0x3800_2001], [0x3400_2001], [0x3000_2801], [0x4000_0000],
      [0x5000_0001], [0x3000_4000, 0x2000_0000, 0x5000_0001], [0x3000_4000, 0x4800_0001], [0x3000_8002],
      [0x3000_8000, 0x5000_0002],
    ] as [[UInt32]])
  func `words that are no packets are refused`(words: [UInt32]) {
    #expect(errorCode { _ = try record([0xAA99_5566] + words) } == "bitstream.malformed")
  }

  @Test func `a stream that does not end is refused`() throws {
    let words = try sampleStream()
    #expect(errorCode { try finish(words) } == nil)
    #expect(errorCode { try finish([]) } == "bitstream.unfinished")
    #expect(errorCode { try finish([0xFFFF_FFFF, 0x3000_0001]) } == "bitstream.unfinished")
    #expect(errorCode { try finish(words.dropLast()) } == "bitstream.unfinished")
    #expect(errorCode { try finish(Array(words.prefix(100))) } == "bitstream.unfinished")
  }
}
