/// A JSON value as manifests use it: numbers are whole, and an object has a key once.
enum JSONValue: Hashable {
  case object([String: JSONValue])
  case list([JSONValue])
  case text(String)
  /// Nil for a number with a fraction or an exponent, or beyond 64 bits: no key takes one.
  case number(Int?)
  case truth(Bool)
  case null

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

extension JSONValue {
  /// The value in the one layout in which this program writes manifests, so that the same value is the same bytes.
  ///
  /// Keys are sorted, each level is two spaces further in, and a line feed ends the text.
  var manifest: [UInt8] { Array((rendered(indent: "") + "\n").utf8) }

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
    case .number(let number): return number.map(String.init) ?? "null"
    case .truth(let value): return value ? "true" : "false"
    case .null: return "null"
    }
  }

  /// Escapes what RFC 8259 section 7 says must be escaped, and nothing else.
  private static func quoted(_ text: String) -> String {
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
