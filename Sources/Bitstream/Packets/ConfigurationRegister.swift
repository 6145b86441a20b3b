// The constants of the configuration interface of UltraScale+ devices. Source: AMD UG570 "UltraScale Architecture
// Configuration", chapter 9 (tables "Configuration Registers" and "Command Register Codes"), compared with the words of
// real .bit files. Numbers without a public name are left unnamed.

/// The address of a register of the configuration logic: five bits.
public struct ConfigurationRegister: RawRepresentable, Sendable, Hashable, Codable {
  /// The register's address; only the low five bits reach the device and its CRC.
  public let rawValue: UInt8

  /// Wraps an address.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Compares the CRC of what was written with the written word.
  public static let crc = Self(rawValue: 0)
  /// Frame address.
  public static let far = Self(rawValue: 1)
  /// Frame data, into the device.
  public static let fdri = Self(rawValue: 2)
  /// Frame data, out of the device.
  public static let fdro = Self(rawValue: 3)
  /// Command.
  public static let cmd = Self(rawValue: 4)
  /// Control 0, written under the mask.
  public static let ctl0 = Self(rawValue: 5)
  /// The mask for the next write of a control register.
  public static let mask = Self(rawValue: 6)
  /// Status.
  public static let stat = Self(rawValue: 7)
  /// Configuration options 0.
  public static let cor0 = Self(rawValue: 9)
  /// Repeats the last frame at another address (compressed bitstreams).
  public static let mfwr = Self(rawValue: 10)
  /// Legacy output, to a daisy chain.
  public static let lout = Self(rawValue: 8)
  /// The initial value of a cipher (CBC): only encrypted bitstreams write it.
  public static let cbc = Self(rawValue: 11)
  /// Names the device that the bitstream is for.
  public static let idcode = Self(rawValue: 12)
  /// A word that the user's design can read (USR_ACCESS).
  public static let axss = Self(rawValue: 13)
  /// Configuration options 1.
  public static let cor1 = Self(rawValue: 14)
  /// Where a warm boot starts.
  public static let wbstar = Self(rawValue: 16)
  /// The watchdog's timer.
  public static let timer = Self(rawValue: 17)
  /// Reserved; whole-device bitstreams write zero to it.
  public static let reserved19 = Self(rawValue: 19)
  /// The status of past boots.
  public static let bootsts = Self(rawValue: 22)
  /// Control 1, written under the mask.
  public static let ctl1 = Self(rawValue: 24)
  /// Carries the stream of the next die of a stacked device; undocumented, seen in real files.
  public static let nextDie = Self(rawValue: 30)
  /// Options for reading the bitstream from a parallel or serial flash memory.
  public static let bspi = Self(rawValue: 31)
}

extension ConfigurationRegister: CustomStringConvertible {
  public var description: String { Self.names[self] ?? "register \(rawValue)" }

  /// The register of a manual's name, such as `TIMER`.
  public init?(name: some StringProtocol) {
    guard let register = Self.names.first(where: { $0.value == name })?.key else { return nil }
    self = register
  }

  private static let names: [Self: String] = [
    crc: "CRC", far: "FAR", fdri: "FDRI", fdro: "FDRO", cmd: "CMD", ctl0: "CTL0", mask: "MASK", stat: "STAT",
    lout: "LOUT", cor0: "COR0", mfwr: "MFWR", cbc: "CBC", idcode: "IDCODE", axss: "AXSS", cor1: "COR1",
    wbstar: "WBSTAR", timer: "TIMER", bootsts: "BOOTSTS", ctl1: "CTL1", bspi: "BSPI",
  ]
}

/// A value of the command register.
public struct ConfigurationCommand: RawRepresentable, Sendable, Hashable, Codable {
  /// The word as written.
  public let rawValue: UInt32

  /// Wraps a word.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Does nothing.
  public static let null = Self(rawValue: 0)
  /// Writes configuration frames.
  public static let wcfg = Self(rawValue: 1)
  /// Writes one frame at several addresses.
  public static let mfw = Self(rawValue: 2)
  /// Marks the last frame (DGHIGH/LFRM).
  public static let lfrm = Self(rawValue: 3)
  /// Reads configuration frames.
  public static let rcfg = Self(rawValue: 4)
  /// Begins the start-up sequence.
  public static let start = Self(rawValue: 5)
  /// Loads contents into large memory blocks; named URAM in UltraScale+.
  public static let uram = Self(rawValue: 6)
  /// Sets the CRC register to zero.
  public static let rcrc = Self(rawValue: 7)
  /// Holds the interconnect inactive.
  public static let aghigh = Self(rawValue: 8)
  /// Switches the configuration clock.
  public static let `switch` = Self(rawValue: 9)
  /// Pulses the global restore signal.
  public static let grestore = Self(rawValue: 10)
  /// Begins the shut-down sequence.
  public static let shutdown = Self(rawValue: 11)
  /// Ends the stream: everything up to the next sync word is ignored.
  public static let desync = Self(rawValue: 13)
  /// Reboots the device from another image.
  public static let iprog = Self(rawValue: 15)
  /// Computes the CRC of the device's frames.
  public static let crcc = Self(rawValue: 16)
  /// Loads the watchdog's timer.
  public static let ltimer = Self(rawValue: 17)
  /// Reads on from the flash memory with the options of BSPI.
  public static let bspiRead = Self(rawValue: 18)
  /// Changes the edge at which the flash memory is read.
  public static let fallEdge = Self(rawValue: 19)
}

extension ConfigurationCommand: CustomStringConvertible {
  public var description: String { Self.names[self] ?? "command \(rawValue)" }

  /// The command of a manual's name, such as `IPROG`.
  public init?(name: some StringProtocol) {
    guard let command = Self.names.first(where: { $0.value == name })?.key else { return nil }
    self = command
  }

  private static let names: [Self: String] = [
    null: "NULL", wcfg: "WCFG", mfw: "MFW", lfrm: "DGHIGH/LFRM", rcfg: "RCFG", start: "START", uram: "URAM",
    rcrc: "RCRC", aghigh: "AGHIGH", `switch`: "SWITCH", grestore: "GRESTORE", shutdown: "SHUTDOWN", desync: "DESYNC",
    iprog: "IPROG", crcc: "CRCC", ltimer: "LTIMER", bspiRead: "BSPI_READ", fallEdge: "FALL_EDGE",
  ]
}
