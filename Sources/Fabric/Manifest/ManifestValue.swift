/// A value that is only ever made by checking a JSON text, and that travels as that text.
///
/// So every process that receives one checks it again, and its digest is the digest of what its author wrote.
public protocol ManifestValue: Sendable, Hashable, Codable {
  /// The JSON text, at most ``Limits/manifestByteCount`` bytes.
  var manifest: [UInt8] { get }

  /// Checks and takes over a JSON text.
  init(manifest: [UInt8]) throws(ManifestError)
}

extension ManifestValue {
  public init(from decoder: any Decoder) throws {
    try self.init(manifest: Array(try decoder.singleValueContainer().decode(String.self).utf8))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(String(decoding: manifest, as: UTF8.self))
  }
}

/// What is wrong with a manifest, and where.
public struct ManifestError: TesseraError, Hashable, Codable {
  /// The kinds of fault; the raw value is the stable code.
  public enum Fault: String, Sendable, Hashable, Codable {
    case tooLarge = "manifest.tooLarge"
    case notJSON = "manifest.notJSON"
    case unsupportedSchema = "manifest.unsupportedSchema"
    case missingKey = "manifest.missingKey"
    case unknownKey = "manifest.unknownKey"
    case wrongType = "manifest.wrongType"
    case outOfRange = "manifest.outOfRange"
    case duplicateName = "manifest.duplicateName"
    case unknownName = "manifest.unknownName"
    case cycle = "manifest.cycle"
    case badShape = "manifest.badShape"
  }
  public let fault: Fault
  /// The place in the text, such as `tasks[2].kernel`; `.` is the whole.
  public let place: String
  public let detail: String

  public init(_ fault: Fault, at place: String, _ detail: String) {
    self.fault = fault
    self.place = Self.printable(place)
    self.detail = Self.printable(detail)
  }

  /// What a terminal and a log line can show: manifests come from strangers, and errors quote them.
  private static func printable(_ text: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(512) {
      switch scalar.properties.generalCategory {
      // Format characters can turn the direction of what follows them.
      case .control, .format, .lineSeparator, .paragraphSeparator: shown.append("?")
      default: shown.append(scalar)
      }
    }
    return String(shown)
  }

  public var code: String { fault.rawValue }
  public var message: String { "at \(place): \(detail)" }
  public var hint: String {
    switch fault {
    case .tooLarge: "a manifest has at most \(Limits.manifestByteCount) bytes"
    case .notJSON: "check the JSON syntax"
    case .unsupportedSchema: "use the schema version that this program knows"
    default: "see Documentation/manifests.md for what each key takes"
    }
  }
}
