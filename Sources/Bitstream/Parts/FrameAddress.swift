/// Where a configuration frame lives: the value of the register FAR of UltraScale+ devices.
///
/// Block type [26:24], row [23:18], column [17:8], minor [7:0] (UG570, "Frame Address Register"). Addresses of one
/// block type order as the device stores them: by row, then column, then minor.
public struct FrameAddress: RawRepresentable, Sendable, Hashable, Codable {
  /// The register's value.
  public let rawValue: UInt32

  /// Wraps a register's value, which may use reserved bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The address in four parts; nil where one does not fit its field.
  public init?(block: Int, row: Int, column: Int, minor: Int) {
    guard 0..<8 ~= block, 0..<Self.rowLimit ~= row, 0..<Self.columnLimit ~= column, 0..<Self.minorLimit ~= minor
    else { return nil }
    self.init(rawValue: UInt32(block << 24 | row << 18 | column << 8 | minor))
  }

  /// Where the address is left after a stream; no frame lives there.
  public static let park = Self(rawValue: 0x07FC_0000)

  /// The most rows, by the width of the field.
  public static let rowLimit = 64
  /// The most columns in a row, by the width of the field.
  public static let columnLimit = 1024
  /// The most frames in a column, by the width of the field.
  public static let minorLimit = 256

  /// The block type: 0 for logic and routing, 1 for the contents of block memory.
  public var block: Int { Int(rawValue >> 24 & 7) }
  /// The row of the device, counted from the bottom.
  public var row: Int { Int(rawValue >> 18 & 0x3F) }
  /// The column in the row, counted from the left.
  public var column: Int { Int(rawValue >> 8 & 0x3FF) }
  /// The frame in the column.
  public var minor: Int { Int(rawValue & 0xFF) }

  /// Whether a bit above the block type is set.
  var usesReservedBits: Bool { rawValue >> 27 != 0 }
}

extension FrameAddress: Comparable {
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension FrameAddress: CustomStringConvertible {
  public var description: String { rawValue.hexadecimal }
}
