import Foundation

/// A JSON value that tests take apart and put together, also wrongly: an object may have a key twice.
enum JSON {
  case object([(key: String, value: JSON)])
  case list([JSON])
  case text(String)
  case number(Double)
  case truth(Bool)
  case null

  /// Reads any JSON text.
  init(parsing bytes: [UInt8]) throws {
    self = try JSONDecoder().decode(JSON.self, from: Data(bytes))
  }

  var bytes: [UInt8] { Array(rendered.utf8) }

  private var rendered: String {
    switch self {
    case .object(let pairs):
      "{" + pairs.map { "\(Self.quoted($0.key)):\($0.value.rendered)" }.joined(separator: ",") + "}"
    case .list(let elements): "[" + elements.map(\.rendered).joined(separator: ",") + "]"
    case .text(let text): Self.quoted(text)
    case .number(let number): number == number.rounded() ? String(Int64(number)) : String(number)
    case .truth(let truth): truth ? "true" : "false"
    case .null: "null"
    }
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value < 32: "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  init(stringLiteral value: String) { self = .text(value) }
  init(integerLiteral value: Int) { self = .number(Double(value)) }
  init(floatLiteral value: Double) { self = .number(value) }
  init(booleanLiteral value: Bool) { self = .truth(value) }
  init(arrayLiteral elements: JSON...) { self = .list(elements) }
  init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { (key: $0, value: $1) }) }
  init(nilLiteral: ()) { self = .null }
}

extension JSON: Decodable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let truth = try? container.decode(Bool.self) {
      self = .truth(truth)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSON].self) {
      self = .list(list)
    } else {
      let object = try container.decode([String: JSON].self)
      self = .object(object.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
  }
}

/// A key or an index on the way to a value.
enum Step: Hashable {
  case key(String)
  case index(Int)
}

extension JSON {
  /// The steps of a place as errors name it, such as `tasks[2].kernel`; none for `.`.
  static func steps(_ place: String) -> [Step] {
    place.split(whereSeparator: { ".[]".contains($0) }).map { part in
      Int(part).map(Step.index) ?? .key(String(part))
    }
  }

  static func place(_ steps: [Step]) -> String {
    let text = steps.reduce(into: "") { text, step in
      switch step {
      case .key(let key): text += (text.isEmpty ? "" : ".") + key
      case .index(let index): text += "[\(index)]"
      }
    }
    return text.isEmpty ? "." : text
  }

  var pairs: [(key: String, value: JSON)] {
    guard case .object(let pairs) = self else { return [] }
    return pairs
  }
  var keys: [String] { pairs.map(\.key) }
  var elements: [JSON] {
    guard case .list(let elements) = self else { return [] }
    return elements
  }
  var string: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }
  var integer: Int? {
    guard case .number(let number) = self else { return nil }
    return Int(exactly: number)
  }

  /// The value at a place; setting nil takes it out, setting a new key or the index past the end adds it.
  subscript(place: String) -> JSON? {
    get { self[Self.steps(place)[...]] }
    set { self[Self.steps(place)[...]] = newValue }
  }

  subscript(steps: ArraySlice<Step>) -> JSON? {
    get {
      guard let step = steps.first else { return self }
      return child(step)?[steps.dropFirst()]
    }
    set {
      guard let step = steps.first else {
        self = newValue ?? .null
        return
      }
      if steps.count == 1 {
        setChild(step, to: newValue)
      } else if var child = child(step) {
        child[steps.dropFirst()] = newValue
        setChild(step, to: child)
      }
    }
  }

  private func child(_ step: Step) -> JSON? {
    switch (self, step) {
    case (.object(let pairs), .key(let key)): pairs.first { $0.key == key }?.value
    case (.list(let elements), .index(let index)): elements.indices.contains(index) ? elements[index] : nil
    default: nil
    }
  }

  private mutating func setChild(_ step: Step, to value: JSON?) {
    switch (self, step) {
    case (.object(var pairs), .key(let key)):
      let index = pairs.firstIndex { $0.key == key }
      switch (index, value) {
      case (let index?, let value?): pairs[index].value = value
      case (let index?, nil): pairs.remove(at: index)
      case (nil, let value?): pairs.append((key, value))
      case (nil, nil): break
      }
      self = .object(pairs)
    case (.list(var elements), .index(let index)):
      let range = min(index, elements.count)..<min(index + 1, elements.count)
      elements.replaceSubrange(range, with: value.map { [$0] } ?? [])
      self = .list(elements)
    default: break
    }
  }

  /// The way to every object in the value, the outermost first.
  var objectSteps: [[Step]] {
    switch self {
    case .object(let pairs): [[]] + pairs.flatMap { pair in pair.value.objectSteps.map { [.key(pair.key)] + $0 } }
    case .list(let elements):
      elements.enumerated().flatMap { index, element in element.objectSteps.map { [.index(index)] + $0 } }
    default: []
    }
  }
}
