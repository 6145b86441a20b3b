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

  @Test(arguments: [ConfigurationRegister.ctl0, .ctl1, .mask, .cor0])
  func `what is written after the last CRC is refused`(register: ConfigurationRegister) {
    var stream = StreamBuilder()
    stream.frames(at: start, randomFrames(1, seed: 4))
    stream.storeCRC()
    stream.write(1, to: register)
    stream.command(.desync)
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.crcMissing")
  }

  @Test(arguments: [ConfigurationCommand.iprog, .rcfg, .mfw, .switch, .init(rawValue: 12), .init(rawValue: 99)])
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

  @Test(arguments: [0x2800_E001, 0x3001_4001, 0x3003_C001] as [UInt32])
  func `reads, compression and other dies are refused`(header: UInt32) {
    var stream = StreamBuilder()
    stream.raw([header, 0])
    #expect(errorCode { _ = try place(stream.words, in: part) } == "bitstream.forbidden")
  }
}
