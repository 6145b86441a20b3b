/// Takes down what the packets of one payload do.
struct InspectionCollector: PacketSink {
  /// The stream that the packets belong to, and what it has set.
  private struct Level {
    let die: Int
    var stream: Int?
    var family: DeviceFamily?
    var address: FrameAddress?
    var mask: UInt32 = 0
  }

  var inspection: BitstreamInspection
  /// What every register and command came to, by number.
  private(set) var registers: [BitstreamInspection.RegisterUse] = (0..<32).map {
    .init(register: ConfigurationRegister(rawValue: $0))
  }
  private(set) var commands: [BitstreamInspection.CommandUse] =
    (0..<32).map { .init(command: ConfigurationCommand(rawValue: $0)) } + [.init(command: nil)]

  /// What first made no sense in the payload at hand; what follows it is read from the next sync word on.
  private(set) var packetFault: BitstreamError?

  private var section: Int?
  private var payloadOffset = 0
  private var levels = [Level(die: 0)]
  private var dieCount = 1

  init(_ inspection: BitstreamInspection) { self.inspection = inspection }

  /// Begins another payload.
  mutating func begin(section: Int?, payloadOffset: Int) {
    (self.section, self.payloadOffset) = (section, payloadOffset)
    levels = [Level(die: 0)]
    dieCount = 1
    packetFault = nil
  }

  mutating func handle(_ event: PacketEvent, at wordOffset: Int) throws(BitstreamError) {
    switch event {
    case .filler, .noOperations, .irregularPacket, .brokenOff: break
    case .malformed(let error): packetFault = packetFault ?? error
    case .stray(let word): inspection.strayWords.append(.init(offset: byteOffset(wordOffset), word: word))
    case .synchronized: beginStream(at: wordOffset)
    case .desynchronized:
      countCommand(.desync)
      inspection.streams.change(at: level.stream) { $0.isEnded = true }
    // Counted by their packet.
    case .write(.mfwr, _): break
    case .write(let register, let value): takeWrite(of: value, to: register)
    case .command(let command): countCommand(command)
    case .read(let register, _): registers[Int(register.rawValue & 31)].readCount += 1
    case .frameDataBegins(let count): beginFrames(wordCount: count, at: wordOffset)
    case .multipleFrameWrite(let count):
      countWrite(to: .mfwr, wordCount: count)
      inspection.multipleFrameWriteCount += 1
    case .crcChecked(let check):
      countWrite(to: .crc, wordCount: 1)
      if !check.isMatch {
        inspection.crcMismatchCount += 1
        inspection.firstCRCMismatch = inspection.firstCRCMismatch ?? check
      }
      inspection.crcWords.append(.init(stream: level.stream, offset: byteOffset(check.wordOffset), check: check))
    case .nestedStream(let count):
      countWrite(to: .nextDie, wordCount: count)
      levels.append(Level(die: dieCount))
      dieCount += 1
    case .nestedStreamEnded:
      if levels.count > 1 { levels.removeLast() }
    }
  }

  mutating func frameData(_ words: Span<UInt32>, at wordOffset: Int) throws(BitstreamError) {}

  private var level: Level {
    get { levels[levels.count - 1] }
    set { levels[levels.count - 1] = newValue }
  }

  private func byteOffset(_ wordOffset: Int) -> Int { payloadOffset + 4 * wordOffset }

  private mutating func beginStream(at wordOffset: Int) {
    let stream = inspection.streams.append(
      .init(section: section, die: level.die, offset: byteOffset(wordOffset), wordOffset: wordOffset))
    level = Level(die: level.die, stream: stream)
  }

  private mutating func beginFrames(wordCount: Int, at wordOffset: Int) {
    countWrite(to: .fdri, wordCount: wordCount)
    let (address, family) = (level.address, level.family)
    inspection.frames.append(
      .init(
        stream: level.stream, offset: byteOffset(wordOffset), wordOffset: wordOffset, address: address,
        fields: address.flatMap { family?.fields(of: $0) }, wordCount: wordCount,
        frameCount: family.map { wordCount / $0.wordsPerFrame }))
  }

  private mutating func takeWrite(of value: UInt32, to register: ConfigurationRegister) {
    countWrite(to: register, wordCount: 1)
    switch register {
    case .far: level.address = FrameAddress(rawValue: value)
    case .idcode:
      let device = DeviceID(rawValue: value)
      level.family = DeviceFamily(of: device)
      inspection.streams.change(at: level.stream) { $0.device = $0.device ?? device }
    case .mask: level.mask = value
    case .ctl0 where value & level.mask & Self.decryptionBit != 0: inspection.isEncrypted = true
    case .cbc: inspection.isEncrypted = true
    default: break
    }
  }

  private mutating func countWrite(to register: ConfigurationRegister, wordCount: Int) {
    registers[Int(register.rawValue & 31)].writeCount += 1
    registers[Int(register.rawValue & 31)].wordCount += wordCount
  }

  private mutating func countCommand(_ command: ConfigurationCommand) {
    countWrite(to: .cmd, wordCount: 1)
    commands[Int(min(command.rawValue, 32))].count += 1
  }

  /// Bit 6 of CTL0 turns the AES engine on (UG570, chapter 9, "Control Register 0").
  private static let decryptionBit: UInt32 = 1 << 6
}
