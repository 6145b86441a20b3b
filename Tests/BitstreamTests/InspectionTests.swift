import Bitstream
import Testing

@Suite struct InspectionTests {
  private let device = DeviceID(rawValue: 0x05F5_A0FF)

  /// A small partial as this package writes it.
  private func partial() throws -> [UInt8] {
    try PartialWriter(part: tinyPart(), region: [10..<20]).partial(design: "d", words: randomFrames(10, seed: 1))
  }

  @Test func `a partial is shown with its frames, registers and commands`() throws {
    let inspection = BitstreamInspection(of: try partial())
    #expect(inspection.refusal == nil)
    #expect(inspection.format == .bit)
    #expect(inspection.header?.design == "d;PARTIAL=TRUE")
    #expect(inspection.header?.part == "softfpga-tiny")
    #expect(inspection.header?.date == "1980/01/01")
    #expect(inspection.header?.time == "00:00:00")
    #expect(inspection.device == device)
    #expect(inspection.streams.items.map(\.wordOffset) == [20])
    #expect(inspection.frames.items.map(\.frameCount) == [12])
    #expect(inspection.frames.items.map(\.fields) == [FrameFields(blockType: 0, row: 1, column: 0, minor: 0)])
    #expect(inspection.registers.map(\.register.description) == ["CRC", "FAR", "FDRI", "CMD", "IDCODE"])
    #expect(inspection.registers.map(\.writeCount) == [1, 2, 1, 6, 1])
    #expect(inspection.registers.map(\.wordCount) == [1, 2, 12 * 93, 6, 1])
    #expect(
      inspection.commands.map { $0.command?.description ?? "" }
        == ["WCFG", "DGHIGH/LFRM", "START", "RCRC", "GRESTORE", "DESYNC"])
  }

  @Test func `a .bin file is partial by what it does`() throws {
    let partial = try BitFile(parsing: partial()).words
    #expect(inspect(partial).isPartial == true)
    var whole = StreamBuilder()
    whole.write(0x3800_3FE5, to: .cor0)
    whole.frames(at: FrameAddress(rawValue: 0), randomFrames(1, seed: 2))
    whole.command(.start)
    whole.end()
    #expect(inspect(whole.words).isPartial == false)
    #expect(inspect([0xFFFF_FFFF, 0xAA99_5566]).isPartial == nil)
  }

  @Test func `an UltraScale device has frames and addresses of its own`() {
    let inspection = inspect(Shapes.ultraScale())
    #expect(inspection.refusal == nil)
    #expect(inspection.family == .ultraScale)
    #expect(inspection.device?.names == ["xcku040"])
    #expect(inspection.frames.items.map(\.frameCount) == [1])
    #expect(inspection.frames.items.map(\.fields) == [FrameFields(blockType: 1, row: 3, column: 5, minor: 6)])
    #expect(inspection.multipleFrameWriteCount == 1)
    #expect(inspection.isPartial == false)
  }

  @Test func `the dies of a stacked device are read one inside the other`() {
    let inspection = inspect(Shapes.dies())
    #expect(inspection.refusal == nil)
    #expect(inspection.isPartial == false)
    #expect(inspection.device?.names == ["xcvu9p"])
    #expect(inspection.streams.items.map(\.die) == [0, 0, 1, 1, 2])
    #expect(inspection.streams.items.map(\.device?.rawValue) == [0x04B3_1093, nil, 0x04B2_2093, nil, 0x04B2_4093])
    #expect(inspection.streams.items.map(\.isEnded) == [true, false, true, false, true])
    #expect(inspection.crcWords.items.map(\.stream) == [0, 2, 4])
    #expect(inspection.strayWords.count == 0)
    #expect(inspection.registers.first { $0.register == .nextDie }?.writeCount == 2)
  }

  @Test(arguments: Shapes.AfterNested.allCases)
  func `what follows the words for the next die hides no CRC word`(after: Shapes.AfterNested) {
    let inspection = inspect(Shapes.dies(after: after))
    #expect(inspection.refusal == nil)
    let hasFurther = after == .checkedCRC || after == .leadInAndStream
    #expect(inspection.crcWords.count == (hasFurther ? 5 : 3))
    #expect(inspection.crcMismatchCount == 0)
  }

  @Test func `dies beside one another are read, each with its CRC`() {
    let inspection = inspect(Shapes.siblingDies())
    #expect(inspection.refusal == nil)
    #expect(inspection.crcWords.items.map(\.check.isMatch) == [true, true, true])
    #expect(inspection.streams.items.compactMap(\.device?.rawValue) == [0x04B3_1093, 0x04B2_2093, 0x04B2_4093])
  }

  @Test func `a stream that another begins in hides no CRC word`() {
    let lead: [UInt32] = [0xFFFF_FFFF, 0xBB, 0x1122_0044, 0xFFFF_FFFF, 0xAA99_5566]
    for (between, streamCount) in [([], 3), ([0xAA99_5566], 4), ([0x3003_E001, 0xB, 0x3000_8001, 18] + lead, 4)]
      as [([UInt32], Int)]
    {
      var stream = StreamBuilder(device: nil)
      stream.raw([0xAA99_5566] + between)
      stream.command(.rcrc)
      var rest = StreamBuilder()
      rest.end()
      let inspection = inspect(stream.words + rest.words)
      #expect(inspection.refusal == nil)
      #expect(inspection.crcWords.items.map(\.check.isMatch) == [true])
      #expect(inspection.streams.count == streamCount)
    }
  }

  @Test func `after a fault the streams that follow are read`() {
    var sound = StreamBuilder()
    sound.end()
    for fault in [[0xDEAD_BEEF], [0x3000_8002, 0, 0], [0x5000_0001, 0]] as [[UInt32]] {
      let inspection = inspect([0xAA99_5566] + fault + [7] + sound.words)
      #expect(inspection.fault?.wordOffset == 1)
      #expect(inspection.crcWords.items.map(\.check.isMatch) == [true])
      #expect(inspection.strayWords.count == 0)
    }
  }

  @Test func `a die's stream without DESYNC hides none of the others`() {
    var inner = StreamBuilder(device: DeviceID(rawValue: 0x04B2_2093))
    inner.storeCRC()
    var outer = StreamBuilder()
    outer.storeCRC()
    outer.raw([0x3003_C000, 0x5000_0000 | UInt32(inner.words.count)] + inner.words)
    outer.write(0, to: .far)
    outer.end()
    let inspection = inspect(outer.words)
    #expect(inspection.fault?.error.code == "bitstream.malformed")
    #expect(inspection.crcWords.items.map(\.check.isMatch) == [true, true, true])
  }

  @Test func `an unknown device is shown without frames' numbers`() {
    var stream = StreamBuilder(device: DeviceID(rawValue: 0x0362_D093))
    stream.frames(at: FrameAddress(rawValue: 0), randomFrames(1, seed: 3))
    stream.end()
    let inspection = inspect(stream.words)
    #expect(inspection.refusal == nil)
    #expect(inspection.family == nil)
    #expect(inspection.device?.names == [])
    #expect(inspection.frames.items.map(\.wordCount) == [186])
    #expect(inspection.frames.items.map(\.frameCount) == [nil])
  }

  @Test func `two devices share an IDCODE`() {
    #expect(DeviceID(rawValue: 0x14B7_D093).names == ["xcu280", "xcu55c"])
  }

  @Test func `repeated frames are counted`() {
    let inspection = inspect(Shapes.compressed())
    #expect(inspection.refusal == nil)
    #expect(inspection.isPartial == false)
    #expect(inspection.multipleFrameWriteCount == 4)
    let use = inspection.registers.first { $0.register == .mfwr }
    #expect(use?.writeCount == 4)
    #expect(use?.wordCount == 56)
  }

  @Test func `decryption shows as encrypted`() {
    var masked = StreamBuilder()
    masked.write(0x40, to: .mask)
    masked.write(0x40, to: .ctl0)
    masked.end()
    #expect(inspect(masked.words).isEncrypted)
    var vector = StreamBuilder()
    vector.write(1, to: ConfigurationRegister(rawValue: 11))
    vector.end()
    #expect(inspect(vector.words).isEncrypted)
    var unmasked = StreamBuilder()
    unmasked.write(0x01, to: .mask)
    unmasked.write(0x41, to: .ctl0)
    unmasked.end()
    #expect(!inspect(unmasked.words).isEncrypted)
  }

  @Test func `what is before a fault is shown with it`() throws {
    var stream = StreamBuilder()
    stream.frames(at: FrameAddress(rawValue: 0), randomFrames(1, seed: 4))
    stream.storeCRC()
    let offset = stream.words.count
    stream.raw([0xDEAD_BEEF])
    let inspection = inspect(stream.words)
    #expect(inspection.fault?.error.code == "bitstream.malformed")
    #expect(inspection.fault?.wordOffset == offset)
    #expect(inspection.fault?.offset == 4 * offset)
    #expect(inspection.crcWords.items.map(\.check.isMatch) == [true])
    #expect(inspection.frames.count == 1)
    #expect(inspection.refusal == inspection.fault?.error)
  }

  @Test func `a .bit file cut short shows its header and its packets`() throws {
    let bytes = try partial()
    let cut = BitstreamInspection(of: Array(bytes.prefix(bytes.count / 2 + 1)))
    #expect(cut.header?.part == "softfpga-tiny")
    #expect(cut.frames.items.map(\.frameCount) == [12])
    #expect(cut.fault?.error.code == "bitstream.malformed")
    let header = BitstreamInspection(of: Array(bytes.prefix(40)))
    #expect(header.header?.design == "d;PARTIAL=TRUE")
    #expect(header.fault != nil)
    let longer = BitstreamInspection(of: bytes + [1, 2, 3])
    #expect(longer.trailingByteCount == 3)
    #expect(longer.crcWords.items.map(\.check.isMatch) == [true])
    #expect(longer.fault?.error.code == "bitstream.malformed")
  }

  @Test func `words outside of streams are shown where they stand`() throws {
    var stream = StreamBuilder()
    stream.end()
    let inspection = inspect([0x1234_5678, 0x2000_0000] + stream.words + [0x2000_0000, 0xFFFF_FFFF, 7])
    #expect(inspection.refusal == nil)
    #expect(inspection.strayWords.items.map(\.word) == [0x1234_5678, 0x2000_0000, 7])
    #expect(inspection.strayWords.items.map(\.offset) == [0, 4, 4 * (stream.words.count + 4)])
  }

  @Test func `lists have a limit, counts have none`() {
    var words: [UInt32] = [0xAA99_5566]
    for index in 0..<BitstreamInspection.maximumEntryCount + 5 { words += [0x3000_0001, index == 0 ? 1 : 0] }
    words += [0x3000_0001, 1, 0x3000_8001, 13]
    let inspection = inspect(words)
    #expect(inspection.crcWords.items.count == BitstreamInspection.maximumEntryCount)
    #expect(inspection.crcWords.omittedCount == 6)
    #expect(inspection.crcMismatchCount == 2)
    #expect(inspection.fault == nil)
  }

  @Test func `the bitstreams of an xclbin are read, with places in the whole file`() throws {
    var file = XclbinBuilder.sound
    file.sections.insert(.init(kind: .clearingBitstream, content: try partial()), at: 0)
    file.sections.append(.init(kind: .bitstream, content: try partial()))
    let inspection = BitstreamInspection(of: file.bytes)
    #expect(inspection.refusal == nil)
    #expect(inspection.format == .xclbin)
    #expect(inspection.xclbin?.sections.count == 7)
    #expect(inspection.header?.part == "softfpga-tiny")
    #expect(inspection.streams.items.map(\.section) == [6, 0])
    #expect(inspection.crcWords.count == 2)
    for word in inspection.crcWords.items {
      #expect(Array(file.bytes[word.offset..<word.offset + 4]) == WordOrder.bigEndian.bytes(of: [word.check.stored]))
    }
    file.sections[6].content.removeLast(8)
    let broken = BitstreamInspection(of: file.bytes)
    #expect(broken.fault?.section == 6)
    #expect(broken.crcWords.count == 2)
  }

  @Test func `an xclbin with a fault shows the sections that lie in it`() throws {
    var file = XclbinBuilder.sound
    file.sections[1].statedSize = .max
    file.sections.append(.init(kind: .bitstream, content: try partial()))
    let inspection = BitstreamInspection(of: file.bytes)
    #expect(inspection.fault?.error.code == "bitstream.xclbinSectionOutside")
    #expect(inspection.xclbin?.sections.count == 5)
    #expect(inspection.crcWords.items.map(\.check.isMatch) == [true])
  }
}
