/// The fields of a .bit file before its payload.
///
/// They are read in order: after an error, those before it are there.
struct BitHeader: Sendable, Hashable {
  private(set) var design = ""
  private(set) var part = ""
  private(set) var date = ""
  private(set) var time = ""
  /// The number of bytes of the payload by its length in field e.
  private(set) var statedByteCount = 0
  /// The first text with a byte that is not printable ASCII, which stands as `?` here; the fields after it are there.
  private(set) var textFault: BitstreamError?
  /// What follows the fields to the end, however long it is.
  private(set) var rest: ArraySlice<UInt8> = []

  /// A first field of nine bytes that are always these, then the number 1.
  static let preamble: [UInt8] = [0, 9, 0x0F, 0xF0, 0x0F, 0xF0, 0x0F, 0xF0, 0x0F, 0xF0, 0, 0, 1]

  /// - Throws: `BitstreamError.malformedContainer`; byte offsets are the slice's indices.
  mutating func read(_ bytes: ArraySlice<UInt8>) throws(BitstreamError) {
    var cursor = Cursor(rest: bytes)
    try cursor.take(Self.preamble)
    design = try cursor.takeText(field: "a")
    part = try cursor.takeText(field: "b")
    date = try cursor.takeText(field: "c")
    time = try cursor.takeText(field: "d")
    try cursor.takeLetter("e")
    statedByteCount = try cursor.takeNumber(byteCount: 4)
    rest = cursor.rest
    textFault = cursor.textFault
  }

  /// The payload: what follows the fields, if these are texts and it is what field e says and whole words.
  ///
  /// - Throws: `BitstreamError.malformedContainer`.
  func payload() throws(BitstreamError) -> ArraySlice<UInt8> {
    if let textFault { throw textFault }
    guard statedByteCount == rest.count else {
      throw .malformedContainer(
        "field e has \(statedByteCount) bytes by its length, \(rest.count) by the file's end",
        byteOffset: rest.startIndex)
    }
    guard !rest.isEmpty, rest.count % 4 == 0 else {
      throw .malformedContainer("\(rest.count) bytes are not one or more words of 4", byteOffset: rest.startIndex)
    }
    return rest
  }
}

/// A place in the bytes of a .bit file.
private struct Cursor {
  var rest: ArraySlice<UInt8>
  var textFault: BitstreamError?

  mutating func take(_ expected: [UInt8]) throws(BitstreamError) {
    guard rest.starts(with: expected) else {
      throw .malformedContainer("the bytes that begin every .bit file are missing", byteOffset: rest.startIndex)
    }
    rest = rest.dropFirst(expected.count)
  }

  mutating func takeText(field: Unicode.Scalar) throws(BitstreamError) -> String {
    let start = rest.startIndex
    try takeLetter(field)
    let count = try takeNumber(byteCount: 2)
    guard 1...ContainerLimits.textLength + 1 ~= count, rest.count >= count else {
      throw .malformedContainer("field \(field) cannot have \(count) bytes", byteOffset: start)
    }
    let text = rest.prefix(count - 1)
    if textFault == nil, rest[text.endIndex] != 0 || !text.allSatisfy(Self.isPrintable) {
      textFault = .malformedContainer("field \(field) is no printable text that a zero byte ends", byteOffset: start)
    }
    rest = rest.dropFirst(count)
    return String(decoding: text.map { Self.isPrintable($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }

  private static func isPrintable(_ byte: UInt8) -> Bool { 0x20...0x7E ~= byte }

  mutating func takeLetter(_ letter: Unicode.Scalar) throws(BitstreamError) {
    guard let first = rest.first, Unicode.Scalar(first) == letter else {
      throw .malformedContainer("field \(letter) is missing", byteOffset: rest.startIndex)
    }
    rest = rest.dropFirst()
  }

  mutating func takeNumber(byteCount: Int) throws(BitstreamError) -> Int {
    guard rest.count >= byteCount else {
      throw .malformedContainer("a length is cut short", byteOffset: rest.startIndex)
    }
    let number = rest.prefix(byteCount).reduce(0) { $0 << 8 | Int($1) }
    rest = rest.dropFirst(byteCount)
    return number
  }
}
