/// A parser of bytes that strangers hand in, and what must hold whatever they are.
///
/// Besides what is checked here, no bytes may end the process, take for ever, or take memory out of proportion; that is
/// libFuzzer's to see.
public enum FuzzTarget: String, Sendable, CaseIterable {
  case bit, bin, xclbin, inspection, partial, frames, relocation, compression
  case application, board, image, signature
  case trustedKey = "trusted-key"
  case trace, audit
  case message
  case agentRecord = "agent-record"
  case brokerRecord = "broker-record"

  /// Hands bytes to the parser.
  ///
  /// - Throws: What does not hold.
  public func run(_ bytes: [UInt8]) throws(Disagreement) {
    switch self {
    case .bit: try BitstreamChecks.bit(bytes)
    case .bin: try BitstreamChecks.bin(bytes)
    case .xclbin: try BitstreamChecks.xclbin(bytes)
    case .inspection: try BitstreamChecks.inspection(bytes)
    case .partial: try PartialChecks.partial(bytes)
    case .frames: try PartialChecks.frames(bytes)
    case .relocation: try WritingChecks.relocation(bytes)
    case .compression: try WritingChecks.compression(bytes)
    case .application: try ManifestChecks.application(bytes)
    case .board: try ManifestChecks.board(bytes)
    case .image: try ManifestChecks.image(bytes)
    case .signature: try ManifestChecks.signature(bytes)
    case .trustedKey: try ManifestChecks.trustedKey(bytes)
    case .audit: try AuditChecks.log(bytes)
    case .trace: try ManifestChecks.trace(bytes)
    case .message: try WireChecks.message(bytes)
    case .agentRecord: try WireChecks.agentRecord(bytes)
    case .brokerRecord: try WireChecks.brokerRecord(bytes)
    }
  }
}

/// Two readings of the same bytes that should be one.
public struct Disagreement: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }

  /// - Throws: Itself, unless something holds.
  static func unless(_ holds: Bool, _ description: @autoclosure () -> String) throws(Disagreement) {
    if !holds { throw Disagreement(description()) }
  }
}
