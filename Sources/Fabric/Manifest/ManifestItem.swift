/// A JSON value of a manifest and where it stands; every way to read it says what it has to be, and throws a
/// ``ManifestError`` with its place where it is not.
struct ManifestItem {
  let value: JSONValue
  let place: ManifestPlace

  func fault(_ fault: ManifestError.Fault, _ detail: String) -> ManifestError {
    ManifestError(fault, at: place.text, detail)
  }

  func text() throws(ManifestError) -> String {
    guard case .text(let text) = value else { throw wrongType(needed: "a text") }
    return text
  }

  func integer(in range: ClosedRange<Int>) throws(ManifestError) -> Int {
    guard case .number(let number) = value else { throw wrongType(needed: "a number") }
    guard let number else {
      throw fault(.outOfRange, "a whole number of at most 64 bits is needed, without fraction and exponent")
    }
    guard range.contains(number) else {
      throw fault(.outOfRange, "\(number) is outside \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// The elements of a list.
  func elements(count range: ClosedRange<Int>) throws(ManifestError) -> [ManifestItem] {
    guard case .list(let elements) = value else { throw wrongType(needed: "a list") }
    guard range.contains(elements.count) else {
      throw fault(
        .outOfRange, "the list has \(elements.count) elements; \(range.lowerBound) to \(range.upperBound) are possible")
    }
    return elements.enumerated().map { ManifestItem(value: $1, place: place.index($0)) }
  }

  /// The members of an object.
  func members() throws(ManifestError) -> [String: JSONValue] {
    guard case .object(let members) = value else { throw wrongType(needed: "an object") }
    return members
  }

  /// What a text stands for; `needed` ends the sentence where it stands for nothing.
  func parsed<Value>(_ needed: String, _ parse: (String) -> Value?) throws(ManifestError) -> Value {
    let text = try text()
    guard let value = parse(text) else { throw fault(.outOfRange, "'\(text.prefix(80))' is not \(needed)") }
    return value
  }

  private func wrongType(needed: String) -> ManifestError {
    fault(.wrongType, "\(needed) is needed here, not \(value.noun)")
  }
}
