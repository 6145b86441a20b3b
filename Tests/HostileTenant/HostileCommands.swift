internal import Bitstream
internal import Fabric

/// Images whose packets are each as tools write them, and do harm by what they do together.
extension HostileTenant {
  /// The honest streams in steps, one or two of which are left out, exchanged, replaced or added; ours or a vendor's.
  mutating func streamsOutOfOrder(_ frames: ArraySlice<UInt32>, of device: UInt32) -> [UInt32] {
    var steps = random.draw(0...1) == 0 ? Self.oneStream(frames, device) : Self.fourStreams(frames, device)
    for _ in 0..<random.draw(1...2) {
      // Before the first step there is no stream yet.
      let place = random.draw(1...steps.count - 1)
      switch random.draw(0...3) {
      case 0: steps.insert(anyCommand(), at: place)
      case 1: steps[place] = anyCommand()
      case 2: steps.swapAt(place, random.draw(1...steps.count - 1))
      default: steps.remove(at: place)
      }
    }
    return Array(steps.joined())
  }

  /// A frame in the buffer and MFW, which each address then executes again; MFWR may have written some of them.
  mutating func openRepetition(at first: UInt32) -> [UInt32] {
    var words = bufferedFrame(at: first)
    if random.draw(0...1) == 0 { words += Self.write(first, to: .far, noOperations: 12) + Self.repetition }
    for _ in 0..<random.draw(1...3) { words += Self.write(anyAddress(), to: .far) }
    return words
  }

  /// A block of one random frame, and MFW.
  mutating func bufferedFrame(at address: UInt32) -> [UInt32] {
    let frame = (0..<Part.wordsPerFrame).map { _ in UInt32(truncatingIfNeeded: random.next()) }
    return Self.write(address, to: .far) + Self.words(of: .wcfg) + [0x3000_4000 | UInt32(Part.wordsPerFrame)] + frame
      + Self.words(of: .mfw)
  }

  private mutating func anyCommand() -> [UInt32] {
    let commands: [ConfigurationCommand] = [.shutdown, .aghigh, .start, .lfrm, .grestore, .null, .mfw, .wcfg, .rcrc]
    return Self.words(of: commands[random.draw(0...commands.count - 1)])
  }

  private static func oneStream(_ frames: ArraySlice<UInt32>, _ device: UInt32) -> [[UInt32]] {
    [begin(device, noOperations: 1), Array(frames), words(of: .grestore), words(of: .lfrm), words(of: .start)] + end
  }

  /// Frames with the slot held still, the shutdown, the frames and the start, the frames again: as Vivado writes them.
  private static func fourStreams(_ frames: ArraySlice<UInt32>, _ device: UInt32) -> [[UInt32]] {
    let begin = begin(device, noOperations: 132)
    let hold = [words(of: .null), set(.ctl0, 0x400, under: 0x500), set(.ctl1, 0x20000, under: 0x20000)]
    let release = [set(.ctl1, 0, under: 0x20000)]
    let shutdown = [
      write(0x3800_3FE5, to: .cor0), words(of: .shutdown), write(0, to: .crc, noOperations: 20),
    ]
    let unmask = [words(of: .null), set(.ctl0, 0x500, under: 0x500)]
    let restart = [words(of: .grestore), set(.ctl0, 0, under: 0x100), words(of: .lfrm), words(of: .start)]
    let held = [begin] + hold + [Array(frames)] + release + end
    let stopped = [begin] + shutdown + [words(of: .aghigh)] + end
    return held + stopped + [begin] + shutdown + unmask + release + [Array(frames)] + restart + end + held
  }

  private static func begin(_ device: UInt32, noOperations: Int) -> [UInt32] {
    Array(repeating: .max, count: 16) + [0xBB, 0x1122_0044, .max, .max, 0xAA99_5566]
      + Array(repeating: noOperation, count: noOperations) + words(of: .rcrc) + write(device, to: .idcode)
  }

  private static var end: [[UInt32]] {
    [write(FrameAddress.park.rawValue, to: .far), write(0, to: .crc), words(of: .desync)]
  }

  private static func set(_ register: ConfigurationRegister, _ value: UInt32, under mask: UInt32) -> [UInt32] {
    write(mask, to: .mask) + write(value, to: register)
  }

  /// A packet of one word and the NOOPs after it; a CRC is put right later.
  static func write(_ word: UInt32, to register: ConfigurationRegister, noOperations: Int = 0) -> [UInt32] {
    [0x3000_0001 | UInt32(register.rawValue) << 13, word] + Array(repeating: noOperation, count: noOperations)
  }

  /// A command and the NOOPs that tools write after it (Documentation/bitstreams.md, canonical form).
  static func words(of command: ConfigurationCommand) -> [UInt32] {
    let runs: [ConfigurationCommand: Int] = [
      .rcrc: 2, .wcfg: 1, .mfw: 62, .shutdown: 1, .aghigh: 100, .grestore: 1, .lfrm: 20, .start: 1, .desync: 16,
    ]
    return write(command.rawValue, to: .cmd, noOperations: runs[command] ?? 0)
  }

  /// MFWR with its dummies, and the NOOPs after it.
  static let repetition = [0x3001_400E] + Array(repeating: 0, count: 14) + [noOperation, noOperation]
  static let noOperation: UInt32 = 0x2000_0000
}
