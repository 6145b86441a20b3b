import Bitstream
import Digests
import TestBench
import Testing

@Suite struct CompressionTests {
  /// Frames of few different contents, some runs of them equal.
  private func repetitiveFrames(_ count: Int, kinds: Int, random: inout SeededRandom) -> [UInt32] {
    var words: [UInt32] = []
    var kind = 0
    for _ in 0..<count {
      if Int.random(in: 0..<3, using: &random) == 0 { kind = Int.random(in: 0..<kinds, using: &random) }
      words += (0..<UInt32(Part.wordsPerFrame)).map { kind == 0 ? 0 : $0 &* 0x9E37_79B9 &+ UInt32(kind) }
    }
    return words
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func `a compressed partial writes the same frames in no more bytes`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let part = try randomPart(using: &random)
    let writer = try PartialWriter(part: part, region: randomRegion(of: part, using: &random))
    let words = repetitiveFrames(writer.frameCount, kinds: Int.random(in: 1...40, using: &random), random: &random)
    let plain = try writer.partial(design: "p", words: words)
    let compressed = try writer.partial(design: "p", compressing: true, words: words)
    #expect(compressed.count <= plain.count, "seed \(seed)")
    let (a, b) = (try read(plain, of: part), try read(compressed, of: part))
    #expect(a.frames == b.frames, "seed \(seed)")
    #expect(b.frames.count == writer.frameCount && b.writeCount == writer.frameCount, "seed \(seed)")
    #expect(a.otherWrites == b.otherWrites, "seed \(seed)")
    #expect(b.frames.keys.sorted().flatMap { b.frames[$0] ?? [] } == words, "seed \(seed)")
    #expect(try verifiedFrames(of: compressed, part: part, region: writer.region) == writer.region, "seed \(seed)")
    #expect(try writer.partial(design: "p", compressing: true, words: words) == compressed, "seed \(seed)")
  }

  @Test func `a partial of different frames stays as it is`() throws {
    let part = try Part(name: "long", device: DeviceID(rawValue: 0x05F5_A0FF), rows: 2, columns: [30, 10])
    let writer = try PartialWriter(part: part, region: [0..<80])
    let words = randomFrames(80, seed: 3)
    let plain = try writer.partial(design: "p", words: words)
    #expect(try writer.partial(design: "p", compressing: true, words: words) == plain)
    #expect(try BitstreamCompressor(part: part).compress(plain) == plain)
  }

  @Test func `a repetition is written as real files have it`() throws {
    let part = try tinyPart()
    let words = Array(repeating: 7 as UInt32, count: 10 * Part.wordsPerFrame)
    let bytes = try PartialWriter(part: part, region: [10..<20]).partial(design: "p", compressing: true, words: words)
    let written = try BitFile(parsing: bytes).words[28...]
    let noOperation: UInt32 = 0x2000_0000
    let write = [0x3001_400E] + Array(repeating: 0, count: 14) as [UInt32]
    var expected: [UInt32] = [0x3000_2001, 0x0004_0000, 0x3000_8001, 1, noOperation, 0x3000_405D]
    expected += Array(repeating: 7, count: 93) + [0x3000_8001, 2] + Array(repeating: noOperation, count: 62)
    expected += [0x3000_2001, 0x0004_0000] + Array(repeating: noOperation, count: 12) + write
    expected += [noOperation, noOperation, 0x3000_2001, 0x0004_0001, noOperation] + write
    #expect(Array(written.prefix(expected.count)) == expected)
    let tail: [UInt32] = [noOperation, noOperation, 0x3000_8001, 0, noOperation, 0x3000_8001, 10]
    #expect(Array(written.dropFirst(expected.count + 8 * 20).prefix(7)) == tail)
  }

  @Test func `a blank image of a large slot is small, zero, and verifies`() throws {
    let part = try largePart()
    let region = [2812..<8436]
    let blank = try PartialWriter(part: part, region: region).blank()
    #expect(blank.count < 460_000)
    let frames = try read(blank, of: part).frames
    #expect(frames.count == 5624 && frames.values.allSatisfy { $0 == Array(repeating: 0, count: 93) })
    #expect(try verifiedFrames(of: blank, part: part, region: region) == region)
  }

  @Test func `memory contents end by their own rows and pause longer`() throws {
    let part = try Part(
      name: "m", device: DeviceID(rawValue: 0x05F5_A0FF), rows: 2, columns: [3, 2], memoryColumns: [8, 8])
    let region = [2..<5, 10..<20, 26..<42]
    for compressing in [false, true] {
      var words = randomFrames(29, seed: 4)
      for index in 15..<29 { words.replaceSubrange(index * 93..<index * 93 + 93, with: repeatElement(9, count: 93)) }
      let bytes = try PartialWriter(part: part, region: region).partial(
        design: "m", compressing: compressing, words: words)
      let result = try read(bytes, of: part)
      #expect(result.frames.keys.sorted().flatMap { result.frames[$0] ?? [] } == words)
      let longPauses = try BitFile(parsing: bytes).words.split(separator: 0x3000_2001).dropLast(1).count {
        $0.suffix(12) == Array(repeating: 0x2000_0000, count: 12)[...]
      }
      #expect((longPauses > 1) == compressing)
    }
  }

  @Test func `frames of several dies come in nested streams`() throws {
    let dies = try [0x0123_4093, 0x0456_7093, 0x0765_4093].map {
      try Die(device: DeviceID(rawValue: $0), rows: 2, columns: [3, 5], memoryColumns: [4])
    }
    let part = try Part(name: "stack", dies: dies)
    for region in [[0..<8, 30..<46], [24..<40], [70..<72]] {
      for compressing in [false, true] {
        let writer = try PartialWriter(part: part, region: region)
        let words = (0..<writer.frameCount * 93).map { UInt32($0 / 93 / 4) }
        let bytes = try writer.partial(design: "s", compressing: compressing, words: words)
        let result = try read(bytes, of: part)
        #expect(result.frames.keys.sorted().flatMap { result.frames[$0] ?? [] } == words)
        let last = try #require(part.die(ofFrame: region[region.count - 1].lowerBound))
        #expect(result.otherWrites.filter { $0[0] == 12 } == dies[...last].map { [12, $0.device.rawValue] })
        #expect(result.crcCount == last + 1)
        #expect(try verifiedFrames(of: bytes, part: part, region: region) == region)
      }
    }
  }
}

@Suite struct CompressorTests {
  @Test(.enabled(if: RealFile.arePresent(.slot0, .slot0Bin)))
  func `a bin file stays one, in its own byte order`() throws {
    let (bit, bin) = (try RealFile.slot0.bytes(), try RealFile.slot0Bin.bytes())
    let compressor = BitstreamCompressor(part: try RealFile.slot0.verifier().part)
    let words = try BitFile(parsing: compressor.compress(bit)).words
    #expect(try compressor.compress(bin) == WordOrder.littleEndian.bytes(of: words))
  }

  @Test(.enabled(if: RealFile.arePresent(.compressed)))
  func `a real compressed file becomes no larger, and writes the same frames`() throws {
    let bytes = try RealFile.compressed.bytes()
    let part = try Part.xcau15p()
    let original = try read(bytes, of: part)
    #expect(original.frames.count == 14_364)
    for compressor in [BitstreamCompressor(), BitstreamCompressor(part: part)] {
      let compressed = try compressor.compress(bytes)
      #expect(compressed.count <= bytes.count)
      let result = try read(compressed, of: part)
      #expect(result.frames == original.frames)
      #expect(result.otherWrites == original.otherWrites)
      #expect(result.crcCount == original.crcCount)
      #expect(result.header == original.header)
    }
  }

  @Test(.enabled(if: RealFile.arePresent(.slot0, .slot9)), arguments: [RealFile.slot0, .slot9])
  func `a real partial shrinks where its part is known, and verifies`(file: RealFile) throws {
    let bytes = try file.bytes()
    let verifier = try file.verifier()
    let part = verifier.part
    #expect(try BitstreamCompressor().compress(bytes) == bytes, "without its part it stays as it is")
    let compressed = try BitstreamCompressor(part: part).compress(bytes)
    #expect(compressed.count < bytes.count * 8 / 10)
    #expect(try verifier.verify(compressed, digest: Digest(of: compressed)).frames == verifier.region)
    let (a, b) = (try read(bytes, of: part), try read(compressed, of: part))
    #expect(a.frames == b.frames)
    #expect(a.otherWrites == b.otherWrites)
  }

  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func `what the writer wrote is compressed as the writer would`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let part = try randomPart(using: &random)
    let writer = try PartialWriter(part: part, region: randomRegion(of: part, using: &random))
    let words = (0..<writer.frameCount).flatMap { _ in
      Array(repeating: UInt32.random(in: 0..<6, using: &random), count: Part.wordsPerFrame)
    }
    let plain = try writer.partial(design: "p", words: words)
    let compressed = try BitstreamCompressor(part: part).compress(plain)
    let written = try writer.partial(design: "p", compressing: true, words: words)
    #expect(compressed.count == written.count, "seed \(seed)")
    #expect(try read(compressed, of: part).frames == read(plain, of: part).frames, "seed \(seed)")
    let again = try BitstreamCompressor().compress(compressed)
    #expect(again.count <= compressed.count, "seed \(seed)")
    #expect(try read(again, of: part).frames == read(plain, of: part).frames, "seed \(seed)")
  }

  @Test func `frames of another size stay as they are`() throws {
    // UltraScale: frames of 123 words, 7 dummy words to MFWR.
    var stream = StreamBuilder(device: DeviceID(rawValue: 0x0382_2093))
    for row in 0..<3 as Range<UInt32> {
      stream.write(row << 17, to: .far)
      stream.command(.wcfg)
      stream.write(Array(repeating: row, count: 123), to: .fdri)
      stream.command(.mfw)
      for minor in 0..<4 as Range<UInt32> {
        stream.write(row << 17 | minor, to: .far)
        stream.write(Array(repeating: 0, count: 7), to: .mfwr)
      }
      stream.command(.null)
    }
    stream.end()
    let file = WordOrder.bigEndian.bytes(of: stream.words)
    #expect(try BitstreamCompressor().compress(file) == file)
  }

  @Test func `frame data that go on where compressed frames ended are refused`() throws {
    var stream = StreamBuilder()
    stream.frames(at: FrameAddress(rawValue: 0), randomFrames(1, seed: 1))
    stream.frameData(randomFrames(2, seed: 2))
    stream.end()
    let file = WordOrder.bigEndian.bytes(of: stream.words)
    #expect(errorCode { _ = try BitstreamCompressor().compress(file) } == "bitstream.frameAddressUnknown")
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `a changed bit is refused, or lies where no CRC looks and changes no frame`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let part = try tinyPart()
    let words = (0..<UInt32(10 * Part.wordsPerFrame)).map { $0 / 200 }
    var bytes = try PartialWriter(part: part, region: [10..<20]).partial(design: "p", compressing: true, words: words)
    let frames = try read(bytes, of: part).frames
    let bit = Int.random(in: 0..<8 * bytes.count, using: &random)
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    guard let compressed = try? BitstreamCompressor(part: part).compress(bytes) else { return }
    #expect(try read(compressed, of: part).frames == frames, "bit \(bit), seed \(seed)")
  }
}
