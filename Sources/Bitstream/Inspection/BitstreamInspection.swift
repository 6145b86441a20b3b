/// What a file holds and what its bitstream does, as far as it can be read, without judging it.
///
/// Reading never fails: what is wrong is `fault`, and all that was read before it is there. Offsets are bytes from the
/// file's start; word offsets count from the first word of the payload, which is a section's in an xclbin.
public struct BitstreamInspection: Sendable, Hashable {
  /// The most blocks of frames, CRC words and streams, of each, that are kept.
  public static let maximumEntryCount = 1 << 16
  /// The most words outside of streams that are kept.
  public static let maximumStrayWordCount = 64

  /// The container.
  public internal(set) var format: BitstreamFile.Format
  /// The order of the bytes of a word; nil where no payload was found.
  public internal(set) var wordOrder: WordOrder?
  /// The fields of the (first) .bit file; nil in a .bin file.
  public internal(set) var header: Header?
  /// Whether it configures a part of the device only; nil where nothing says so.
  public internal(set) var isPartial: Bool?
  /// Whether it turns decryption on; what follows cannot be read then.
  public internal(set) var isEncrypted = false
  /// The streams, in the order of their sync words.
  public internal(set) var streams = Listed<Stream>(limit: maximumEntryCount)
  /// The registers that are written or read, by address.
  public internal(set) var registers: [RegisterUse] = []
  /// The commands, by number; numbers above 31, of which there are none in the manual, together at the end.
  public internal(set) var commands: [CommandUse] = []
  /// The blocks of frame data, in order.
  public internal(set) var frames = Listed<FrameRun>(limit: maximumEntryCount)
  /// How often a frame is written again by MFWR (compressed bitstreams).
  public internal(set) var multipleFrameWriteCount = 0
  /// The CRC words, in order.
  public internal(set) var crcWords = Listed<CRCWord>(limit: maximumEntryCount)
  /// The number of CRC words that differ from the CRC of what was written, also of those left out of `crcWords`.
  public internal(set) var crcMismatchCount = 0
  /// The first of those.
  public internal(set) var firstCRCMismatch: CRCCheck?
  /// Words before, between and after the streams that have no meaning there.
  public internal(set) var strayWords = Listed<StrayWord>(limit: maximumStrayWordCount)
  /// The number of bytes after the payload of a .bit file.
  public internal(set) var trailingByteCount = 0
  /// The xclbin itself; its sections are those that lie in the file.
  public internal(set) var xclbin: XclbinSummary?
  /// The first thing that is wrong with the file's form; a CRC that differs is none.
  public internal(set) var fault: Fault?

  init(format: BitstreamFile.Format) { self.format = format }

  /// The device that the first stream names.
  public var device: DeviceID? { streams.items.lazy.compactMap(\.device).first }
  /// The family of `device`, if it is known.
  public var family: DeviceFamily? { device.flatMap(DeviceFamily.init(of:)) }

  /// Why the file is not sound: its fault, or the first CRC that differs; nil where all was read and every CRC agrees.
  public var refusal: BitstreamError? { fault?.error ?? firstCRCMismatch.map(BitstreamError.crcMismatch) }
}

extension BitstreamInspection {
  /// What a .bit file says about itself; texts that could not be read are empty.
  public struct Header: Sendable, Hashable {
    /// Field a: the design's name and `;NAME=VALUE` options.
    public let design: String
    /// Field b: the part, as `part-package-speed`.
    public let part: String
    /// Field c.
    public let date: String
    /// Field d.
    public let time: String
  }

  /// One stream, from a sync word on.
  public struct Stream: Sendable, Hashable {
    /// The xclbin's section that holds it, by its place among `XclbinSummary.sections`.
    public let section: Int?
    /// The die that it configures: 0 for the outermost streams, then the nested ones as they come.
    public let die: Int
    /// Where its sync word stands, in bytes of the file.
    public let offset: Int
    /// Where its sync word stands, in words of the payload.
    public let wordOffset: Int
    /// The device that it names first.
    public internal(set) var device: DeviceID?
    /// Whether it ends by DESYNC.
    public internal(set) var isEnded = false
  }

  /// How a register is used.
  public struct RegisterUse: Sendable, Hashable {
    /// The register.
    public let register: ConfigurationRegister
    /// The number of writes: packets to FDRI, MFWR and the next die, words to every other register.
    public internal(set) var writeCount = 0
    /// The number of words written.
    public internal(set) var wordCount = 0
    /// The number of packets that read.
    public internal(set) var readCount = 0
  }

  /// How often a command is given.
  public struct CommandUse: Sendable, Hashable {
    /// The command; nil for all those above 31.
    public let command: ConfigurationCommand?
    /// How often.
    public internal(set) var count = 0
  }

  /// One block of frame data.
  public struct FrameRun: Sendable, Hashable {
    /// Its stream, by its place among `streams`; nil where that is left out.
    public let stream: Int?
    /// Where its header stands, in bytes of the file.
    public let offset: Int
    /// Where its header stands, in words of the payload.
    public let wordOffset: Int
    /// The address of its first frame, or nil if its stream has set none.
    public let address: FrameAddress?
    /// The fields of the address, if the device's family is known.
    public let fields: FrameFields?
    /// The number of words, those of pad frames included.
    public let wordCount: Int
    /// The number of whole frames, pad frames included, if the device's family is known.
    public let frameCount: Int?
  }

  /// One CRC word.
  public struct CRCWord: Sendable, Hashable {
    /// Its stream, by its place among `streams`; nil where that is left out.
    public let stream: Int?
    /// Where it stands, in bytes of the file.
    public let offset: Int
    /// What was compared; its word offset counts in the payload.
    public let check: CRCCheck
  }

  /// A word outside of streams.
  public struct StrayWord: Sendable, Hashable {
    /// Where it stands, in bytes of the file.
    public let offset: Int
    /// The word.
    public let word: UInt32
  }

  /// What an xclbin says about itself.
  public struct XclbinSummary: Sendable, Hashable {
    /// The version of the tool that wrote it.
    public let version: String
    /// The platform that it is for.
    public let platform: String
    /// Its 16 random bytes.
    public let uuid: [UInt8]
    /// The sections that lie in the file.
    public let sections: [XclbinSection]
  }

  /// What is wrong.
  public struct Fault: Sendable, Hashable {
    /// The xclbin's section in which it is, by its place among `XclbinSummary.sections`.
    public let section: Int?
    /// The error that a strict reader throws.
    public let error: BitstreamError
    /// Where, in bytes of the file, if the error has a place.
    public let offset: Int?
    /// Where, in words of the payload, if the error has a place there.
    public let wordOffset: Int?
  }
}
