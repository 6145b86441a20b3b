/// The families of devices whose bitstreams are read here; they share packets, registers and CRC.
public enum DeviceFamily: String, Sendable, Hashable, CaseIterable {
  case ultraScale = "UltraScale"
  case ultraScalePlus = "UltraScale+"

  /// The family of a device, or nil for a device of another.
  ///
  /// By bits [27:21] of the IDCODE, as found in real files of both families; the emulated board's device writes
  /// UltraScale+ bitstreams.
  public init?(of device: DeviceID) {
    switch (device.rawValue >> 21 & 0x7F, device.rawValue & 0xFFF) {
    case (0x1C, Self.manufacturer): self = .ultraScale
    case (0x24, Self.manufacturer), (0x25, Self.manufacturer): self = .ultraScalePlus
    default:
      guard device.matches(Self.emulated) else { return nil }
      self = .ultraScalePlus
    }
  }

  /// The words of 32 bits in a frame (UG570, "Configuration Memory Frames").
  public var wordsPerFrame: Int {
    switch self {
    case .ultraScale: 123
    case .ultraScalePlus: Part.wordsPerFrame
    }
  }

  /// The fields of a value of the register FAR (UG570, "Frame Address Register").
  ///
  /// UltraScale+ is as in `FrameAddress`; UltraScale has block type [25:23], row [22:17], column [16:7], minor [6:0].
  public func fields(of address: FrameAddress) -> FrameFields {
    switch self {
    case .ultraScale:
      FrameFields(
        blockType: Int(address.rawValue >> 23 & 7), row: Int(address.rawValue >> 17 & 0x3F),
        column: Int(address.rawValue >> 7 & 0x3FF), minor: Int(address.rawValue & 0x7F))
    case .ultraScalePlus:
      FrameFields(blockType: address.block, row: address.row, column: address.column, minor: address.minor)
    }
  }

  /// Bits [11:0] of an IDCODE: the manufacturer's number in JEP106, and a one.
  private static let manufacturer: UInt32 = 0x093
  private static let emulated = DeviceID(rawValue: 0x05F5_A0FF)
}

/// A frame address in its four fields.
public struct FrameFields: Sendable, Hashable {
  /// 0 for logic and routing, 1 for the contents of block memory.
  public let blockType: Int
  /// The row of the die, counted from the bottom.
  public let row: Int
  /// The column in the row, counted from the left.
  public let column: Int
  /// The frame in the column.
  public let minor: Int

  /// Wraps four fields.
  public init(blockType: Int, row: Int, column: Int, minor: Int) {
    (self.blockType, self.row, self.column, self.minor) = (blockType, row, column, minor)
  }
}
