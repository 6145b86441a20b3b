internal import FoundationEssentials

/// What a command prints: the same facts as a table for people or as JSON for programs.
protocol Report: Encodable {
  var table: Table { get }
}

extension Report {
  /// Prints the report to standard output.
  func print(as format: OutputFormat) throws {
    switch format {
    case .table: try StandardOutput.print(table.text)
    case .json: try StandardOutput.print(JSONText.of(self))
    }
  }
}

/// JSON of one layout: one line, keys sorted.
enum JSONText {
  static func of(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}

/// A value that may be absent, which JSON shows as `null` and never as a missing key.
struct Nullable<Value: Encodable>: Encodable {
  let value: Value?
  init(_ value: Value?) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}
