import Bitstream
import Testing
import TestBench

@Suite struct FrameWriterTests {
  private let part: Part
  private let start = FrameAddress(rawValue: 0)

  init() throws { part = try tinyPart() }

  @Test func `a block inside a row has one pad frame, one to its end has two`() throws {
    let data = randomFrames(10, seed: 2)
    var stream = StreamBuilder()
    stream.frames(at: start, Array(data[..<(4 * 93)]), padFrames: 1)
    stream.frames(at: try #require(part.address(ofFrame: 4)), Array(data[(4 * 93)...]), padFrames: 2)
    stream.end()
    let store = try place(stream.words, in: part)
    #expect(store.frames.keys.sorted() == Array(0..<10))
    #expect((0..<10).flatMap { store.frames[$0] ?? [] } == data)
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `frames are placed the same from pieces of any size`(seed: UInt64) throws {
    var stream = StreamBuilder()
    stream.frames(at: start, randomFrames(10, seed: 3), padFrames: 2)
    stream.end()
    let whole = try place(stream.words, in: part)
    var random = SeededRandom(seed: seed)
    var decoder = PacketDecoder()
    var writer = FrameWriter(part: part, allowedFrames: [0..<10], destination: FrameStore())
    var rest = stream.words[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...200, using: &random))
      try decoder.decode(Array(piece), into: &writer)
      rest = rest.dropFirst(piece.count)
    }
    #expect(writer.destination == whole, "seed \(seed)")
  }

  @Test func `a block that reaches the row's end with one pad frame is refused`() {
    var stream = StreamBuilder()
    stream.frames(at: start, randomFrames(10, seed: 4), padFrames: 1)
    stream.end()
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.malformed")
  }

  @Test func `a block does not run on into the next row`() {
    var stream = StreamBuilder()
    stream.frames(at: start, randomFrames(12, seed: 4), padFrames: 2)
    stream.end()
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.malformed")
  }

  @Test func `part of a frame is refused`() {
    var stream = StreamBuilder()
    stream.frames(at: start, randomFrames(2, seed: 4) + [0])
    stream.end()
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.malformed")
  }

  @Test func `a pad frame is zero`() {
    var stream = StreamBuilder()
    stream.frames(at: start, randomFrames(2, seed: 4), padFrames: 0)
    stream.end()
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.padNotZero")
  }

  @Test func `no frame is written before its device is named`() {
    var stream = StreamBuilder(device: nil)
    stream.frames(at: start, randomFrames(1, seed: 4))
    stream.end()
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.deviceNotNamed")
  }

  @Test func `each stream names its device anew`() {
    var stream = StreamBuilder()
    stream.end()
    stream.raw([0xAA99_5566])
    stream.frames(at: start, randomFrames(1, seed: 4))
    stream.end()
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.deviceNotNamed")
  }

  @Test func `another device is refused, another revision is not`() throws {
    #expect(
      errorCode { _ = try place(StreamBuilder(device: DeviceID(rawValue: 0x04A5_A093)).words, in: part) }
        == "bitstream.wrongDevice")
    var stream = StreamBuilder(device: DeviceID(rawValue: 0x35F5_A0FF))
    stream.frames(at: start, randomFrames(1, seed: 4))
    stream.end()
    #expect(try place(stream.words, in: part).frames.count == 1)
  }

  @Test(arguments: [ConfigurationCommand.null, .lfrm, .start])
  func `no frame is written without the command for it`(command: ConfigurationCommand) {
    var stream = StreamBuilder()
    stream.command(.wcfg)
    stream.write(0, to: .far)
    stream.command(command)
    stream.frameData(randomFrames(2, seed: 4))
    stream.end()
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.writeNotEnabled")
  }

  @Test func `each block names its address`() {
    var stream = StreamBuilder()
    stream.frames(at: start, randomFrames(1, seed: 4))
    stream.frameData(Array(repeating: 0, count: 186))
    stream.end()
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.frameAddressUnknown")
  }

  @Test(arguments: [0x07FC_0000, 0x0000_0003, 0x0100_0000, 0x0010_0000, 0x0800_0000] as [UInt32])
  func `an address without a frame is refused`(address: UInt32) {
    var stream = StreamBuilder()
    stream.frames(at: FrameAddress(rawValue: address), randomFrames(1, seed: 4))
    stream.end()
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.frameAddressUnknown")
  }

  @Test func `nothing of a block that leaves the allowed frames is written`() throws {
    var stream = StreamBuilder()
    stream.frames(at: start, randomFrames(3, seed: 4))
    stream.end()
    var decoder = PacketDecoder()
    var writer = FrameWriter(part: part, allowedFrames: [0..<2, 3..<10], destination: FrameStore())
    #expect {
      try decoder.decode(stream.words, into: &writer)
    } throws: {
      $0 as? BitstreamError == .frameOutsideRegion(frames: 0..<3, region: [0..<2, 3..<10])
    }
    #expect(writer.destination.frames.isEmpty)
  }

  @Test func `allowed frames that touch are one run`() throws {
    var stream = StreamBuilder()
    stream.frames(at: start, randomFrames(3, seed: 4))
    stream.end()
    #expect(try place(stream.words, in: part, allowing: [2..<10, 0..<2]).frames.count == 3)
  }

  @Test func `frames without a right CRC are refused`() {
    var wrong = StreamBuilder()
    wrong.frames(at: start, randomFrames(1, seed: 4))
    wrong.raw([0x3000_0001, 0xDEAD_BEEF])
    #expect(errorCode { _ = try place(wrong.words, in: part) } == "bitstream.crcMismatch")
    var missing = StreamBuilder()
    missing.frames(at: start, randomFrames(1, seed: 4))
    missing.command(.desync)
    #expect(errorCode { _ = try place(missing.words, in: part) } == "bitstream.crcMissing")
    var hidden = StreamBuilder()
    hidden.frames(at: start, randomFrames(1, seed: 4))
    hidden.command(.rcrc)
    #expect(errorCode { _ = try place(hidden.words, in: part) } == "bitstream.crcMissing")
  }

  @Test(arguments: [ConfigurationRegister.far, .ctl1, .cor0])
  func `what is written after the last CRC is refused`(register: ConfigurationRegister) {
    var stream = StreamBuilder()
    stream.frames(at: start, randomFrames(1, seed: 4))
    stream.storeCRC()
    if register == .ctl1 { stream.write(0x20000, to: .mask) }
    stream.write(register == .cor0 ? 0x3800_3FE5 : 0, to: register)
    stream.command(.desync)
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.crcMissing")
  }

  @Test(arguments: [ConfigurationCommand.iprog, .rcfg, .switch, .init(rawValue: 12), .init(rawValue: 99)])
  func `commands that reach outside a slot are refused`(command: ConfigurationCommand) {
    var stream = StreamBuilder()
    stream.command(command)
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.forbidden")
  }

  @Test(arguments: [ConfigurationRegister.wbstar, .cor1, .fdro, .init(rawValue: 13), .init(rawValue: 31)])
  func `registers that reach outside a slot are refused`(register: ConfigurationRegister) {
    var stream = StreamBuilder()
    stream.write(1, to: register)
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.forbidden")
  }

  @Test(arguments: [0x2800_E001, 0x3003_C001] as [UInt32])
  func `reads and dies that the part does not have are refused`(header: UInt32) {
    var stream = StreamBuilder(device: nil)
    stream.raw([header, 0])
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.forbidden")
  }

  @Test func `MFWR writes the last frame of a block to each address`() throws {
    let (first, second) = (randomFrames(1, seed: 31), randomFrames(1, seed: 32))
    var stream = StreamBuilder()
    stream.repeated(first, at: [4, 9, 25].compactMap { part.address(ofFrame: $0) })
    stream.frames(at: try #require(part.address(ofFrame: 30)), second)
    stream.end()
    let store = try place(stream.words, in: part)
    #expect(store.frames == [4: first, 9: first, 25: first, 30: second])
  }

  @Test func `a block of several frames leaves the last for MFWR`() throws {
    let data = randomFrames(2, seed: 33)
    var stream = StreamBuilder()
    stream.frames(at: start, data, padFrames: 0)
    stream.command(.mfw)
    stream.write(1, to: .far)
    stream.raw([0x3001_4001])
    #expect(
      try place(stream.words + [0], in: part, unfinished: true).frames == [
        0: Array(data[..<93]), 1: Array(data[93...]),
      ])
  }

  @Test func `MFWR needs MFW, MFW a frame, and each an address in the slot`() throws {
    let frame = randomFrames(1, seed: 34)
    let mfwr: [UInt32] = [0x3001_4001, 0]
    var stream = StreamBuilder()
    stream.frames(at: start, frame)
    #expect(
      errorCode { _ = try place(stream.words + [0x3000_2001, 1] + mfwr, in: part) } == "bitstream.writeNotEnabled")
    stream = StreamBuilder()
    stream.command(.mfw)
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.malformed")
    stream = StreamBuilder()
    stream.frames(at: start, frame, padFrames: 0)
    #expect(errorCode { _ = try place(stream.words + [0x3000_2001, 1], in: part) } == "bitstream.malformed")
    stream.command(.mfw)
    #expect(errorCode { _ = try place(stream.words + mfwr, in: part) } == "bitstream.frameAddressUnknown")
    let outside = stream.words + [0x3000_2001, 0x0004_0000] + mfwr
    #expect(errorCode { _ = try place(outside, in: part, allowing: [0..<10]) } == "bitstream.frameOutsideRegion")
  }

  @Test func `each die takes its own stream's frames`() throws {
    let part = try stackedPart()
    let data = randomFrames(4, seed: 35)
    var inner = StreamBuilder(device: part.dies[1].device)
    inner.frames(at: start, data, padFrames: 2)
    inner.end()
    var outer = StreamBuilder()
    outer.frames(at: FrameAddress(rawValue: 0x0100_0000), Array(data[..<93]))
    outer.end()
    outer.raw([0xAA99_5566, 0x3003_C000, 0x5000_0000 | UInt32(inner.words.count)])
    let store = try place(outer.words + inner.words, in: part)
    #expect(store.frames.keys.sorted() == [40, 68, 69, 70, 71])
    var wrong = StreamBuilder(device: part.dies[0].device)
    wrong.end()
    let words = outer.words.dropLast(1) + [0x5000_0000 | UInt32(wrong.words.count)] + wrong.words
    #expect(errorCode { _ = try place(Array(words), in: part) } == "bitstream.wrongDevice")
  }
}
