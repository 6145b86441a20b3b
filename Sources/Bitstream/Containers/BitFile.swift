/// A .bit file: configuration words in a container that says what they are for.
///
/// The format has no public description; this is what all real files at hand have. A fixed preamble, then fields of a
/// letter, a length of 16 bits and text that ends with a zero byte (a design, b part, c date, d time), then field e with a
/// length of 32 bits and the payload, to the end of the file. Numbers are big-endian.
public struct BitFile: Sendable, Hashable {
  /// The most bytes in a .bit file, above the largest device's (about 120 MB).
  public static let maximumByteCount = 256 << 20
  /// The most bytes in a text field.
  public static let maximumTextLength = 1024

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
  public var isPartial: Bool { design.split(separator: ";").dropFirst().contains("PARTIAL=TRUE") }

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

  /// Reads a .bit file, in O(`bytes.count`).
  ///
  /// - Throws: `BitstreamError.tooLarge`, `.malformedContainer`.
  public init(parsing bytes: [UInt8]) throws(BitstreamError) {
    guard bytes.count <= Self.maximumByteCount else {
      throw .tooLarge(byteCount: bytes.count, limit: Self.maximumByteCount)
    }
    var cursor = Cursor(bytes: bytes)
    try cursor.take(Self.preamble)
    design = try cursor.takeText(field: "a")
    part = try cursor.takeText(field: "b")
    date = try cursor.takeText(field: "c")
    time = try cursor.takeText(field: "d")
    payload = try cursor.takePayload()
  }

  /// The file's bytes, in O(`payload.count`).
  public var serialized: [UInt8] {
    var out = Self.preamble
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

  /// A first field of nine bytes that are always these, then the number 1.
  static let preamble: [UInt8] = [0, 9, 0x0F, 0xF0, 0x0F, 0xF0, 0x0F, 0xF0, 0x0F, 0xF0, 0, 0, 1]
}

/// A place in the bytes of a .bit file.
private struct Cursor {
  let bytes: [UInt8]
  var offset = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func take(_ expected: [UInt8]) throws(BitstreamError) {
    guard bytes.count - offset >= expected.count, bytes[offset..<offset + expected.count].elementsEqual(expected)
    else { throw .malformedContainer("the bytes that begin every .bit file are missing", byteOffset: offset) }
    offset += expected.count
  }

  mutating func takeText(field: Unicode.Scalar) throws(BitstreamError) -> String {
    let start = offset
    try takeLetter(field)
    let count = try takeNumber(byteCount: 2)
    guard 1...BitFile.maximumTextLength + 1 ~= count, bytes.count - offset >= count else {
      throw .malformedContainer("field \(field) cannot have \(count) bytes", byteOffset: start)
    }
    let text = bytes[offset..<offset + count - 1]
    guard bytes[offset + count - 1] == 0, text.allSatisfy({ 0x20...0x7E ~= $0 }) else {
      throw .malformedContainer("field \(field) is no printable text that a zero byte ends", byteOffset: start)
    }
    offset += count
    return String(decoding: text, as: UTF8.self)
  }

  mutating func takePayload() throws(BitstreamError) -> ArraySlice<UInt8> {
    let start = offset
    try takeLetter("e")
    let count = try takeNumber(byteCount: 4)
    guard count == bytes.count - offset else {
      throw .malformedContainer(
        "field e has \(count) bytes by its length, \(bytes.count - offset) by the file's end", byteOffset: start)
    }
    guard count > 0, count % 4 == 0 else {
      throw .malformedContainer("\(count) bytes are not one or more words of 4", byteOffset: start)
    }
    return bytes[offset...]
  }

  private mutating func takeLetter(_ letter: Unicode.Scalar) throws(BitstreamError) {
    guard offset < bytes.count, Unicode.Scalar(bytes[offset]) == letter else {
      throw .malformedContainer("field \(letter) is missing", byteOffset: offset)
    }
    offset += 1
  }

  private mutating func takeNumber(byteCount: Int) throws(BitstreamError) -> Int {
    guard bytes.count - offset >= byteCount else {
      throw .malformedContainer("a length is cut short", byteOffset: offset)
    }
    let number = bytes[offset..<offset + byteCount].reduce(0) { $0 << 8 | Int($1) }
    offset += byteCount
    return number
  }
}
