/// The IDCODE of a device, as a bitstream states it (IEEE 1149.1: revision [31:28], part, manufacturer).
///
/// On a Zynq device this is the code of the programmable logic, not that of the chip's JTAG port.
public struct DeviceID: RawRepresentable, Sendable, Hashable {
  /// The 32 bits.
  public let rawValue: UInt32

  /// Wraps 32 bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Reads `0x` and eight hexadecimal digits of either case, or refuses anything else.
  public init?(hexadecimal text: some StringProtocol) {
    let digits = text.dropFirst(2)
    guard text.hasPrefix("0x"), digits.utf8.count == 8, digits.allSatisfy(\.isHexDigit),
      let value = UInt32(digits, radix: 16)
    else { return nil }
    self.init(rawValue: value)
  }

  /// Whether both name the same device, of whatever silicon revision (bits [31:28]).
  public func matches(_ other: Self) -> Bool { (rawValue ^ other.rawValue) & 0x0FFF_FFFF == 0 }
}

extension DeviceID: CustomStringConvertible {
  public var description: String { rawValue.hexadecimal }
}

extension DeviceID: Codable {
  /// Reads a string of `0x` and eight hexadecimal digits.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let device = DeviceID(hexadecimal: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a device is 0x and 8 hexadecimal digits, not '\(text.prefix(40))'")
    }
    self = device
  }

  /// Writes `0x` and eight upper-case hexadecimal digits.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
