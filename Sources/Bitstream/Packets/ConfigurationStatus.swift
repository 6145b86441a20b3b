/// The status register of the configuration logic (STAT) of UltraScale+ devices.
///
/// Source of the bits: UG570 chapter 9, table "Status Register"; bits that say nothing here are left out.
public struct ConfigurationStatus: OptionSet, Sendable, Hashable, Codable {
  /// The 32 bits.
  public let rawValue: UInt32

  /// Wraps 32 bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// A CRC in the stream was not that of the words before it.
  public static let crcError = Self(rawValue: 1 << 0)
  /// The start-up sequence has ended (EOS).
  public static let endOfStartup = Self(rawValue: 1 << 4)
  /// The I/Os behave as configured (GTS_CFG_B).
  public static let outputsEnabled = Self(rawValue: 1 << 5)
  /// Flip-flops and block memory can be written (GWE).
  public static let writesEnabled = Self(rawValue: 1 << 6)
  /// The interconnect is active (GHIGH_B).
  public static let interconnectActive = Self(rawValue: 1 << 7)
  /// Initialization is complete, and no error was signalled since (INIT_B inside the device).
  public static let initComplete = Self(rawValue: 1 << 11)
  /// The pin INIT_B, which an error pulls low.
  public static let initPin = Self(rawValue: 1 << 12)
  /// DONE inside the device.
  public static let done = Self(rawValue: 1 << 13)
  /// The pin DONE.
  public static let donePin = Self(rawValue: 1 << 14)
  /// Frames came without the IDCODE of this device before them.
  public static let idError = Self(rawValue: 1 << 15)
  /// Encryption or authentication was violated; older devices call it DEC_ERROR.
  public static let securityError = Self(rawValue: 1 << 16)
  /// A word that begins no packet stood where a packet begins.
  public static let badPacketError = Self(rawValue: 1 << 29)

  /// A device that works as configured.
  public static let operating: Self = [
    .endOfStartup, .outputsEnabled, .writesEnabled, .interconnectActive, .initComplete, .initPin, .done, .donePin,
  ]
}

extension ConfigurationStatus: CustomStringConvertible {
  /// The register in hexadecimal, and the errors that it names.
  public var description: String {
    let errors = Self.errorNames.filter { contains($0.0) }.map(\.1)
    return ([rawValue.hexadecimal] + errors).joined(separator: " ")
  }

  private static let errorNames: [(Self, String)] = [
    (.crcError, "CRC_ERROR"), (.idError, "ID_ERROR"), (.securityError, "SECURITY_ERROR"),
    (.badPacketError, "BAD_PACKET_ERROR"),
  ]
}
