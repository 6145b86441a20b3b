/// What is wrong with a trace, and where; lines count from 1, and the first one names the columns.
public enum TraceError: TesseraError, Hashable, Codable {
  case tooLarge(byteCount: Int, limit: Int)
  case empty
  case tooManyRows(limit: Int)
  case tooManyApplications(line: Int, limit: Int)
  /// The first line is not the one that names the columns.
  case badHeader(found: String)
  case wrongColumnCount(line: Int, found: Int)
  case badValue(line: Int, column: TraceColumn, found: String)

  public var code: String {
    switch self {
    case .tooLarge: "trace.tooLarge"
    case .empty: "trace.empty"
    case .tooManyRows: "trace.tooManyRows"
    case .tooManyApplications: "trace.tooManyApplications"
    case .badHeader: "trace.badHeader"
    case .wrongColumnCount: "trace.wrongColumnCount"
    case .badValue: "trace.badValue"
    }
  }

  public var message: String {
    switch self {
    case .tooLarge(let byteCount, let limit): "the trace has \(byteCount) bytes, the limit is \(limit)"
    case .empty: "the trace has no arrivals"
    case .tooManyRows(let limit): "the trace has more than \(limit) arrivals"
    case .tooManyApplications(let line, let limit):
      "line \(line) names another application, and there are \(limit) already"
    case .badHeader(let found): "line 1 is '\(found)', it has to be '\(Trace.header)'"
    case .wrongColumnCount(let line, let found):
      "line \(line) has \(found) columns, \(TraceColumn.allCases.count) are needed"
    case .badValue(let line, let column, let found):
      "line \(line), column \(column.rawValue): '\(found)' is not \(column.needed)"
    }
  }

  public var hint: String {
    switch self {
    case .tooLarge, .tooManyRows: "cut the trace by its sequences, which are independent"
    case .empty: "give at least one arrival"
    case .tooManyApplications, .badHeader, .wrongColumnCount, .badValue:
      "a trace is a CSV text without quotes: \(Trace.header)"
    }
  }

  /// The begin of a text from a stranger, as a terminal can show it.
  static func excerpt(_ text: some Sequence<UInt8>) -> String {
    String(decoding: text.prefix(60).map { 0x20...0x7E ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }
}
