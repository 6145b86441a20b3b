import Bitstream
import Digests
import TestBench
import Testing

@Suite struct RelocationTests {
  // MARK: Real files

  @Test(.enabled(if: RealFile.arePresent(.slot0, .slot9)), arguments: [RealFile.slot0, .slot9])
  func `a real partial moved to where it is stays the same, byte for byte`(file: RealFile) throws {
    let bytes = try file.bytes()
    let slot = try file.verifier()
    #expect(try PartialRelocator(part: slot.part, from: slot.region, to: slot.region).relocate(bytes) == bytes)
  }

  @Test(.enabled(if: RealFile.arePresent(.slot9)), arguments: [2, 4])
  func `a real partial of two rows moves down to two others and back`(rows: Int) throws {
    let bytes = try RealFile.slot9.bytes()
    let slot = try RealFile.slot9.verifier()
    let part = slot.part
    let there = part.region(slot.region, movedDownByRows: rows)
    let verified = try slot.verify(bytes, digest: Digest(of: bytes))
    let moved = try PartialRelocator(part: part, from: slot.region, to: there).relocate(verified)
    #expect(moved.frames == there && moved.digest == Digest(of: moved.bytes) && moved.digest != verified.digest)
    #expect(moved.bytes.count == bytes.count)
    #expect(try PartialRelocator(part: part, from: there, to: slot.region).relocate(moved.bytes) == bytes)
    let (a, b) = (try read(bytes, of: part), try read(moved.bytes, of: part))
    let down = UInt32(rows) << 18
    #expect(
      b.frames == Dictionary(uniqueKeysWithValues: a.frames.map { (.init(die: 0, address: $0.address - down), $1) }))
    #expect(a.frames.count == 2 * (1180 + 256) && a.writeCount == b.writeCount)
    #expect(a.otherWrites == b.otherWrites && a.crcCount == b.crcCount && a.header == b.header)
  }

  @Test(.enabled(if: RealFile.arePresent(.slot9)))
  func `a real partial compressed moves as the partial does`() throws {
    let bytes = try RealFile.slot9.bytes()
    let slot = try RealFile.slot9.verifier()
    let there = slot.part.region(slot.region, movedDownByRows: 2)
    let (compressor, relocator) = (
      BitstreamCompressor(part: slot.part), try PartialRelocator(part: slot.part, from: slot.region, to: there)
    )
    #expect(try relocator.relocate(compressor.compress(bytes)) == compressor.compress(relocator.relocate(bytes)))
  }

  @Test(.enabled(if: RealFile.arePresent(.slot0, .slot0Bin)))
  func `a bin file moves as its bit file does`() throws {
    let (bit, bin) = (try RealFile.slot0.bytes(), try RealFile.slot0Bin.bytes())
    let slot = try RealFile.slot0.verifier()
    let there = slot.part.region(slot.region, movedDownByRows: 1)
    let relocator = try PartialRelocator(part: slot.part, from: slot.region, to: there)
    let words = try BitFile(parsing: relocator.relocate(bit)).words
    #expect(try WordOrder.littleEndian.words(of: relocator.relocate(bin)) == words)
  }

  @Test func `a real partial at a row's end does not fit where the row goes on`() throws {
    let slot = try RealFile.slot0.verifier()
    let middle = [try #require(slot.part.frames(die: 0, blockType: 0, row: 5, columns: 106...161)), slot.region[1]]
    let code = errorCode { _ = try PartialRelocator(part: slot.part, from: slot.region, to: middle) }
    #expect(code == "bitstream.regionsDiffer")
  }

  // MARK: Random parts

  /// Two regions of equal geometry: runs of columns in rows, shifted by rows and, where the columns repeat, sideways.
  private func randomRegions(of part: Part, using random: inout SeededRandom) throws -> [[Range<Int>]] {
    let die = Int.random(in: 0..<part.dies.count, using: &random)
    let (rows, columns) = (part.dies[die].rows, part.dies[die].columns)
    let (height, width) = (Int.random(in: 1...rows, using: &random), Int.random(in: 1...columns.count, using: &random))
    let start = Int.random(in: 0...columns.count - width, using: &random)
    let ends = start + width == columns.count
    let starts = (0...columns.count - width).filter {
      columns[$0..<$0 + width] == columns[start..<start + width] && ($0 + width == columns.count) == ends
    }
    let memory = part.dies[die].memoryColumns
    return try (0..<2).map { index in
      let row = Int.random(in: 0...rows - height, using: &random)
      let column = try index == 0 ? start : #require(starts.randomElement(using: &random))
      return (row..<row + height).flatMap { row in
        [
          part.frames(die: die, blockType: 0, row: row, columns: column...column + width - 1),
          memory.isEmpty ? nil : part.frames(die: die, blockType: 1, row: row, columns: 0...memory.count - 1),
        ].compactMap { $0 }
      }
    }
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `a partial moves and comes back, and its frames with it`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let part = try randomPart(using: &random)
    let regions = try randomRegions(of: part, using: &random)
    let (here, there) = (regions[0], regions[1])
    let writer = try PartialWriter(part: part, region: here)
    let words = (0..<writer.frameCount).flatMap { _ in
      Array(repeating: UInt32.random(in: 0..<9, using: &random), count: Part.wordsPerFrame)
    }
    let bytes = try writer.partial(design: "p", compressing: random.chance(60), words: words)
    let moved = try PartialRelocator(part: part, from: here, to: there).relocate(bytes)
    #expect(try PartialRelocator(part: part, from: here, to: here).relocate(bytes) == bytes, "seed \(seed)")
    #expect(try PartialRelocator(part: part, from: there, to: here).relocate(moved) == bytes, "seed \(seed)")
    let frames = try read(moved, of: part).frames
    let places = RangeSet(there).ranges.flatMap { $0 }.compactMap { ordinal -> PlainReader.Place? in
      guard let die = part.die(ofFrame: ordinal), let address = part.address(ofFrame: ordinal) else { return nil }
      return .init(die: die, address: address.rawValue)
    }
    #expect(places.flatMap { frames[$0] ?? [] } == words, "seed \(seed)")
    #expect(frames.count == places.count, "seed \(seed)")
  }

  @Test func `what the writer would write there is what moving gives`() throws {
    let part = try largePart()
    let words = randomFrames(2812, seed: 1)
    let (here, there) = (try PartialWriter(part: part, region: [0..<2812]), [5 * 2812..<6 * 2812])
    let moved = try PartialRelocator(part: part, from: here.region, to: there).relocate(
      here.partial(design: "p", words: words))
    #expect(try moved == PartialWriter(part: part, region: there).partial(design: "p", words: words))
  }

  // MARK: Verified partials

  @Test func `a verified partial is verified again where it goes`() throws {
    let part = try tinyPart()
    let bytes = try PartialWriter(part: part, region: [10..<20]).partial(design: "p", words: randomFrames(10, seed: 1))
    let verified = try PartialVerifier(part: part, region: [10..<20]).verify(bytes, digest: Digest(of: bytes))
    let moved = try PartialRelocator(part: part, from: [10..<20], to: [30..<40]).relocate(verified)
    #expect(moved.frames == [30..<40])
    #expect(moved.digest == Digest(of: moved.bytes) && moved.digest != verified.digest)
    #expect(try PartialVerifier(part: part, region: [30..<40]).verify(moved.bytes, digest: moved.digest) == moved)
  }

  // MARK: Refusals

  @Test func `regions of other geometry are refused, with both sides`() throws {
    let part = try tinyPart()
    func refusal(_ from: [Range<Int>], _ to: [Range<Int>]) -> BitstreamError? {
      do throws(BitstreamError) {
        _ = try PartialRelocator(part: part, from: from, to: to)
        return nil
      } catch { return error }
    }
    #expect(refusal([0..<3], [13..<23]) == .regionsDiffer(from: "1 runs of frames in a row", to: "2"))
    guard case .regionsDiffer(let from, let to) = refusal([0..<3], [4..<7]) else {
      Issue.record("other columns were taken")
      return
    }
    #expect(from == "3 frames from minor 0 on in columns of 3 frames, block type 0, die 0, 1 pads at 0x00000000")
    #expect(to == "3 frames from minor 0 on in columns of 4 frames, block type 0, die 0, 1 pads at 0x00000200")
    for (from, to) in [([0..<3], [0..<2]), ([8..<10], [0..<2]), ([0..<2], [1..<3]), ([0..<4], [4..<8])] {
      #expect(refusal(from, to)?.code == "bitstream.regionsDiffer", "\(from) to \(to)")
    }
    #expect(refusal([], [0..<1])?.code == "bitstream.invalidContent")
    #expect(refusal([0..<1], [40..<41])?.code == "bitstream.invalidContent")
    #expect(refusal([0..<3], [30..<33]) == nil)
  }

  @Test func `a frame elsewhere, a wrong CRC and another device are refused`() throws {
    let part = try tinyPart()
    let relocator = try PartialRelocator(part: part, from: [10..<18], to: [20..<28])
    func refusal(_ region: [Range<Int>], change: (inout [UInt32]) -> Void = { _ in }) throws -> String? {
      let writer = try PartialWriter(part: part, region: region)
      let bytes = try writer.partial(design: "p", words: randomFrames(writer.frameCount, seed: 2))
      var words = try BitFile(parsing: bytes).words
      change(&words)
      let changed = try BitFile(parsing: bytes).replacing(words: words).serialized
      return errorCode { _ = try relocator.relocate(changed) }
    }
    #expect(try refusal([10..<18]) == nil)
    #expect(try refusal([12..<15]) == nil)
    #expect(try refusal([8..<10]) == "bitstream.frameOutsideRegion")
    #expect(try refusal([18..<20]) == "bitstream.frameOutsideRegion")
    #expect(try refusal([10..<20]) == "bitstream.malformed")
    #expect(try refusal([10..<18]) { $0[100] ^= 1 } == "bitstream.crcMismatch")
    #expect(try refusal([10..<18]) { $0[27] ^= 1 } == "bitstream.wrongDevice")
    #expect(try refusal([10..<18]) { $0[29] = 0x000C_0000 | 5 } == "bitstream.frameAddressUnknown")
    #expect(try refusal([10..<18]) { $0.removeLast(30) } == "bitstream.unfinished")
    #expect(try refusal([10..<18]) { $0[21] = 0x2800_E001 } == "bitstream.forbidden")
  }

  @Test(arguments: 1...300 as ClosedRange<UInt64>)
  func `a changed bit is refused or changes nothing that is written`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let part = try tinyPart()
    let words = (0..<UInt32(10 * Part.wordsPerFrame)).map { $0 / 200 }
    var bytes = try PartialWriter(part: part, region: [10..<20]).partial(
      design: "p", compressing: random.chance(50), words: words)
    let bit = Int.random(in: 0..<8 * bytes.count, using: &random)
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    guard let moved = try? PartialRelocator(part: part, from: [10..<20], to: [30..<40]).relocate(bytes) else { return }
    let frames = try read(moved, of: part).frames
    #expect(frames.keys.sorted().flatMap { frames[$0] ?? [] } == words, "bit \(bit), seed \(seed)")
  }

  @Test func `a partial cut at any word is refused`() throws {
    let part = try tinyPart()
    let bytes = try PartialWriter(part: part, region: [10..<12]).partial(
      design: "p", words: randomFrames(2, seed: 2))
    let file = try BitFile(parsing: bytes)
    let relocator = try PartialRelocator(part: part, from: [10..<12], to: [20..<22])
    for count in 1..<file.words.count - 16 {
      let cut = try file.replacing(words: Array(file.words.prefix(count))).serialized
      #expect(errorCode { _ = try relocator.relocate(cut) } == "bitstream.unfinished", "\(count) words")
    }
  }
}
