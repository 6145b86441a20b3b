import Bitstream
import Digests
import Testing
import TestBench

@Suite struct PartialTests {
  private let part: Part
  private let row: [Range<Int>]
  private let data: [UInt32]
  private let bytes: [UInt8]
  private let file: BitFile

  init() throws {
    part = try tinyPart()
    row = [10..<20]
    data = randomFrames(10, seed: 5)
    bytes = try PartialWriter(part: part, region: row).partial(design: "tiny", words: data)
    file = try BitFile(parsing: bytes)
  }

  private func verify(_ bytes: [UInt8], region: [Range<Int>]? = nil, part: Part? = nil) throws -> VerifiedPartial {
    try PartialVerifier(part: part ?? self.part, region: region ?? row).verify(bytes, digest: Digest(of: bytes))
  }

  private func verify(words: [UInt32]) throws { _ = try verify(file.replacing(words: words).serialized) }

  @Test func `what is written verifies, and places the frames given`() throws {
    let verified = try verify(bytes)
    #expect(verified.device == part.device)
    #expect(verified.frames == row)
    #expect(verified.digest == Digest(of: bytes))
    #expect(verified.bytes == bytes)
    let store = try place(file.words, in: part, allowing: row)
    #expect((10..<20).flatMap { store.frames[$0] ?? [] } == data)
    #expect(BitstreamInspection(of: bytes).refusal == nil)
  }

  @Test func `the same content is the same bytes for ever`() throws {
    let words = (0..<UInt32(930)).map { $0 &* 0x9E37_79B9 }
    let bytes = try PartialWriter(part: part, region: row).partial(design: "golden", words: words)
    #expect(Digest(of: bytes).hexadecimal == "9a55acf61a691a048f06fff374e4ae38fa4524acba202555187d36957e2e1a60")
  }

  @Test func `a slot of two rows of the large part verifies`() throws {
    let part = try largePart()
    let region = [2812..<8436]
    let frames = randomFrames(4, seed: 6)
    let writer = try PartialWriter(part: part, region: region)
    let bytes = try writer.partial(design: "big") { Array(frames[($0 % 4 * 93)..<($0 % 4 * 93 + 93)]) }
    #expect(try verify(bytes, region: [5624..<8436, 2812..<5624], part: part).frames == region)
    let blocks = BitstreamInspection(of: bytes).frames.items
    #expect(blocks.map(\.wordCount) == [2814 * 93, 2814 * 93])
    #expect(blocks.map(\.address) == [FrameAddress(rawValue: 0x0004_0000), FrameAddress(rawValue: 0x0008_0000)])
  }

  @Test func `a slot of several columns in two rows verifies`() throws {
    let region = [13..<18, 23..<30]
    let bytes = try PartialWriter(part: part, region: region).partial(
      design: "columns", words: randomFrames(12, seed: 8))
    #expect(try verify(bytes, region: region).frames == region)
  }

  @Test func `every check names its own failure`() throws {
    let other = try Part(name: part.name, device: DeviceID(rawValue: 0x0123_4567), rows: 4, columns: part.columns)
    let renamed = try Part(name: "softfpga-t", device: part.device, rows: 4, columns: part.columns)
    #expect(errorCode { _ = try verify(bytes, part: other) } == "bitstream.wrongDevice")
    #expect(errorCode { _ = try verify(bytes, part: renamed) } == "bitstream.wrongPart")
    #expect(errorCode { _ = try verify(bytes, region: [0..<10]) } == "bitstream.frameOutsideRegion")
    #expect(errorCode { _ = try verify(bytes, region: [10..<19]) } == "bitstream.frameOutsideRegion")
    #expect(errorCode { _ = try verify(bytes, region: [10..<30]) } == "bitstream.regionNotCovered")
    #expect(errorCode { _ = try verify(Array(repeating: 0, count: 1 << 20)) } == "bitstream.tooLarge")
    let full = try BitFile(design: "top", part: part.name, date: "", time: "", payload: Array(file.payload))
    #expect(errorCode { _ = try verify(full.serialized) } == "bitstream.notPartial")
    let digest = Digest(of: [])
    #expect {
      try PartialVerifier(part: part, region: row).verify(bytes, digest: digest)
    } throws: {
      $0 as? BitstreamError == .digestMismatch(expected: digest, actual: Digest(of: bytes))
    }
  }

  @Test func `a partial that writes nothing is refused, even for a slot of no frames`() {
    var stream = StreamBuilder(canonical: part.device)
    stream.endCanonically()
    #expect(errorCode { try verify(words: stream.words) } == "bitstream.regionNotCovered")
    #expect(
      errorCode { _ = try verify(file.replacing(words: stream.words).serialized, region: []) }
        == "bitstream.regionNotCovered")
  }

  @Test func `a partial cut at any word is refused`() throws {
    let words = file.words
    for count in 1..<words.count {
      let code = errorCode { try verify(words: Array(words.prefix(count))) }
      let hasStream = count >= words.count - 16
      #expect(code == (hasStream ? "bitstream.notCanonical" : "bitstream.unfinished"), "\(count) words")
    }
  }

  /// The places in a written partial whose bits matter each in their own way.
  private enum Place: CaseIterable {
    case sync, idcode, revision, address, longCount, frame, pad, storedCRC, start, desync

    func words(in file: BitFile) throws -> (range: Range<Int>, bits: Range<UInt32>) {
      let inspection = BitstreamInspection(of: file.serialized)
      let block = try #require(inspection.frames.items.first).wordOffset
      let crc = try #require(inspection.crcWords.items.first).check.wordOffset
      switch self {
      case .sync: return (20..<21, 0..<32)
      case .idcode: return (27..<28, 0..<28)
      case .revision: return (27..<28, 28..<32)
      case .address: return (block - 5..<block - 4, 0..<32)
      case .longCount: return (block..<block + 1, 0..<27)
      case .frame: return (block + 1..<block + 931, 0..<32)
      case .pad: return (block + 931..<block + 931 + 186, 0..<32)
      case .start: return (crc - 5..<crc - 4, 0..<32)
      case .storedCRC: return (crc..<crc + 1, 0..<32)
      case .desync: return (crc + 2..<crc + 3, 0..<32)
      }
    }

    var codes: Set<String> {
      switch self {
      case .sync: ["bitstream.notCanonical"]
      case .idcode: ["bitstream.wrongDevice"]
      case .revision, .frame, .storedCRC: ["bitstream.crcMismatch"]
      case .address:
        [
          "bitstream.frameAddressUnknown", "bitstream.frameOutsideRegion", "bitstream.malformed",
          "bitstream.notCanonical",
        ]
      case .longCount: ["bitstream.malformed", "bitstream.frameOutsideRegion"]
      case .pad: ["bitstream.padNotZero"]
      case .start: ["bitstream.crcMismatch", "bitstream.crcMissing", "bitstream.forbidden", "bitstream.notCanonical"]
      case .desync: ["bitstream.notCanonical", "bitstream.forbidden", "bitstream.malformed"]
      }
    }
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `a changed bit is refused by the name of its place`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for place in Place.allCases {
      let (range, bits) = try place.words(in: file)
      var words = file.words
      let index = Int.random(in: range, using: &random)
      words[index] ^= 1 << UInt32.random(in: bits, using: &random)
      let code = errorCode { try verify(words: words) }
      #expect(place.codes.contains(code ?? "accepted"), "\(place), word \(index), seed \(seed): \(code ?? "accepted")")
    }
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `a partial changed anywhere is refused or writes the same frames`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let original = try place(file.words, in: part)
    var changed = bytes
    let bit = Int.random(in: 0..<8 * changed.count, using: &random)
    changed[bit / 8] ^= 1 << UInt8(bit % 8)
    #expect(
      errorCode { _ = try PartialVerifier(part: part, region: row).verify(changed, digest: Digest(of: bytes)) }
        == "bitstream.digestMismatch")
    guard let verified = try? PartialVerifier(part: part, region: row).verify(changed, digest: Digest(of: changed))
    else { return }
    #expect(verified.frames == row, "bit \(bit), seed \(seed)")
    #expect(try place(BitFile(parsing: changed).words, in: part) == original, "bit \(bit), seed \(seed)")
  }

  @Test func `a region that is empty or leaves the part cannot be written`() {
    for region in [[], [3..<3], [-1..<3], [30..<41]] as [[Range<Int>]] {
      #expect(errorCode { _ = try PartialWriter(part: part, region: region) } == "bitstream.invalidContent")
    }
  }

  @Test func `content of the wrong size cannot be written`() throws {
    let writer = try PartialWriter(part: part, region: row)
    #expect(errorCode { _ = try writer.partial(design: "d", words: [1, 2]) } == "bitstream.invalidContent")
    #expect(errorCode { _ = try writer.partial(design: "d") { _ in [] } } == "bitstream.invalidContent")
    #expect(errorCode { _ = try writer.partial(design: "a;b", words: data) } == "bitstream.invalidContent")
  }

  @Test func `what no verifier would take cannot be written`() throws {
    let writer = try PartialWriter(part: part, region: row)
    #expect(errorCode { _ = try writer.partial(design: "", words: data) } == "bitstream.invalidContent")
    for name in ["XCZU7EV", "xczu7ev_1"] {
      let part = try Part(name: name, dies: part.dies)
      #expect(errorCode { _ = try PartialWriter(part: part, region: row) } == "bitstream.invalidContent", "\(name)")
    }
  }
}
