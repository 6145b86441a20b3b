/// A JSON value of a manifest and where it stands; every way to read it says what it has to be, and throws a
/// ``ManifestError`` with its place where it is not.
package struct ManifestItem {
  package let value: JSONValue
  package let place: ManifestPlace

  init(value: JSONValue, place: ManifestPlace) {
    self.value = value
    self.place = place
  }

  /// Reads a whole text, in O(`text.count`).
  ///
  /// - Throws: `manifest.tooLarge` before anything is parsed, and what ``JSONParser`` throws.
  package init(reading text: [UInt8]) throws(ManifestError) {
    guard text.count <= Limits.manifestByteCount else {
      throw ManifestError(.tooLarge, at: ".", "it has \(text.count) bytes; at most \(Limits.manifestByteCount)")
    }
    self.init(value: try JSONParser.parse(text), place: .whole)
  }

  package func fault(_ fault: ManifestError.Fault, _ detail: String) -> ManifestError {
    ManifestError(fault, at: place.text, detail)
  }

  package func text() throws(ManifestError) -> String {
    guard case .text(let text) = value else { throw wrongType(needed: "a text") }
    return text
  }

  package func integer(in range: ClosedRange<Int>) throws(ManifestError) -> Int {
    guard let number = try number().whole else {
      throw fault(.outOfRange, "a whole number of at most 64 bits is needed, without fraction and exponent")
    }
    return try check(number, in: range)
  }

  /// A number that may have a fraction, rounded to the nearest whole one, halves away from zero.
  package func roundedInteger(in range: ClosedRange<Int>) throws(ManifestError) -> Int {
    guard let number = try number().rounded else {
      throw fault(.outOfRange, "a number of at most 64 bits is needed, without exponent")
    }
    return try check(number, in: range)
  }

  package func truth() throws(ManifestError) -> Bool {
    guard case .truth(let truth) = value else { throw wrongType(needed: "true or false") }
    return truth
  }

  /// The elements of a list.
  package func elements(count range: ClosedRange<Int>) throws(ManifestError) -> [ManifestItem] {
    guard case .list(let elements) = value else { throw wrongType(needed: "a list") }
    guard range.contains(elements.count) else {
      throw fault(
        .outOfRange, "the list has \(elements.count) elements; \(range.lowerBound) to \(range.upperBound) are possible")
    }
    return elements.enumerated().map { ManifestItem(value: $1, place: place.index($0)) }
  }

  /// The members of an object.
  package func members() throws(ManifestError) -> [String: JSONValue] {
    guard case .object(let members) = value else { throw wrongType(needed: "an object") }
    return members
  }

  /// The members of an object whose keys are names that its author chose, in the order of the names; the keys `notes`
  /// hold texts for people, and are left out.
  package func namedMembers(notes: Set<String>) throws(ManifestError) -> [(name: String, item: ManifestItem)] {
    var named: [(name: String, item: ManifestItem)] = []
    for (key, value) in try members().sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      let item = ManifestItem(value: value, place: place.key(key))
      if notes.contains(key) {
        _ = try item.text()
      } else if NameGrammar.accepts(key) {
        named.append((key, item))
      } else {
        throw item.fault(.outOfRange, "the key is not a name: \(NameGrammar.sentence)")
      }
    }
    return named
  }

  /// What a text stands for; `needed` ends the sentence where it stands for nothing.
  package func parsed<Value>(_ needed: String, _ parse: (String) -> Value?) throws(ManifestError) -> Value {
    let text = try text()
    guard let value = parse(text) else { throw fault(.outOfRange, "'\(text.prefix(80))' is not \(needed)") }
    return value
  }

  private func number() throws(ManifestError) -> JSONNumber {
    guard case .number(let number) = value else { throw wrongType(needed: "a number") }
    return number
  }

  private func check(_ number: Int, in range: ClosedRange<Int>) throws(ManifestError) -> Int {
    guard range.contains(number) else {
      throw fault(.outOfRange, "\(number) is outside \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private func wrongType(needed: String) -> ManifestError {
    fault(.wrongType, "\(needed) is needed here, not \(value.noun)")
  }
}
