public import Digests
public import Fabric
public import Messages

/// Why a request or a transfer of bytes failed.
public enum TransferError: TesseraError, Hashable, Codable {
  /// Nobody answered; the last refusal of the transport, where there was one.
  case noAnswer(Peer, attempts: Int, transport: TransportError?)
  /// The peer answered that it will not.
  case refused(Refusal)
  /// The message can never be sent.
  case unsendable(TransportError)
  case cancelled
  /// Too many requests of this process wait for their answers.
  case tooManyRequests(limit: Int)
  /// The peer answered something else than was asked for.
  case unexpectedAnswer(expected: String, found: String)
  /// The peer goes on asking for bytes that it was sent.
  case noProgress(Digest, received: Int, byteCount: Int)
  case blobTooLarge(byteCount: Int, limit: Int)
  /// A blob's bytes are not as many as its reference says.
  case wrongByteCount(Digest, expected: Int, found: Int)
  case digestMismatch(expected: Digest, found: Digest)
  /// A chunk or a range that lies outside of its blob, or is over the limit of one message.
  case badRange(offset: Int, count: Int, limit: Int)
  case blobMissing(Digest)
  /// The receiver holds as many unfinished blobs as it may.
  case deskFull

  public var code: String {
    switch self {
    case .noAnswer: "transfer.noAnswer"
    case .refused(let refusal): refusal.code
    case .unsendable(let error): error.code
    case .cancelled: "transfer.cancelled"
    case .tooManyRequests: "transfer.tooManyRequests"
    case .unexpectedAnswer: "transfer.unexpectedAnswer"
    case .noProgress: "transfer.noProgress"
    case .blobTooLarge: "transfer.blobTooLarge"
    case .wrongByteCount: "transfer.wrongByteCount"
    case .digestMismatch: "transfer.digestMismatch"
    case .badRange: "transfer.badRange"
    case .blobMissing: "transfer.blobMissing"
    case .deskFull: Self.deskFullCode
    }
  }
  /// The code of ``deskFull``, by which a sender knows that waiting helps.
  static let deskFullCode = "transfer.deskFull"

  public var message: String {
    switch self {
    case .noAnswer(let peer, let attempts, let transport):
      "\(peer.text) did not answer \(attempts) requests" + (transport.map { ": \($0.message)" } ?? "")
    case .refused(let refusal): refusal.message
    case .unsendable(let error): error.message
    case .cancelled: "the request was given up by its sender"
    case .tooManyRequests(let limit): "the limit of \(limit) requests waits for answers"
    case .unexpectedAnswer(let expected, let found): "the answer is \(found), where \(expected) was expected"
    case .noProgress(let digest, let received, let byteCount):
      "the receiver of blob \(digest) stays at \(received) of \(byteCount) bytes"
    case .blobTooLarge(let count, let limit): "a blob of \(count) bytes is over the limit of \(limit)"
    case .wrongByteCount(let digest, let expected, let found):
      "blob \(digest) has \(found) bytes, its reference says \(expected)"
    case .digestMismatch(let expected, let found):
      "the bytes have the digest \(found), their reference says \(expected)"
    case .badRange(let offset, let count, let limit):
      "\(count) bytes from \(offset) lie outside of the limit of \(limit)"
    case .blobMissing(let digest): "blob \(digest) is not there"
    case .deskFull: "as many blobs are being received already as there is room for"
    }
  }

  public var hint: String {
    switch self {
    case .noAnswer: "check that the other side runs and that its endpoint is right"
    case .refused(let refusal): refusal.hint
    case .unsendable(let error): error.hint
    case .cancelled: "ask again"
    case .tooManyRequests, .deskFull: "wait until some are done, and try again"
    case .unexpectedAnswer, .badRange: "use the same version of the program on both sides"
    case .noProgress: "check the other side's log, and try again"
    case .blobTooLarge: "send smaller items"
    case .wrongByteCount, .digestMismatch: "the bytes were damaged or are others: send them again from their source"
    case .blobMissing: "send it there first"
    }
  }
}

extension Peer {
  /// The peer as it stands in a sentence.
  var text: String {
    switch self {
    case .dialed(let endpoint): endpoint
    case .accepted: "a peer that dialled this process"
    }
  }
}
