/// A .bit file: configuration words in a container that says what they are for.
///
/// The format has no public description; this is what all real files at hand have. A fixed preamble, then fields of a
/// letter, a length of 16 bits and text that ends with a zero byte (a design, b part, c date, d time), then field e with a
/// length of 32 bits and the payload, to the end of the file. Numbers are big-endian.
public struct BitFile: Sendable, Hashable {
  /// The most bytes in a .bit file, as in any bitstream's file.
  public static let maximumByteCount = ContainerLimits.byteCount
  /// The most bytes in a text field.
  public static let maximumTextLength = ContainerLimits.textLength

  /// Field a: the design's name and `;NAME=VALUE` options.
  public let design: String
  /// Field b: the part, as `part-package-speed`.
  public let part: String
  /// Field c: the date, as `2021/02/04`.
  public let date: String
  /// Field d: the time, as `07:27:32`.
  public let time: String
  /// Field e: the configuration words, highest byte first; a view of the bytes that were parsed.
  public let payload: ArraySlice<UInt8>

  /// Whether it configures a part of the device only.
  public var isPartial: Bool { Self.isPartial(design: design) }

  /// What a design's options say about that.
  static func isPartial(design: String) -> Bool { design.split(separator: ";").dropFirst().contains("PARTIAL=TRUE") }

  /// Describes a .bit file.
  ///
  /// - Throws: `BitstreamError.invalidContent` unless each text has up to `maximumTextLength` printable ASCII
  ///   characters and the payload is whole words, at least one, that fit a .bit file.
  public init(
    design: String, part: String, date: String, time: String, payload: [UInt8]
  ) throws(BitstreamError) {
    for text in [design, part, date, time] {
      guard text.utf8.count <= Self.maximumTextLength, text.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
        throw .invalidContent("a text of \(text.utf8.count) bytes is too long or not printable ASCII")
      }
    }
    let payloadLimit = Self.maximumByteCount - 5 * Self.maximumTextLength
    guard payload.count % 4 == 0, !payload.isEmpty, payload.count <= payloadLimit else {
      throw .invalidContent("a payload of \(payload.count) bytes; 1 to \(payloadLimit / 4) words of 4 are needed")
    }
    (self.design, self.part, self.date, self.time, self.payload) = (design, part, date, time, payload[...])
  }

  /// Reads a .bit file, in O(1) but for its texts.
  ///
  /// - Throws: `BitstreamError.tooLarge`, `.malformedContainer`.
  public init(parsing bytes: [UInt8]) throws(BitstreamError) { try self.init(parsing: bytes[...]) }

  /// Reads a .bit file that is part of another file; byte offsets of errors are the slice's indices.
  ///
  /// - Throws: `BitstreamError.tooLarge`, `.malformedContainer`.
  public init(parsing bytes: ArraySlice<UInt8>) throws(BitstreamError) {
    guard bytes.count <= Self.maximumByteCount else {
      throw .tooLarge(byteCount: bytes.count, limit: Self.maximumByteCount)
    }
    var header = BitHeader()
    try header.read(bytes)
    (design, part, date, time) = (header.design, header.part, header.date, header.time)
    payload = try header.payload()
  }

  /// The file's bytes, in O(`payload.count`).
  public var serialized: [UInt8] {
    var out = BitHeader.preamble
    out.reserveCapacity(payload.count + 256)
    for (letter, text) in zip("abcd".utf8, [design, part, date, time]) {
      let count = UInt16(text.utf8.count + 1)
      out += [letter, UInt8(count >> 8), UInt8(count & 0xFF)]
      out += text.utf8
      out.append(0)
    }
    let count = UInt32(payload.count)
    out += [UInt8(ascii: "e"), UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF)]
    out.append(UInt8(count & 0xFF))
    return out + payload
  }

  /// The payload as words: at least one, in O(`payload.count`).
  public var words: [UInt32] {
    WordOrder.bigEndian.words(ofWholeWords: payload)
  }
}
