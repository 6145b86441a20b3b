extension Trace {
  /// The first line of a trace's text.
  public static let header = TraceColumn.allCases.map(\.rawValue).joined(separator: ",")

  /// Reads the CSV text of a trace, in O(`csv.count`).
  ///
  /// Lines end in a line feed, with or without a carriage return before it; the last one may end without. Seconds are
  /// read digit by digit, so that 0.05 is 50,000,000 ns; what is beyond the ninth decimal place is rounded.
  ///
  /// - Throws: ``TraceError`` for the first fault.
  public init(csv: [UInt8]) throws(TraceError) {
    guard csv.count <= Self.maximumByteCount else {
      throw .tooLarge(byteCount: csv.count, limit: Self.maximumByteCount)
    }
    var reader = TraceReader(csv)
    try reader.readHeader()
    var entries: [Entry] = []
    // A row has at least its commas, its digits and a letter.
    entries.reserveCapacity(min(csv.count / 24, Self.maximumEntryCount))
    while let entry = try reader.readEntry() {
      guard entries.count < Self.maximumEntryCount else { throw .tooManyRows(limit: Self.maximumEntryCount) }
      entries.append(entry)
    }
    guard !entries.isEmpty else { throw .empty }
    self.init(checked: entries)
  }

  /// The trace's CSV text; the same entries are the same bytes, and seconds have no digits that say nothing.
  ///
  /// O(`entries.count`).
  public var csv: [UInt8] {
    var text = Array((Self.header + "\n").utf8)
    text.reserveCapacity(entries.count * 40)
    for entry in entries {
      text += "\(entry.sequence),".utf8
      Self.append(entry.arrival, to: &text)
      text += ",\(entry.application),\(entry.batch),\(entry.priority)\n".utf8
    }
    return text
  }

  private static func append(_ duration: Duration, to text: inout [UInt8]) {
    let (seconds, nanoseconds) = duration.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    text += "\(seconds)".utf8
    guard nanoseconds != 0 else { return }
    // A one before the nine digits keeps their leading zeros.
    var digits = Array("\(1_000_000_000 + nanoseconds)".utf8)
    digits[0] = UInt8(ascii: ".")
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    text += digits
  }
}

/// Walks over the bytes of a trace, line by line.
private struct TraceReader {
  private let bytes: [UInt8]
  private var offset = 0
  private var line = 0
  /// The fields of the current line.
  private var fields: [Range<Int>] = []
  private var applications = NameTable()

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    fields.reserveCapacity(TraceColumn.allCases.count)
  }

  mutating func readHeader() throws(TraceError) {
    let hasLine = splitLine()
    let text = hasLine ? bytes[(fields[0].lowerBound)..<(fields[fields.count - 1].upperBound)] : []
    guard text.elementsEqual(Trace.header.utf8) else { throw .badHeader(found: TraceError.excerpt(text)) }
  }

  /// The next row; nil at the end of the text.
  mutating func readEntry() throws(TraceError) -> Trace.Entry? {
    guard splitLine() else { return nil }
    guard fields.count == TraceColumn.allCases.count else {
      throw .wrongColumnCount(line: line, found: fields.count)
    }
    return Trace.Entry(
      sequence: try integer(in: fields[0], .sequence, Trace.sequences), arrival: try seconds(in: fields[1]),
      application: try application(in: fields[2]),
      batch: try integer(in: fields[3], .batch, 1...Limits.itemsPerBatch),
      priority: try integer(in: fields[4], .priority, Trace.priorities))
  }

  /// Splits the next line at its commas; false at the end of the text.
  private mutating func splitLine() -> Bool {
    guard offset < bytes.count else { return false }
    line += 1
    fields.removeAll(keepingCapacity: true)
    var start = offset
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") {
      if bytes[offset] == UInt8(ascii: ",") {
        fields.append(start..<offset)
        start = offset + 1
      }
      offset += 1
    }
    let end = offset > start && bytes[offset - 1] == UInt8(ascii: "\r") ? offset - 1 : offset
    fields.append(start..<end)
    offset += 1
    return true
  }

  private func integer(
    in field: Range<Int>, _ column: TraceColumn, _ range: ClosedRange<Int>
  ) throws(TraceError) -> Int {
    guard let value = number(in: field), range.contains(value) else { throw bad(field, column) }
    return value
  }

  /// The value of 1 to 10 digits, which is far from overflow.
  private func number(in field: Range<Int>) -> Int? {
    guard 1...10 ~= field.count else { return nil }
    var value = 0
    for position in field {
      let digit = bytes[position] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }

  private func seconds(in field: Range<Int>) throws(TraceError) -> Duration {
    let point = field.first { bytes[$0] == UInt8(ascii: ".") } ?? field.upperBound
    guard let whole = number(in: field.lowerBound..<point),
      let nanoseconds = nanoseconds(
        in: min(point + 1, field.upperBound)..<field.upperBound, afterPoint: point < field.upperBound)
    else { throw bad(field, .arrival) }
    let arrival = Duration.nanoseconds(Int64(whole) * 1_000_000_000 + nanoseconds)
    guard Trace.arrivals.contains(arrival) else { throw bad(field, .arrival) }
    return arrival
  }

  /// What the digits after a decimal point are worth, rounded; up to 32 of them, but one at least if there is a point.
  private func nanoseconds(in digits: Range<Int>, afterPoint: Bool) -> Int64? {
    guard afterPoint else { return 0 }
    guard 1...32 ~= digits.count else { return nil }
    var value: Int64 = 0
    for place in 0..<max(9, digits.count) {
      let digit = place < digits.count ? bytes[digits.lowerBound + place] &- UInt8(ascii: "0") : 0
      guard digit <= 9 else { return nil }
      if place < 9 { value = value * 10 + Int64(digit) }
      if place == 9, digit >= 5 { value += 1 }
    }
    return value
  }

  private mutating func application(in field: Range<Int>) throws(TraceError) -> String {
    if let known = applications.name(bytes, field) { return known }
    let name = String(decoding: bytes[field], as: UTF8.self)
    guard NameGrammar.accepts(name) else { throw bad(field, .application) }
    guard applications.count < Trace.maximumApplicationCount else {
      throw .tooManyApplications(line: line, limit: Trace.maximumApplicationCount)
    }
    applications.add(name, field)
    return name
  }

  private func bad(_ field: Range<Int>, _ column: TraceColumn) -> TraceError {
    .badValue(line: line, column: column, found: TraceError.excerpt(bytes[field]))
  }
}

/// Gives equal fields one text, so that a row costs no allocation.
private struct NameTable {
  private var names: [(text: String, field: Range<Int>)] = []

  var count: Int { names.count }

  mutating func add(_ name: String, _ field: Range<Int>) { names.append((name, field)) }

  /// The name of an equal field, in O(names).
  func name(_ bytes: [UInt8], _ field: Range<Int>) -> String? {
    names.first { name in
      name.field.count == field.count
        && field.indices.allSatisfy { bytes[$0] == bytes[name.field.lowerBound + $0 - field.lowerBound] }
    }?.text
  }
}
