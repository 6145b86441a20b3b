internal import ClusterBroker
internal import Fabric
internal import FoundationEssentials
internal import Messages

// The kinds of a broker's record, both directions side by side.

extension ProtoSubmittedRecord {
  init(_ job: JobID, _ idempotencyKey: String, _ request: JobRequest) {
    self.init()
    self.job = job.rawValue
    self.idempotencyKey = idempotencyKey
    self.request = ProtoJobRequest(request)
  }

  func decoded() throws(WireError) -> BrokerRecord {
    .submitted(
      JobID(rawValue: job),
      idempotencyKey: try idempotencyKey.idempotencyKey(),
      try request.required("request", hasRequest))
  }
}

extension ProtoOwnedRecord {
  init(_ job: JobID, _ ownership: Ownership) {
    self.init()
    self.job = job.rawValue
    epoch = ownership.epoch.rawValue
    board = ownership.board.text
    incarnation = ownership.incarnation.rawValue
    images = ownership.images.map { Data($0.rawValue) }
    checkpoint = ProtoCheckpoint(ownership.checkpoint)
  }

  func decoded() throws(WireError) -> BrokerRecord {
    .owned(
      JobID(rawValue: job),
      Ownership(
        epoch: try epoch.epoch(), board: try board.name("board"), incarnation: Incarnation(rawValue: incarnation),
        images: try images.imageIDs("images"), checkpoint: try checkpoint.required("checkpoint", hasCheckpoint)))
  }
}

extension ProtoStoppingRecord {
  init(_ job: JobID, _ epoch: Epoch, _ destination: Destination) {
    self.init()
    self.job = job.rawValue
    self.epoch = epoch.rawValue
    board = destination.board.text
    incarnation = destination.incarnation.rawValue
    endpoint = destination.endpoint
  }

  func decoded() throws(WireError) -> BrokerRecord {
    .stopping(
      JobID(rawValue: job), try epoch.epoch(),
      Destination(
        board: try board.name("board"), incarnation: Incarnation(rawValue: incarnation),
        endpoint: try endpoint.endpoint("endpoint")))
  }
}

extension ProtoCommittedRecord {
  init(_ job: JobID, _ epoch: Epoch, _ item: Int, _ result: BlobReference) {
    self.init()
    self.job = job.rawValue
    self.epoch = epoch.rawValue
    self.item = Int64(item)
    self.result = ProtoBlobReference(result)
  }

  func decoded() throws(WireError) -> BrokerRecord {
    .committed(
      JobID(rawValue: job), try epoch.epoch(), item: try item.number("item", in: .itemPosition),
      result: try result.required("result", hasResult))
  }
}

extension ProtoRequeuedRecord {
  init(_ job: JobID, _ epoch: Epoch, _ cause: RequeueCause) {
    self.init()
    self.job = job.rawValue
    self.epoch = epoch.rawValue
    switch cause {
    case .agentLost: break
    case .boardFault(let refusal): boardFault = ProtoRefusal(refusal)
    }
  }

  func decoded() throws(WireError) -> BrokerRecord {
    let fault = try boardFault.optional("board_fault", hasBoardFault)
    return .requeued(JobID(rawValue: job), try epoch.epoch(), fault.map(RequeueCause.boardFault) ?? .agentLost)
  }
}

extension ProtoEndedRecord {
  init(_ job: JobID, _ end: JobEnd) {
    self.init()
    self.job = job.rawValue
    switch end {
    case .completed: state = .completed
    case .cancelled: state = .cancelled
    case .failed(let refusal):
      state = .failed
      reason = ProtoRefusal(refusal)
    }
  }

  func decoded() throws(WireError) -> BrokerRecord {
    let job = JobID(rawValue: job)
    switch try state.required("state") {
    case .completed: return .ended(job, .completed)
    case .cancelled: return .ended(job, .cancelled)
    case .failed: return .ended(job, .failed(try reason.required("reason", hasReason)))
    case .queued, .running, .migrating:
      throw .outOfRange(field: "state", found: "\(state.rawValue)", allowed: "completed, failed or cancelled")
    }
  }
}
