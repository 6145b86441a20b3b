/// One section of an xclbin.
public struct XclbinSection: Sendable, Hashable {
  /// What it holds.
  public let kind: Kind
  /// Its name, up to 15 bytes; often empty.
  public let name: String
  /// Its bytes in the file.
  public let byteRange: Range<Int>

  /// What a section holds (`enum axlf_section_kind` of XRT's xclbin.h).
  public struct Kind: RawRepresentable, Sendable, Hashable {
    /// The number in the file.
    public let rawValue: UInt32

    /// Wraps a number, which may be unknown.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The .bit file of the kernels.
    public static let bitstream = Self(rawValue: 0)
    /// The .bit file that clears the region first.
    public static let clearingBitstream = Self(rawValue: 1)
    /// The kernels and their arguments, as XML.
    public static let embeddedMetadata = Self(rawValue: 2)
    /// The board's memories.
    public static let memoryTopology = Self(rawValue: 6)
    /// Which argument of which kernel reaches which memory.
    public static let connectivity = Self(rawValue: 7)
    /// The kernels, with their addresses.
    public static let ipLayout = Self(rawValue: 8)
    /// The kernels' clocks.
    public static let clockTopology = Self(rawValue: 11)
    /// A program for a processor; the one kind that may come more than once.
    public static let softKernel = Self(rawValue: 23)
    /// The board's memories, in groups.
    public static let groupTopology = Self(rawValue: 26)
    /// `connectivity`, with groups in place of memories.
    public static let groupConnectivity = Self(rawValue: 27)

    /// The names of the numbers from 0 on, as XRT spells them.
    private static let names = [
      "BITSTREAM", "CLEARING_BITSTREAM", "EMBEDDED_METADATA", "FIRMWARE", "DEBUG_DATA", "SCHED_FIRMWARE",
      "MEM_TOPOLOGY", "CONNECTIVITY", "IP_LAYOUT", "DEBUG_IP_LAYOUT", "DESIGN_CHECK_POINT", "CLOCK_FREQ_TOPOLOGY",
      "MCS", "BMC", "BUILD_METADATA", "KEYVALUE_METADATA", "USER_METADATA", "DNA_CERTIFICATE", "PDI",
      "BITSTREAM_PARTIAL_PDI", "PARTITION_METADATA", "EMULATION_DATA", "SYSTEM_METADATA", "SOFT_KERNEL", "ASK_FLASH",
      "AIE_METADATA", "ASK_GROUP_TOPOLOGY", "ASK_GROUP_CONNECTIVITY", "SMARTNIC", "AIE_RESOURCES", "OVERLAY",
      "VENDER_METADATA",
    ]
  }
}

extension XclbinSection.Kind: CustomStringConvertible {
  /// The kind as XRT spells it, or `kind 40`.
  public var description: String {
    rawValue < Self.names.count ? Self.names[Int(rawValue)] : "kind \(rawValue)"
  }
}
