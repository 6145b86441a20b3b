public import Digests

/// Where the bytes of partials come from: a board's storage.
public protocol ImageSource: Sendable {
  /// Reads the bytes of one partial; they are not yet verified.
  @concurrent func read(_ partial: PartialReference) async throws(ImageSourceError) -> [UInt8]
}

/// Why a partial could not be read.
public enum ImageSourceError: TesseraError, Hashable, Codable {
  case missing(Digest)
  case wrongByteCount(Digest, expected: Int, found: Int)
  case unreadable(Digest, String)

  public var code: String {
    switch self {
    case .missing: "image.missing"
    case .wrongByteCount: "image.wrongByteCount"
    case .unreadable: "image.unreadable"
    }
  }
  public var message: String {
    switch self {
    case .missing(let digest): "the partial \(digest) is not in the board's storage"
    case .wrongByteCount(let digest, let expected, let found):
      "the partial \(digest) has \(found) bytes, its manifest says \(expected)"
    case .unreadable(let digest, let reason): "the partial \(digest) could not be read: \(reason)"
    }
  }
  public var hint: String { "push the image again, or build it with 'tessera image build'" }
}
