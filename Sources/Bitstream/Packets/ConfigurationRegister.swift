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
  /// Names the device that the bitstream is for.
  public static let idcode = Self(rawValue: 12)
  /// Configuration options 1.
  public static let cor1 = Self(rawValue: 14)
  /// Where a warm boot starts.
  public static let wbstar = Self(rawValue: 16)
  /// Control 1, written under the mask.
  public static let ctl1 = Self(rawValue: 24)
  /// Carries the stream of the next die of a stacked device; undocumented, seen in real files.
  public static let nextDie = Self(rawValue: 30)
}

extension ConfigurationRegister: CustomStringConvertible {
  public var description: String {
    switch self {
    case .crc: "CRC"
    case .far: "FAR"
    case .fdri: "FDRI"
    case .fdro: "FDRO"
    case .cmd: "CMD"
    case .ctl0: "CTL0"
    case .mask: "MASK"
    case .stat: "STAT"
    case .cor0: "COR0"
    case .mfwr: "MFWR"
    case .idcode: "IDCODE"
    case .cor1: "COR1"
    case .wbstar: "WBSTAR"
    case .ctl1: "CTL1"
    default: "register \(rawValue)"
    }
  }
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
}

extension ConfigurationCommand: CustomStringConvertible {
  public var description: String {
    switch self {
    case .null: "NULL"
    case .wcfg: "WCFG"
    case .mfw: "MFW"
    case .lfrm: "DGHIGH/LFRM"
    case .rcfg: "RCFG"
    case .start: "START"
    case .rcrc: "RCRC"
    case .aghigh: "AGHIGH"
    case .switch: "SWITCH"
    case .grestore: "GRESTORE"
    case .shutdown: "SHUTDOWN"
    case .desync: "DESYNC"
    case .iprog: "IPROG"
    default: "command \(rawValue)"
    }
  }
}
