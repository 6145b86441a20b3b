import Bitstream

/// A configuration stream as a tester types it in, with the CRC of whatever was written and no care for slots.
struct RawStream {
  private(set) var words: [UInt32]
  private var crc = ConfigurationCRC()

  init(device: DeviceID) {
    words = Array(repeating: 0xFFFF_FFFF, count: 16) + [0xBB, 0x1122_0044, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xAA99_5566]
    command(.rcrc)
    crc.reset()
    write(device.rawValue, to: .idcode)
  }

  /// The words so far, a CRC and DESYNC.
  var finished: [UInt32] {
    var copy = self
    copy.checkCRC()
    copy.command(.desync)
    return copy.words
  }

  mutating func write(_ word: UInt32, to register: ConfigurationRegister) {
    write([word], to: register)
  }

  mutating func command(_ command: ConfigurationCommand) { write(command.rawValue, to: .cmd) }

  mutating func checkCRC() {
    words += [0x3000_0001, crc.value]
    crc.reset()
  }

  /// Writes frames from an address on, and a pad frame behind them.
  mutating func write(frames: some Sequence<[UInt32]>, at address: UInt32) {
    write(address, to: .far)
    command(.wcfg)
    write(frames.flatMap(\.self) + Array(repeating: 0, count: 93), to: .fdri)
  }

  /// Loads one frame and writes it at addresses by MFWR.
  mutating func `repeat`(frame: [UInt32], at addresses: [UInt32]) {
    write(addresses.first ?? 0, to: .far)
    command(.wcfg)
    write(frame, to: .fdri)
    command(.mfw)
    for address in addresses {
      write(address, to: .far)
      write(Array(repeating: 0, count: 14), to: .mfwr)
    }
    command(.null)
  }

  private mutating func write(_ data: [UInt32], to register: ConfigurationRegister) {
    let header = 0x3000_0000 | UInt32(register.rawValue) << 13
    words += data.count < 0x800 ? [header | UInt32(data.count)] : [header, 0x5000_0000 | UInt32(data.count)]
    words += data
    crc.update(words: data, register: register)
  }
}
