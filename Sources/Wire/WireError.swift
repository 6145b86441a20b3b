public import Fabric

/// Why bytes are not a message that this program takes.
///
/// A field is named by its path from the message on, such as `submit.request.inputs[3].digest`.
public enum WireError: TesseraError, Hashable, Codable {
  case tooLarge(byteCount: Int, limit: Int)
  /// A message takes one frame; the peer sent another number of them.
  case wrongFrameCount(Int)
  /// The bytes do not follow the protobuf encoding.
  case malformed(String)
  case unsupportedVersion(found: UInt32, supported: UInt32)
  /// The envelope is empty, or carries what only a newer program knows.
  case unknownMessage
  case missingField(String)
  case outOfRange(field: String, found: String, allowed: String)
  case badManifest(field: String, ManifestError)

  public var code: String {
    switch self {
    case .tooLarge: "wire.tooLarge"
    case .wrongFrameCount: "wire.wrongFrameCount"
    case .malformed: "wire.malformed"
    case .unsupportedVersion: "wire.unsupportedVersion"
    case .unknownMessage: "wire.unknownMessage"
    case .missingField: "wire.missingField"
    case .outOfRange: "wire.outOfRange"
    case .badManifest: "wire.badManifest"
    }
  }
  public var message: String {
    switch self {
    case .tooLarge(let count, let limit): "a message of \(count) bytes is over the limit of \(limit)"
    case .wrongFrameCount(let count): "a message came in \(count) frames, not in one"
    case .malformed(let reason): "the bytes are no message: \(reason)"
    case .unsupportedVersion(let found, let supported):
      "the message is of protocol version \(found), this program speaks version \(supported)"
    case .unknownMessage: "the envelope holds no message that this program knows"
    case .missingField(let field): "\(field) is missing"
    case .outOfRange(let field, let found, let allowed): "\(field) is \(found), allowed is \(allowed)"
    case .badManifest(let field, let error): "\(field) was refused: \(error.code) \(error.message)"
    }
  }
  public var hint: String {
    switch self {
    case .tooLarge: "send less in one message; blobs go in chunks"
    case .wrongFrameCount: "send the encoded envelope as a single frame"
    case .malformed: "encode with the schema in Protos/tessera/v1/messages.proto"
    case .unsupportedVersion: "use programs of the same release on both sides"
    case .unknownMessage: "use programs of the same release on both sides"
    case .missingField, .outOfRange: "see the field's comment in Protos/tessera/v1/messages.proto"
    case .badManifest(_, let error): error.hint
    }
  }
}

extension WireError {
  /// The same error as seen from the message that holds `outer`, so that a path grows as the error is passed on.
  func inside(_ outer: String) -> WireError {
    func path(_ inner: String) -> String { inner.isEmpty ? outer : "\(outer).\(inner)" }
    switch self {
    case .missingField(let field): return .missingField(path(field))
    case .outOfRange(let field, let found, let allowed):
      return .outOfRange(field: path(field), found: found, allowed: allowed)
    case .badManifest(let field, let error): return .badManifest(field: path(field), error)
    case .tooLarge, .wrongFrameCount, .malformed, .unsupportedVersion, .unknownMessage: return self
    }
  }
}
