/// An error that a user may see: a stable code, a sentence with both sides of the mismatch, and what to do about it.
public protocol TesseraError: Error, Sendable, CustomStringConvertible {
  /// The stable name, `room.caseName`; scripts may rely on it.
  var code: String { get }
  /// What happened, naming both sides of a mismatch.
  var message: String { get }
  /// What the reader can do about it.
  var hint: String { get }
}

extension TesseraError {
  public var description: String { "\(code): \(message) (\(hint))" }
}

/// An error as it crosses a process boundary: what any ``TesseraError`` says of itself.
public struct Refusal: TesseraError, Hashable, Codable {
  /// The longest text that a refusal carries, in UTF-8 bytes; longer ones are cut.
  public static let maximumTextByteCount = 1024

  public let code: String
  public let message: String
  public let hint: String

  /// Makes a refusal from its three texts, each cut to ``maximumTextByteCount``.
  public init(code: String, message: String, hint: String) {
    self.code = Self.cut(code)
    self.message = Self.cut(message)
    self.hint = Self.cut(hint)
  }

  /// Takes over what another error says.
  public init(_ error: any TesseraError) {
    self.init(code: error.code, message: error.message, hint: error.hint)
  }

  /// A text of at most ``maximumTextByteCount``.
  static func cut(_ text: String) -> String {
    text.utf8.count <= maximumTextByteCount
      ? text : String(decoding: text.utf8.prefix(maximumTextByteCount), as: UTF8.self)
  }
}

extension Refusal {
  /// What any error says of itself; one that is not ours is named `internal`.
  public static func about(_ error: any Error) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    if let error = error as? any TesseraError { return Refusal(error) }
    return Refusal(code: "internal", message: "\(error)", hint: "please report this with the daemon's log")
  }
}
