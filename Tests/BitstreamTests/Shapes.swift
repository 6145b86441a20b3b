import Bitstream

/// Streams of the shapes of real files, with few frames and little in them.
enum Shapes {
  /// What stands after the words for the next die.
  enum AfterNested: CaseIterable {
    case nothing, noOperations, dummies, zero, checkedCRC, leadInAndStream

    func append(to stream: inout StreamBuilder) {
      switch self {
      case .nothing: break
      case .noOperations: stream.noOperations(3)
      case .dummies: stream.raw([0xFFFF_FFFF, 0xFFFF_FFFF])
      case .zero: stream.raw([0])
      case .checkedCRC:
        stream.write(0, to: .far)
        stream.end()
      case .leadInAndStream:
        stream.raw([0xFFFF_FFFF, 0xBB, 0x1122_0044, 0xFFFF_FFFF, 0xAA99_5566])
        stream.write(0, to: .far)
        stream.end()
      }
    }
  }

  /// Three dies, each stream in the one before it, as in the files of an xcvu9p.
  static func dies(after: AfterNested = .nothing) -> [UInt32] {
    var inner: [UInt32] = []
    for device: UInt32 in [0x04B2_4093, 0x04B2_2093, 0x04B3_1093] {
      var stream = StreamBuilder(device: DeviceID(rawValue: device))
      stream.write(0x3800_3FE5, to: .cor0)
      stream.frames(at: FrameAddress(rawValue: 0), randomFrames(1, seed: UInt64(device)))
      stream.command(.start)
      stream.end()
      if !inner.isEmpty {
        stream.raw([0xFFFF_FFFF, 0xAA99_5566, 0x3003_C000, 0x5000_0000 | UInt32(inner.count)] + inner)
        after.append(to: &stream)
      }
      inner = stream.words
    }
    return inner
  }

  /// Three dies, those of the second and third beside each other in the stream of the first.
  static func siblingDies() -> [UInt32] {
    var outer = StreamBuilder(device: DeviceID(rawValue: 0x04B3_1093))
    outer.end()
    for device: UInt32 in [0x04B2_2093, 0x04B2_4093] {
      var inner = StreamBuilder(device: DeviceID(rawValue: device))
      inner.end()
      outer.raw([0xAA99_5566, 0x3003_C000, 0x5000_0000 | UInt32(inner.words.count)] + inner.words)
    }
    return outer.words
  }

  /// A whole UltraScale+ device with one frame at several addresses.
  static func compressed() -> [UInt32] {
    var stream = StreamBuilder(device: DeviceID(rawValue: 0x04AC_2093))
    stream.write(0x3800_3FE5, to: .cor0)
    stream.write(0, to: .far)
    stream.command(.wcfg)
    stream.frameData(randomFrames(1, seed: 3))
    stream.command(.mfw)
    for minor: UInt32 in 0..<4 {
      stream.write(minor, to: .far)
      stream.write([UInt32](repeating: 0, count: 14), to: .mfwr)
    }
    stream.command(.start)
    stream.end()
    return stream.words
  }

  /// A whole UltraScale device, whose frames have 123 words, with one frame at several addresses.
  static func ultraScale() -> [UInt32] {
    var stream = StreamBuilder(device: DeviceID(rawValue: 0x0382_2093))
    stream.write(0x3800_3FE5, to: .cor0)
    // Block type 1, row 3, column 5, minor 6.
    stream.write(1 << 23 | 3 << 17 | 5 << 7 | 6, to: .far)
    stream.command(.wcfg)
    stream.frameData(Array(repeating: 7, count: 123))
    stream.command(.mfw)
    stream.write([UInt32](repeating: 0, count: 7), to: .mfwr)
    stream.command(.start)
    stream.end()
    return stream.words
  }
}
