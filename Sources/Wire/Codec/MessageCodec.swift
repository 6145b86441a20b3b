public import Messages
internal import SwiftProtobuf

/// Turns envelopes into bytes and back, by the schema in `Protos/tessera/v1/messages.proto`.
///
/// What comes out of ``decode(_:)`` keeps every limit of `Limits` and `MessageLimits`; no bytes make it crash.
public enum MessageCodec {
  /// Encodes a message; O(bytes).
  ///
  /// Throws `.tooLarge` for one over ``Messages/MessageLimits/messageByteCount``.
  public static func encode(_ envelope: Envelope) throws(TransportError) -> [UInt8] {
    var form = ProtoEnvelope()
    form.version = Envelope.protocolVersion
    form.request = envelope.request
    form.body = ProtoEnvelope.OneOf_Body(envelope.message)
    let bytes: [UInt8]
    // Fails only beyond 2 GiB, which the limits of all values keep far away.
    do { bytes = try form.serializedBytes() } catch { throw .unavailable("the message has no encoding: \(error)") }
    guard bytes.count <= MessageLimits.messageByteCount else {
      throw .tooLarge(byteCount: bytes.count, limit: MessageLimits.messageByteCount)
    }
    return bytes
  }

  /// Decodes and checks a message; O(bytes).
  public static func decode(_ bytes: [UInt8]) throws(WireError) -> Envelope {
    let header = try header(of: bytes)
    guard header.version == Envelope.protocolVersion else {
      throw .unsupportedVersion(found: header.version, supported: Envelope.protocolVersion)
    }
    let form: ProtoEnvelope = try parse(bytes)
    guard let body = form.body else { throw .unknownMessage }
    return Envelope(try body.decoded(), request: form.request)
  }

  /// The request number of a message that ``decode(_:)`` refuses, or 0 where it cannot be read.
  public static func request(in bytes: [UInt8]) -> UInt64 { (try? header(of: bytes))?.request ?? 0 }

  private static func header(of bytes: [UInt8]) throws(WireError) -> ProtoEnvelopeHeader {
    guard bytes.count <= MessageLimits.messageByteCount else {
      throw .tooLarge(byteCount: bytes.count, limit: MessageLimits.messageByteCount)
    }
    return try parse(bytes)
  }

  private static func parse<Form: SwiftProtobuf.Message>(_ bytes: [UInt8]) throws(WireError) -> Form {
    var options = BinaryDecodingOptions()
    // Our deepest message is 5 levels deep.
    options.messageDepthLimit = 16
    options.discardUnknownFields = true
    do { return try Form(serializedBytes: bytes, options: options) } catch { throw .malformed("\(error)") }
  }
}
