internal import SwiftProtobuf

/// A generated message that stands for one of our values; both directions are written side by side.
protocol WireForm: SwiftProtobuf.Message {
  associatedtype Value
  init(_ value: Value)
  /// The value, every field checked; an error names the field by its path from here.
  func decoded() throws(WireError) -> Value
}

extension WireForm {
  /// The value of the field that this form was read from.
  func required(_ field: String, _ isPresent: Bool) throws(WireError) -> Value {
    guard isPresent else { throw .missingField(field) }
    return try named(field)
  }

  /// The value of a field that may be absent.
  func optional(_ field: String, _ isPresent: Bool) throws(WireError) -> Value? {
    isPresent ? try named(field) : nil
  }

  /// The value, where an error shall name `field`.
  func named(_ field: String) throws(WireError) -> Value {
    do { return try decoded() } catch { throw error.inside(field) }
  }
}

/// A generated enum that stands for one of ours.
protocol WireWord: SwiftProtobuf.Enum {
  associatedtype Word
  init(_ word: Word)
  /// Our word, or nil for the unspecified one and those of newer programs.
  var word: Word? { get }
}

extension WireWord {
  func required(_ field: String) throws(WireError) -> Word {
    guard let word else {
      throw .outOfRange(field: field, found: "\(rawValue)", allowed: "a value of the schema but 0")
    }
    return word
  }
}

extension Array {
  /// The values of a repeated field; an error names the element.
  func list<Value>(
    _ field: String, in range: ClosedRange<Int>, _ decode: (Element) throws(WireError) -> Value
  ) throws(WireError) -> [Value] {
    guard range.contains(count) else {
      throw .outOfRange(field: field, found: "\(count) elements", allowed: "\(range.inWords) elements")
    }
    var values: [Value] = []
    values.reserveCapacity(count)
    for (index, element) in enumerated() {
      do { values.append(try decode(element)) } catch { throw error.inside("\(field)[\(index)]") }
    }
    return values
  }
}

extension Array where Element: WireForm {
  /// The values of a repeated message.
  func list(_ field: String, in range: ClosedRange<Int>) throws(WireError) -> [Element.Value] {
    try list(field, in: range) { (form) throws(WireError) in try form.decoded() }
  }
}
