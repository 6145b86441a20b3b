/// The keys of one kind of JSON object in a manifest.
package protocol ManifestKey: CaseIterable, RawRepresentable<String> {}

/// A JSON object of a manifest, as its author wrote it: every value in its own range, nothing compared with others yet.
package protocol ManifestObject: ManifestReadable {
  associatedtype Key: ManifestKey
  init(_ fields: ManifestFields<Key>) throws(ManifestError)
}

extension ManifestObject {
  package init(_ item: ManifestItem) throws(ManifestError) { try self.init(ManifestFields<Key>(item)) }
}

/// The outermost object of a manifest, with a key `schema`.
protocol ManifestRoot: ManifestObject {
  /// The one schema version that is read.
  static var schema: Int { get }
}

extension ManifestRoot {
  /// Reads a whole manifest, in O(`manifest.count`).
  ///
  /// - Throws: `ManifestError` for the first fault that is found.
  static func read(_ manifest: [UInt8]) throws(ManifestError) -> Self {
    let root = try ManifestItem(reading: manifest)
    try checkSchema(of: root)
    return try Self(root)
  }

  /// Comes before all else, since another version may well have other keys.
  private static func checkSchema(of root: ManifestItem) throws(ManifestError) {
    let place = root.place.key("schema")
    guard let value = try root.members()["schema"] else { throw ManifestError.missingKey(at: place) }
    let found = try ManifestItem(value: value, place: place).integer(in: 0...Int.max)
    guard found == schema else {
      throw ManifestError(.unsupportedSchema, at: place.text, "it is \(found), this program reads \(schema)")
    }
  }
}

/// Reads one JSON object strictly.
package struct ManifestFields<Key: ManifestKey> {
  private let members: [String: JSONValue]
  private let place: ManifestPlace

  /// Opens the object, and refuses it where it has a key that is none of `Key`.
  package init(_ item: ManifestItem) throws(ManifestError) {
    members = try item.members()
    place = item.place
    if let unknown = members.keys.filter({ Key(rawValue: $0) == nil }).min() {
      let known = Key.allCases.map(\.rawValue).joined(separator: ", ")
      throw ManifestError(.unknownKey, at: place.key(unknown).text, "the key is none of: \(known)")
    }
  }

  /// A fault of the object as a whole.
  package func fault(_ fault: ManifestError.Fault, _ detail: String) -> ManifestError {
    ManifestError(fault, at: place.text, detail)
  }

  /// The value of a key that may be left out; `null` is not a way to leave it out.
  package func optional(_ key: Key) -> ManifestItem? {
    members[key.rawValue].map { ManifestItem(value: $0, place: place.key(key.rawValue)) }
  }

  package func item(_ key: Key) throws(ManifestError) -> ManifestItem {
    guard let item = optional(key) else { throw ManifestError.missingKey(at: place.key(key.rawValue)) }
    return item
  }

  package func value<Value: ManifestReadable>(_ key: Key) throws(ManifestError) -> Value { try Value(item(key)) }

  package func optionalValue<Value: ManifestReadable>(_ key: Key) throws(ManifestError) -> Value? {
    guard let item = optional(key) else { return nil }
    return try Value(item)
  }

  /// Checks texts that are for people only.
  package func checkNotes(_ keys: Key...) throws(ManifestError) {
    for key in keys { _ = try optional(key)?.text() }
  }

  /// A name in the one grammar of ``Name``.
  package func name(_ key: Key) throws(ManifestError) -> String {
    try item(key).parsed("a name: \(NameGrammar.sentence)") { NameGrammar.accepts($0) ? $0 : nil }
  }

  package func integer(_ key: Key, in range: ClosedRange<Int>) throws(ManifestError) -> Int {
    try item(key).integer(in: range)
  }

  package func list<Element: ManifestReadable>(
    _ key: Key, count range: ClosedRange<Int>
  ) throws(ManifestError) -> [Element] {
    try item(key).elements(count: range).map { element throws(ManifestError) in try Element(element) }
  }

  /// A list that may be left out, which is then empty.
  package func optionalList<Element: ManifestReadable>(
    _ key: Key, count range: ClosedRange<Int>
  ) throws(ManifestError) -> [Element] {
    optional(key) == nil ? [] : try list(key, count: range)
  }

  /// A list of whole numbers.
  package func integers(
    _ key: Key, count: ClosedRange<Int>, in range: ClosedRange<Int>
  ) throws(ManifestError) -> [Int] {
    try item(key).elements(count: count).map { element throws(ManifestError) in try element.integer(in: range) }
  }
}

extension ManifestError {
  fileprivate static func missingKey(at place: ManifestPlace) -> ManifestError {
    ManifestError(.missingKey, at: place.text, "the key is missing")
  }
}
