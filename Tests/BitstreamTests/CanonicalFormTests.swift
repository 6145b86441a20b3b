import Bitstream
import Digests
import Testing

/// The form of partials: what a device ignores must be what tools write.
@Suite struct CanonicalFormTests {
  private let part: Part
  private let data = randomFrames(2, seed: 41)

  init() throws { part = try tinyPart() }

  /// What refuses a stream that writes frames 0 and 1, or nil.
  private func refusal(_ words: [UInt32], part: Part? = nil, region: [Range<Int>]? = nil) throws -> String? {
    let part = part ?? self.part
    let bytes = try BitFile(
      design: "top;PARTIAL=TRUE", part: part.name, date: "1980/01/01", time: "00:00:00",
      payload: WordOrder.bigEndian.bytes(of: words)
    ).serialized
    return errorCode { _ = try PartialVerifier(part: part, region: region ?? [0..<2]).frames(of: bytes) }
  }

  private func stream(_ change: (inout StreamBuilder) -> Void = { _ in }) -> StreamBuilder {
    var stream = StreamBuilder(canonical: part.device)
    stream.canonicalFrames(at: FrameAddress(rawValue: 0), data)
    change(&stream)
    stream.endCanonically()
    return stream
  }

  @Test func `the form of a written partial is canonical`() throws {
    #expect(try refusal(stream().words) == nil)
  }

  @Test func `a NOOP more or less is refused wherever it stands`() throws {
    let words = stream().words
    for index in words.indices where words[index] == 0x2000_0000 {
      var changed = words
      changed.remove(at: index)
      #expect(try refusal(changed) == "bitstream.notCanonical", "without word \(index)")
      changed = words
      changed.insert(0x2000_0000, at: index)
      #expect(try refusal(changed) == "bitstream.notCanonical", "with one more at word \(index)")
    }
  }

  @Test func `words outside streams are those of tools`() throws {
    let words = stream().words
    for index in 0..<20 {
      var changed = words
      changed[index] ^= 1 << 9
      #expect(try refusal(changed) == "bitstream.notCanonical", "word \(index)")
    }
    for added in [[0], [0xFFFF_FFFF], [0xAA99_5566], [0x2000_0000]] as [[UInt32]] {
      #expect(try refusal(words + added) != nil)
      #expect(try refusal(added + words) != nil)
    }
  }

  @Test func `a second RCRC, packets of another shape and reserved address bits are refused`() throws {
    #expect(
      try refusal(
        stream {
          $0.storeCRC(); $0.command(.rcrc)
        }.words) == "bitstream.notCanonical")
    #expect(try refusal(stream { $0.raw([0x3000_2000]) }.words) == "bitstream.notCanonical")
    #expect(try refusal(stream { $0.write(0x0800_0000, to: .far) }.words) == "bitstream.notCanonical")
  }

  @Test func `two whole streams are not one partial`() throws {
    #expect(try refusal(stream().words + stream().words) == "bitstream.notCanonical")
  }

  @Test func `frames that are repeated verify, each where it may be`() throws {
    let part = try stackedPart()
    let frames = [0..<3, 40..<42]
    let addresses = [0, 1, 2, 40, 41].compactMap { part.address(ofFrame: $0) }
    var stream = StreamBuilder(canonical: part.device)
    stream.repeated(Array(data[..<93]), at: Array(addresses[..<3]))
    stream.repeated(Array(data[93...]), at: Array(addresses[3...]))
    stream.endCanonically()
    #expect(try refusal(stream.words, part: part, region: frames) == nil)
    #expect(try refusal(stream.words, part: part, region: [0..<3, 40..<41]) == "bitstream.frameOutsideRegion")
    #expect(try refusal(stream.words, part: part, region: [0..<4, 40..<42]) == "bitstream.regionNotCovered")
    let dummy = try #require(stream.words.lastIndex(of: 0x3001_400E))
    var changed = stream.words
    changed[dummy + 5] = 1
    #expect(try refusal(changed, part: part, region: frames) == "bitstream.notCanonical")
  }

  @Test func `the words for a further die verify inside a stream`() throws {
    let part = try stackedPart()
    var inner = StreamBuilder(canonical: part.dies[1].device)
    inner.canonicalFrames(at: FrameAddress(rawValue: 0), randomFrames(4, seed: 42), padFrames: 2)
    inner.endCanonically()
    var outer = stream()
    outer.raw([0xAA99_5566, 0x3003_C000, 0x5000_0000 | UInt32(inner.words.count)] + inner.words)
    #expect(try refusal(outer.words, part: part, region: [0..<2, 68..<72]) == nil)
    #expect(try refusal(outer.words, part: part, region: [0..<2]) == "bitstream.frameOutsideRegion")
    #expect(try refusal(outer.words) == "bitstream.forbidden")
    for further in [
      [0x2000_0000], [0xFFFF_FFFF], [0], [0xAA99_5566], [0x3000_2001, 0], [0x3000_0001, 0],
      [0xAA99_5566, 0x3003_C000, 0x5000_0000 | UInt32(inner.words.count)] + inner.words,
    ] as [[UInt32]] {
      #expect(try refusal(outer.words + further, part: part, region: [0..<2, 68..<72]) != nil, "\(further)")
    }
  }

  @Test(arguments: [
    ("top;PARTIAL=TRUE", "softfpga-tiny-2-e", "2026/12/31", "23:59:59", true),
    ("top;PARTIAL=TRUE;UserID=0XFFFFFFFF;Version=2019.1", "softfpga-tiny", "2021/02/04", "07:27:32", true),
    ("top;COMPRESS=TRUE;PARTIAL=TRUE;Version=2022.1.1", "softfpga-tiny", "2021/02/04", "07:27:32", true),
    ("top;=1;PARTIAL=TRUE", "softfpga-tiny", "2021/02/04", "07:27:32", false),
    ("top;PARTIAL=TRUE;PARTIAL=TRUE", "softfpga-tiny", "2021/02/04", "07:27:32", false),
    ("top;PARTIAL=TRUE;UserID=0XFFFFFFFG", "softfpga-tiny", "2021/02/04", "07:27:32", false),
    ("top;PARTIAL=TRUE;ENCRYPT=YES", "softfpga-tiny", "2021/02/04", "07:27:32", false),
    ("top;PARTIAL=TRUE;", "softfpga-tiny", "2021/02/04", "07:27:32", false),
    ("top;PARTIAL=TRUE", "softfpga-tiny-2 e", "2021/02/04", "07:27:32", false),
    ("top;PARTIAL=TRUE", "softfpga-tiny", "2021/13/04", "07:27:32", false),
    ("top;PARTIAL=TRUE", "softfpga-tiny", "2021-02-04", "07:27:32", false),
    ("top;PARTIAL=TRUE", "softfpga-tiny", "2021/02/04", "24:00:00", false),
  ])
  func `the container's texts are such as tools write`(
    design: String, part: String, date: String, time: String, isCanonical: Bool
  ) throws {
    let words = WordOrder.bigEndian.bytes(of: stream().words)
    let bytes = try BitFile(design: design, part: part, date: date, time: time, payload: words).serialized
    let code = errorCode { _ = try PartialVerifier(part: self.part, region: [0..<2]).frames(of: bytes) }
    #expect(code == (isCanonical ? nil : "bitstream.notCanonical"))
  }

  @Test func `a bin file needs whole words and a sync word`() throws {
    let verifier = PartialVerifier(part: part, region: [0..<2])
    let words = stream().words
    for order in [WordOrder.bigEndian, .littleEndian] {
      let bytes = order.bytes(of: words)
      #expect(try verifier.frames(of: bytes) == [0..<2])
      #expect(errorCode { _ = try verifier.frames(of: bytes + [0]) } == "bitstream.malformed")
    }
    #expect(errorCode { _ = try verifier.frames(of: [1, 2, 3, 4]) } == "bitstream.noSyncWord")
    #expect(errorCode { _ = try verifier.frames(of: []) } == "bitstream.noSyncWord")
  }
}
