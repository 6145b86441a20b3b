/// A short text that people give to a thing: 1 to 64 of `A-Z a-z 0-9 . _ -`, not beginning with a dot or a dash.
///
/// One grammar for all, so that a name is safe in a path, a log line and a shell word.
public protocol Name: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  var text: String { get }
  /// Wraps `text`, or refuses what the grammar does not allow.
  init?(_ text: String)
}

extension Name {
  public static func < (a: Self, b: Self) -> Bool { a.text < b.text }
  public var description: String { text }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let name = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text.prefix(80))' is no name: \(NameGrammar.sentence)")
    }
    self = name
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// The grammar of a ``Name``.
enum NameGrammar {
  static let maximumByteCount = 64
  static let sentence = "1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter, a digit or an underscore"

  static func accepts(_ text: some StringProtocol) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, bytes.count <= maximumByteCount else { return false }
    guard first != UInt8(ascii: "."), first != UInt8(ascii: "-") else { return false }
    return bytes.allSatisfy(isAllowed)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

/// A board, by the name that its operator gave it; unique in a cluster.
public struct BoardID: Name {
  public let text: String
  public init?(_ text: String) {
    guard NameGrammar.accepts(text) else { return nil }
    self.text = text
  }
}

/// A task of an application.
public struct TaskName: Name {
  public let text: String
  public init?(_ text: String) {
    guard NameGrammar.accepts(text) else { return nil }
    self.text = text
  }
}

/// An edge of an application.
public struct EdgeName: Name {
  public let text: String
  public init?(_ text: String) {
    guard NameGrammar.accepts(text) else { return nil }
    self.text = text
  }
}

/// A buffer argument of a kernel.
public struct ArgumentName: Name {
  public let text: String
  public init?(_ text: String) {
    guard NameGrammar.accepts(text) else { return nil }
    self.text = text
  }
}

/// Who owns jobs, quotas and data.
public struct TenantName: Name {
  public let text: String
  public init?(_ text: String) {
    guard NameGrammar.accepts(text) else { return nil }
    self.text = text
  }
}

/// Who signs images: the first part of the names of the kernels that they implement.
public struct PublisherName: Name {
  public let text: String
  public init?(_ text: String) {
    guard NameGrammar.accepts(text) else { return nil }
    self.text = text
  }

  /// Wraps what the grammar is known to allow.
  fileprivate init(checked text: Substring) { self.text = String(text) }
}

/// One of several images of the same function for the same slots, such as `low-power`.
public struct VariantName: Name {
  public let text: String
  public init?(_ text: String) {
    guard NameGrammar.accepts(text) else { return nil }
    self.text = text
  }
}

/// A kernel, `publisher/name@version`: the two names in the grammar of ``Name``, the version a positive number.
public struct KernelName: Name {
  public let text: String
  /// The part before the slash.
  public var publisher: PublisherName { PublisherName(checked: text.prefix { $0 != "/" }) }
  public init?(_ text: String) {
    guard text.utf8.count <= KernelName.maximumByteCount else { return nil }
    let halves = text.split(separator: "@", omittingEmptySubsequences: false)
    guard halves.count == 2, let version = UInt32(halves[1]), version > 0, String(version) == halves[1] else {
      return nil
    }
    let names = halves[0].split(separator: "/", omittingEmptySubsequences: false)
    guard names.count == 2, names.allSatisfy(NameGrammar.accepts) else { return nil }
    self.text = text
  }
  /// The longest kernel name, in bytes; it must fit the first frame of an image.
  public static let maximumByteCount = 96
}
