public import BoardAgent
public import Fabric

/// Turns the lines of an agent's journal into bytes and back, by the schema in `Protos/tessera/v1/records.proto`.
public struct AgentRecordCodec: RecordCodec {
  public init() {}

  public func encode(_ record: AgentRecord) throws(StoreError) -> [UInt8] { try ProtoAgentRecord.encode(record) }

  public func decode(_ bytes: [UInt8]) throws(StoreError) -> AgentRecord { try ProtoAgentRecord.decode(bytes) }
}

extension ProtoAgentRecord: RecordForm {
  init(_ record: AgentRecord) {
    self.init()
    switch record {
    case .began(let incarnation): began.incarnation = incarnation.rawValue
    case .accepted(let job): accepted = ProtoJobEpoch(job)
    case .sealed(let job, let checkpoint):
      sealed.job = job.job.rawValue
      sealed.epoch = job.epoch.rawValue
      sealed.checkpoint = ProtoCheckpoint(checkpoint)
    case .quarantined(let slot, let reason):
      quarantined.slot = Int64(slot.rawValue)
      quarantined.reason = ProtoQuarantineReason(reason)
    case .reset(let slot): slotReset.slot = Int64(slot.rawValue)
    }
  }

  func decoded() throws(WireError) -> AgentRecord {
    switch body {
    case .began(let form): .began(Incarnation(rawValue: form.incarnation))
    case .accepted(let form): .accepted(try form.named("accepted"))
    case .sealed(let form):
      .sealed(
        JobEpoch(job: JobID(rawValue: form.job), epoch: try form.epoch.epoch("sealed.epoch")),
        try form.checkpoint.required("sealed.checkpoint", form.hasCheckpoint))
    case .quarantined(let form):
      .quarantined(
        try form.slot.slot("quarantined.slot"),
        try form.reason.required("quarantined.reason", form.hasReason))
    case .slotReset(let form): .reset(try form.slot.slot("slot_reset.slot"))
    case nil: throw .unknownMessage
    }
  }
}
