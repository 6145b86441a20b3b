import Bitstream
import Fabric
import SoftFPGA
import Testing

@Suite struct ConfigurationPortTests {
  private let descriptor: BoardDescriptor
  private let words: [UInt32]

  init() throws {
    descriptor = try TinyBoard.descriptor()
    let partial = try verifiedPartial(.kernel(Stage.kernel(1)), for: TinyBoard.big, of: descriptor)
    words = try BitFile(parsing: partial.bytes).words
  }

  private func write(_ words: [UInt32]) -> (logic: ConfigurationLogic, fault: BitstreamError?) {
    var logic = ConfigurationLogic(part: descriptor.part)
    logic.take(words.span)
    return (logic, logic.finish())
  }

  @Test func `an image's frames arrive, and nothing else changes`() throws {
    let (logic, fault) = write(words)
    #expect(fault == nil)
    #expect(!logic.isSynchronized)
    #expect(logic.status == .operating)
    #expect(try KernelFrame(words: logic.readback(8..<9)).kernels == [Stage.kernel(1)])
    #expect(logic.readback(0..<8).allSatisfy { $0 == 0 })
    #expect(!logic.readback(9..<16).contains { $0 == 0 })
  }

  @Test func `words may come in pieces of any size`() {
    let (whole, _) = write(words)
    for size in [1, 7, 92, 93, 94, 500] {
      var logic = ConfigurationLogic(part: descriptor.part)
      for start in stride(from: 0, to: words.count, by: size) {
        logic.take(words.span.extracting(start..<min(start + size, words.count)))
      }
      #expect(logic.finish() == nil)
      #expect(logic.readback(0..<16) == whole.readback(0..<16))
    }
  }

  @Test func `any flipped word of frame data is a CRC error, which stays until the next RCRC`() throws {
    let start = try #require(words.firstIndex(of: KernelFrame.magic))
    for offset in stride(from: 0, to: 4 * 93, by: 31) {
      var wrong = words
      wrong[start + offset] ^= 0x0001_0000
      var (logic, fault) = write(wrong)
      guard case .crcMismatch = fault else {
        Issue.record("word \(offset) was flipped, and the port said \(String(describing: fault))")
        continue
      }
      #expect(logic.status.contains(.crcError))
      #expect(!logic.status.contains(.initComplete))
      logic.reset()
      #expect(logic.status.contains(.crcError))
      let rcrc = try #require(words.firstIndex(of: 7))
      logic.take(words.span.extracting(first: rcrc))
      #expect(logic.isSynchronized)
      #expect(logic.status.contains(.crcError))
      logic.take(words.span.extracting(droppingFirst: rcrc))
      #expect(logic.finish() == nil)
      #expect(logic.status == .operating)
    }
  }

  @Test func `a device that found an error takes no more words`() throws {
    let data = try #require(words.firstIndex(of: KernelFrame.magic))
    var wrong = words
    wrong[try #require(words.firstIndex(of: 0x3001_8001)) + 1] ^= 0x10
    let (logic, fault) = write(wrong + words)
    guard case .wrongDevice = fault else {
      Issue.record("the port said \(String(describing: fault))")
      return
    }
    #expect(logic.status == ConfigurationStatus.operating.union(.idError))
    #expect(logic.readback(0..<16).allSatisfy { $0 == 0 })
    #expect(words[data] == KernelFrame.magic)
  }

  @Test func `frames without an IDCODE before them are an ID error`() throws {
    var wrong = words
    let device = try #require(words.firstIndex(of: 0x3001_8001))
    wrong.replaceSubrange(device...device + 1, with: [0x2000_0000, 0x2000_0000])
    let (logic, fault) = write(wrong)
    guard case .deviceNotNamed = fault else {
      Issue.record("the port said \(String(describing: fault))")
      return
    }
    #expect(logic.status.contains(.idError))
  }

  @Test func `a word that is no packet is a bad packet`() throws {
    var wrong = words
    wrong[try #require(words.firstIndex(of: 0x3001_8001))] = 0xE000_0000
    let (logic, fault) = write(wrong)
    guard case .malformedPacket = fault else {
      Issue.record("the port said \(String(describing: fault))")
      return
    }
    #expect(logic.status.contains(.badPacketError))
  }

  @Test func `a frame address that the part does not have is written nowhere`() throws {
    var stream = RawStream(device: descriptor.part.device)
    stream.write(frames: [[UInt32](repeating: 1, count: 93)], at: 0x0000_0300)
    let (logic, fault) = write(stream.finished)
    #expect(fault == nil)
    #expect(logic.readback(0..<16).allSatisfy { $0 == 0 })
  }

  @Test func `addresses count on into the next row behind two pad frames`() throws {
    var stream = RawStream(device: descriptor.part.device)
    let pad = [UInt32](repeating: 0, count: 93)
    let frames = (1...4).map { [UInt32](repeating: $0, count: 93) }
    stream.write(frames: frames[0...1] + [pad, pad] + frames[2...3], at: address(6))
    let (logic, fault) = write(stream.finished)
    #expect(fault == nil)
    #expect(logic.readback(6..<10) == frames.flatMap(\.self))
    #expect(logic.readback(0..<6).allSatisfy { $0 == 0 })
    #expect(logic.readback(10..<16).allSatisfy { $0 == 0 })
  }

  @Test func `MFWR repeats the last frame at every address that it is given`() throws {
    var stream = RawStream(device: descriptor.part.device)
    let frame = (0..<93).map { UInt32($0) + 1 }
    stream.repeat(frame: frame, at: [address(2), address(11), 0x07FC_0000, address(15)])
    let (logic, fault) = write(stream.finished)
    #expect(fault == nil)
    for ordinal in 0..<16 {
      let expected = [2, 11, 15].contains(ordinal) ? frame : Array(repeating: 0, count: 93)
      #expect(logic.readback(ordinal..<ordinal + 1) == expected)
    }
  }

  @Test func `an address alone repeats the frame while MFW is the command, and not after NULL`() throws {
    var stream = RawStream(device: descriptor.part.device)
    let frame = (0..<93).map { UInt32($0) + 1 }
    stream.repeat(frame: frame, at: [address(2)])
    stream.write(address(4), to: .far)
    stream.command(.mfw)
    stream.write(address(11), to: .far)
    let (logic, fault) = write(stream.finished)
    #expect(fault == nil)
    for ordinal in 0..<16 {
      let expected = [2, 11].contains(ordinal) ? frame : Array(repeating: 0, count: 93)
      #expect(logic.readback(ordinal..<ordinal + 1) == expected)
    }
  }

  @Test func `start-up ends with the CRC after START, shut-down likewise`() {
    var stream = RawStream(device: descriptor.part.device)
    stream.command(.shutdown)
    stream.checkCRC()
    #expect(!write(stream.words).logic.status.contains(.endOfStartup))
    stream.command(.start)
    #expect(!write(stream.words).logic.status.contains(.endOfStartup))
    #expect(write(stream.finished).logic.status == .operating)
  }

  @Test func `an image that breaks off is refused at every length`() {
    for count in stride(from: 0, to: words.count - 16, by: 13) {
      #expect(write(Array(words.prefix(count))).fault != nil, "\(count) words")
    }
  }

  @Test func `frames that the part does not have are read as nothing`() {
    let (logic, _) = write(words)
    for range in [-1..<1, 15..<17, 16..<17, Int.min..<0] { #expect(logic.readback(range).isEmpty) }
  }

  private func address(_ ordinal: Int) -> UInt32 { descriptor.part.address(ofFrame: ordinal)?.rawValue ?? .max }
}
