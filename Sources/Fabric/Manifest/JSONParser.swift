/// Reads JSON by the letter of RFC 8259, in O(bytes).
///
/// Foundation's decoder takes what the RFC does not (a comma before a closing brace, a byte order mark, UTF-16), keeps one
/// of two equal keys without a word, and does not say where a text is broken. A manifest is signed and named by its
/// digest, so it has to have one meaning for every reader.
struct JSONParser {
  /// Lists and objects inside each other; our manifests need 4.
  static let maximumDepth = 16

  private let bytes: [UInt8]
  private var offset = 0

  /// Reads a whole text.
  ///
  /// - Throws: `manifest.notJSON` with line and column, `manifest.duplicateName` at the second of two equal keys, or
  ///   `manifest.unknownKey` for a key that is not ASCII.
  static func parse(_ bytes: [UInt8]) throws(ManifestError) -> JSONValue {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw ManifestError(.notJSON, at: ".", "it is not UTF-8 text")
    }
    var parser = JSONParser(bytes: bytes)
    parser.skipSpace()
    let value = try parser.value(at: ManifestPlace.whole, depth: 0)
    guard parser.offset == bytes.count else { throw parser.fault("the text goes on after its value") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  /// A value and the space after it.
  private mutating func value(at place: ManifestPlace, depth: Int) throws(ManifestError) -> JSONValue {
    defer { skipSpace() }
    switch next {
    case UInt8(ascii: "{"): return .object(try object(at: place, depth: depth + 1))
    case UInt8(ascii: "["): return .list(try list(at: place, depth: depth + 1))
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "-"): return .number(try number())
    case let byte? where Self.isDigit(byte): return .number(try number())
    case UInt8(ascii: "t"): return try word("true", .truth(true))
    case UInt8(ascii: "f"): return try word("false", .truth(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw fault("a value is needed")
    }
  }

  private mutating func object(at place: ManifestPlace, depth: Int) throws(ManifestError) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    try open(depth: depth)
    if take(UInt8(ascii: "}")) { return members }
    repeat {
      guard next == UInt8(ascii: "\"") else { throw fault("a key is needed") }
      let key = try string()
      skipSpace()
      guard takeSeparator(UInt8(ascii: ":")) else { throw fault("a colon is needed after a key") }
      // Swift holds texts for equal that Unicode does, so a key with U+212A would pass for one with K.
      guard key.utf8.allSatisfy({ $0 < 0x80 }) else {
        throw ManifestError(.unknownKey, at: place.key(key).text, "a key has ASCII characters only")
      }
      guard members[key] == nil else {
        throw ManifestError(.duplicateName, at: place.key(key).text, "the object has this key twice")
      }
      members[key] = try value(at: place.key(key), depth: depth)
    } while takeSeparator(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw fault("a comma or the object's end is needed") }
    return members
  }

  private mutating func list(at place: ManifestPlace, depth: Int) throws(ManifestError) -> [JSONValue] {
    var elements: [JSONValue] = []
    try open(depth: depth)
    if take(UInt8(ascii: "]")) { return elements }
    repeat {
      elements.append(try value(at: place.index(elements.count), depth: depth))
    } while takeSeparator(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw fault("a comma or the list's end is needed") }
    return elements
  }

  private mutating func number() throws(ManifestError) -> JSONNumber {
    let start = offset
    if next == UInt8(ascii: "-") { offset += 1 }
    let isZero = next == UInt8(ascii: "0")
    let count = try digits()
    guard !isZero || count == 1 else { throw fault("a number does not begin with 0") }
    if next == UInt8(ascii: ".") {
      offset += 1
      _ = try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      offset += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
      _ = try digits()
    }
    return JSONNumber(text: String(decoding: bytes[start..<offset], as: UTF8.self))
  }

  /// The number of digits that are passed, at least one.
  private mutating func digits() throws(ManifestError) -> Int {
    let start = offset
    while let byte = next, Self.isDigit(byte) { offset += 1 }
    guard offset > start else { throw fault("a digit is needed") }
    return offset - start
  }

  private mutating func string() throws(ManifestError) -> String {
    var out: [UInt8] = []
    offset += 1
    while let byte = next {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
      case UInt8(ascii: "\\"): out += String(try escape()).utf8
      case 0..<0x20:
        offset -= 1
        throw fault("a text holds a control character")
      default: out.append(byte)
      }
    }
    throw fault("a text has no closing quote")
  }

  /// What follows a backslash.
  private mutating func escape() throws(ManifestError) -> Unicode.Scalar {
    let byte = next
    offset += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try codePoint()
    default: throw fault("no escape is written so")
    }
  }

  private mutating func codePoint() throws(ManifestError) -> Unicode.Scalar {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // A surrogate: only a high one with a low one after it is a character.
    guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")),
      case let second = try codeUnit(), 0xDC00..<0xE000 ~= second,
      let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    else { throw fault("half a surrogate pair is no character") }
    return scalar
  }

  private mutating func codeUnit() throws(ManifestError) -> UInt16 {
    let digits = bytes[min(offset, bytes.count)..<min(offset + 4, bytes.count)]
    guard digits.count == 4, digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fault("\\u needs four hexadecimal digits") }
    offset += 4
    return unit
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(ManifestError) -> JSONValue {
    guard bytes[offset...].starts(with: word.utf8) else { throw fault("a value is needed") }
    offset += word.utf8.count
    return value
  }

  private mutating func open(depth: Int) throws(ManifestError) {
    guard depth <= Self.maximumDepth else { throw fault("there are more than \(Self.maximumDepth) levels") }
    offset += 1
    skipSpace()
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    offset += 1
    return true
  }

  private mutating func takeSeparator(_ byte: UInt8) -> Bool {
    defer { skipSpace() }
    return take(byte)
  }

  private mutating func skipSpace() {
    while let byte = next,
      byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        || byte == UInt8(ascii: "\t")
    { offset += 1 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  private func fault(_ what: String) -> ManifestError {
    let before = bytes.prefix(offset)
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
    return ManifestError(.notJSON, at: ".", "line \(line), byte \(column): \(what)")
  }
}
