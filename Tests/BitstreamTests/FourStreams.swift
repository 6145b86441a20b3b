import Bitstream

/// A partial of four streams as the vendor's tools write them, step by step, to be put out of order.
struct FourStreams {
  enum Step {
    /// A command, and the NOOPs after it.
    case command(ConfigurationCommand, Int)
    case write(ConfigurationRegister, UInt32)
    case frames([UInt32])
    case crc
    case noOperations(Int)

    /// A command with the NOOPs that tools write after it.
    static func command(_ command: ConfigurationCommand) -> Self {
      let runs: [ConfigurationCommand: Int] = [
        .wcfg: 1, .mfw: 62, .shutdown: 1, .aghigh: 100, .grestore: 1, .lfrm: 20, .start: 1,
      ]
      return .command(command, runs[command] ?? 0)
    }

    /// The command, or nil.
    var command: ConfigurationCommand? { if case .command(let command, _) = self { command } else { nil } }
  }

  /// The steps between IDCODE and DESYNC of each stream.
  var streams: [[Step]]

  /// Writes frames from the first on, that one also before and after.
  init(frames: [UInt32]) {
    let hold: [Step] =
      [
        .command(.null), .write(.mask, 0x500), .write(.ctl0, 0x400), .write(.mask, 0x20000), .write(.ctl1, 0x20000),
        .frames(Array(frames.prefix(Part.wordsPerFrame))), .write(.mask, 0x20000), .write(.ctl1, 0),
      ] + Self.end
    let shutdown: [Step] = [
      .write(.cor0, 0x3800_3FE5), .command(.shutdown), .crc, .noOperations(20),
    ]
    streams = [
      hold,
      shutdown + [.command(.aghigh)] + Self.end,
      shutdown + [
        .command(.null), .write(.mask, 0x500), .write(.ctl0, 0x500), .write(.mask, 0x20000), .write(.ctl1, 0),
        .frames(frames), .command(.grestore), .write(.mask, 0x100), .write(.ctl0, 0), .command(.lfrm),
        .command(.start),
      ] + Self.end,
      hold,
    ]
  }

  private static let end: [Step] = [.write(.far, FrameAddress.park.rawValue), .crc]

  /// The words, with the CRCs that fit.
  func words(for device: DeviceID) -> [UInt32] {
    streams.flatMap { steps in
      var stream = StreamBuilder(canonical: device, runAfterSync: 132)
      for step in steps {
        switch step {
        case .command(let command, let run):
          stream.command(command)
          stream.noOperations(run)
        case .write(let register, let value): stream.write(value, to: register)
        case .frames(let data): stream.canonicalFrames(at: FrameAddress(rawValue: 0), data)
        case .crc: stream.storeCRC()
        case .noOperations(let count): stream.noOperations(count)
        }
      }
      stream.command(.desync)
      stream.noOperations(16)
      return stream.words
    }
  }
}
