internal import Messages
internal import Wire
internal import Fabric

/// What comes over the network, and what a journal holds.
enum WireChecks {
  static func message(_ bytes: [UInt8]) throws(Disagreement) {
    _ = MessageCodec.request(in: bytes)
    guard let envelope = try? MessageCodec.decode(bytes) else { return }
    // What was read may be larger than the limit as it is written, since defaults are written too.
    guard let written = try? MessageCodec.encode(envelope) else { return }
    let again = try? MessageCodec.decode(written)
    try Disagreement.unless(again == envelope, "a message reads differently as it is written: \(envelope)")
  }

  static func agentRecord(_ bytes: [UInt8]) throws(Disagreement) { try check(AgentRecordCodec(), bytes) }
  static func brokerRecord(_ bytes: [UInt8]) throws(Disagreement) { try check(BrokerRecordCodec(), bytes) }

  private static func check<Codec: RecordCodec>(
    _ codec: Codec, _ bytes: [UInt8]
  ) throws(Disagreement) where Codec.Record: Equatable {
    guard let record = try? codec.decode(bytes) else { return }
    guard let written = try? codec.encode(record) else { throw Disagreement("a record cannot be written: \(record)") }
    let again = try? codec.decode(written)
    try Disagreement.unless(again == record, "a record reads differently as it is written: \(record)")
  }
}
