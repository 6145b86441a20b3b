public import ClusterBroker
public import Fabric

/// Turns the lines of the broker's journal into bytes and back, by the schema in `Protos/tessera/v1/records.proto`.
public struct BrokerRecordCodec: RecordCodec {
  public init() {}

  public func encode(_ record: BrokerRecord) throws(StoreError) -> [UInt8] { try ProtoBrokerRecord.encode(record) }

  public func decode(_ bytes: [UInt8]) throws(StoreError) -> BrokerRecord { try ProtoBrokerRecord.decode(bytes) }
}

extension ProtoBrokerRecord: RecordForm {
  init(_ record: BrokerRecord) {
    self.init()
    switch record {
    case .submitted(let job, let key, let request): submitted = ProtoSubmittedRecord(job, key, request)
    case .owned(let job, let ownership): owned = ProtoOwnedRecord(job, ownership)
    case .stopping(let job, let epoch, let destination): stopping = ProtoStoppingRecord(job, epoch, destination)
    case .committed(let job, let epoch, let item, let result):
      committed = ProtoCommittedRecord(job, epoch, item, result)
    case .requeued(let job, let epoch, let cause): requeued = ProtoRequeuedRecord(job, epoch, cause)
    case .ended(let job, let end): ended = ProtoEndedRecord(job, end)
    case .forgotten(let job): forgotten = ProtoJobReference(job)
    }
  }

  func decoded() throws(WireError) -> BrokerRecord {
    switch body {
    case .submitted(let form): try Self.named("submitted", form.decoded)
    case .owned(let form): try Self.named("owned", form.decoded)
    case .stopping(let form): try Self.named("stopping", form.decoded)
    case .committed(let form): try Self.named("committed", form.decoded)
    case .requeued(let form): try Self.named("requeued", form.decoded)
    case .ended(let form): try Self.named("ended", form.decoded)
    case .forgotten(let form): .forgotten(try form.named("forgotten"))
    case nil: throw .unknownMessage
    }
  }

  /// The record, where an error shall name its kind.
  private static func named(
    _ kind: String, _ decode: () throws(WireError) -> BrokerRecord
  ) throws(WireError) -> BrokerRecord {
    do { return try decode() } catch { throw error.inside(kind) }
  }
}
