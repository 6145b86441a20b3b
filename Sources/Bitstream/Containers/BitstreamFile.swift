/// A file that holds a bitstream, in one of the containers that tools write.
public enum BitstreamFile: Sendable, Hashable {
  /// Configuration words behind a header that says what they are for.
  case bit(BitFile)
  /// Configuration words alone.
  case bin(BinFile)
  /// An xclbin: sections, among which there may be .bit files.
  case xclbin(Xclbin)

  /// The most bytes in a file of any kind.
  public static let maximumByteCount = ContainerLimits.byteCount

  /// What a file looks like from its first bytes; a .bin file has none of its own.
  public enum Format: String, Sendable, Hashable, CaseIterable {
    case bit, bin, xclbin

    /// Decides from the first bytes alone.
    public init(of bytes: some Collection<UInt8>) {
      if bytes.starts(with: BitHeader.preamble.prefix(10)) {
        self = .bit
      } else if bytes.starts(with: Xclbin.magic.prefix(6)) {
        self = .xclbin
      } else {
        self = .bin
      }
    }
  }

  /// Reads a file of any of the formats, in O(`bytes.count`); no payload is copied.
  ///
  /// - Throws: What the format's own reader throws.
  public init(parsing bytes: [UInt8]) throws(BitstreamError) {
    switch Format(of: bytes) {
    case .bit: self = .bit(try BitFile(parsing: bytes))
    case .bin: self = .bin(try BinFile(parsing: bytes[...]))
    case .xclbin: self = .xclbin(try Xclbin(parsing: bytes))
    }
  }
}
