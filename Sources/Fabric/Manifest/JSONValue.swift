/// A JSON value as manifests use it: an object has a key once.
package enum JSONValue: Hashable {
  case object([String: JSONValue])
  case list([JSONValue])
  case text(String)
  case number(JSONNumber)
  case truth(Bool)
  case null

  package static func integer(_ value: Int) -> JSONValue { .number(JSONNumber(text: String(value))) }

  /// An object with the given keys.
  static func object<Key: ManifestKey & Hashable>(_ members: [Key: JSONValue]) -> JSONValue {
    .object(Dictionary(members.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { first, _ in first }))
  }

  /// What errors call a value of this kind.
  var noun: String {
    switch self {
    case .object: "an object"
    case .list: "a list"
    case .text: "a text"
    case .number: "a number"
    case .truth(let value): value ? "true" : "false"
    case .null: "null"
    }
  }
}

/// A number as its author wrote it.
package struct JSONNumber: Hashable {
  /// In the grammar of RFC 8259 section 6.
  let text: String

  /// The value of a number without fraction and exponent, if 64 bits hold it.
  var whole: Int? { Int(text) }

  /// The nearest whole number, halves away from zero; nil with an exponent or beyond 64 bits.
  var rounded: Int? {
    let halves = text.split(separator: ".", maxSplits: 1)
    guard let whole = Int(halves[0]) else { return nil }
    guard halves.count == 2, let first = halves[1].first else { return whole }
    guard halves[1].utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
    guard first >= "5" else { return whole }
    let (sum, overflow) = whole.addingReportingOverflow(text.hasPrefix("-") ? -1 : 1)
    return overflow ? nil : sum
  }
}

extension JSONValue {
  /// The value in the one layout in which this program writes manifests, so that the same value is the same bytes.
  ///
  /// Keys are sorted, each level is two spaces further in, and a line feed ends the text.
  package var manifest: [UInt8] { Array((rendered(indent: "") + "\n").utf8) }

  private func rendered(indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .object(let members) where !members.isEmpty:
      let lines = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { key, value in
        "\(inner)\(Self.quoted(key)): \(value.rendered(indent: inner))"
      }
      return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
    case .list(let elements) where !elements.isEmpty:
      let lines = elements.map { inner + $0.rendered(indent: inner) }
      return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
    case .object: return "{}"
    case .list: return "[]"
    case .text(let text): return Self.quoted(text)
    case .number(let number): return number.text
    case .truth(let value): return value ? "true" : "false"
    case .null: return "null"
    }
  }

  /// A text in quotes, in which is escaped what RFC 8259 section 7 says must be, and nothing else.
  package static func quoted(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += ["\\", scalar]
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        out += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".unicodeScalars
      default: out.append(scalar)
      }
    }
    return "\"\(String(out))\""
  }
}
