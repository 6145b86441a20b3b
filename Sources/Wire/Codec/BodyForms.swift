internal import Messages

// The envelope's content: which field of the schema stands for which message.

extension ProtoEnvelope.OneOf_Body {
  init(_ message: Message) {
    switch message {
    case .submit(let value): self = .submit(ProtoSubmit(value))
    case .statusQuery(let value): self = .statusQuery(ProtoStatusQuery(value))
    case .outputsQuery(let job): self = .outputsQuery(ProtoJobReference(job))
    case .cancel(let job): self = .cancel(ProtoJobReference(job))
    case .migrate(let value): self = .migrate(ProtoMigrateRequest(value))
    case .boardsQuery: self = .boardsQuery(ProtoBoardsQuery())
    case .resetSlot(let value): self = .resetSlot(ProtoSlotReset(value))
    case .submitted(let job): self = .submitted(ProtoJobReference(job))
    case .status(let jobs): self = .status(ProtoStatusList(jobs))
    case .outputs(let value): self = .outputs(ProtoJobOutputs(value))
    case .accepted(let job): self = .accepted(ProtoJobReference(job))
    case .boards(let boards): self = .boards(ProtoBoardList(boards))
    case .resetStatus(let value): self = .resetStatus(ProtoResetStatus(value))
    case .putBlob(let chunk): self = .putBlob(ProtoBlobChunk(chunk))
    case .blobAck(let value): self = .blobAck(ProtoBlobAck(value))
    case .getBlob(let range): self = .getBlob(ProtoBlobRange(range))
    case .blob(let chunk): self = .blob(ProtoBlobChunk(chunk))
    case .register(let value): self = .register(ProtoRegistration(value))
    case .heartbeat(let value): self = .heartbeat(ProtoHeartbeat(value))
    case .progress(let job): self = .progress(ProtoHeldJob(job))
    case .itemFinished(let value): self = .itemFinished(ProtoItemFinished(value))
    case .prepared(let value): self = .prepared(ProtoJobEpoch(value))
    case .declined(let value): self = .declined(ProtoDeclined(value))
    case .stopped(let value): self = .stopped(ProtoStopped(value))
    case .handBack(let value): self = .handBack(ProtoHandBack(value))
    case .resetEnded(let value): self = .resetEnded(ProtoResetEnd(value))
    case .welcome(let value): self = .welcome(ProtoWelcome(value))
    case .unknownAgent: self = .unknownAgent(ProtoUnknownAgent())
    case .heartbeatAck(let number): self = .heartbeatAck(ProtoHeartbeatAck(number: number))
    case .assign(let value): self = .assign(ProtoAssignment(value))
    case .committed(let value): self = .committed(ProtoCommitted(value))
    case .blobMissing(let value): self = .blobMissing(ProtoItemFinished(value))
    case .prepare(let value): self = .prepare(ProtoAssignment(value))
    case .stop(let value): self = .stop(ProtoStopOrder(value))
    case .release(let value): self = .release(ProtoJobEpoch(value))
    case .reset(let value): self = .reset(ProtoResetOrder(value))
    case .refused(let refusal): self = .refused(ProtoRefusal(refusal))
    }
  }

  func decoded() throws(WireError) -> Message {
    switch self {
    case .submit(let form): .submit(try form.named("submit"))
    case .statusQuery(let form): .statusQuery(try form.named("status_query"))
    case .outputsQuery(let form): .outputsQuery(try form.named("outputs_query"))
    case .cancel(let form): .cancel(try form.named("cancel"))
    case .migrate(let form): .migrate(try form.named("migrate"))
    case .boardsQuery: .boardsQuery
    case .resetSlot(let form): .resetSlot(try form.named("reset_slot"))
    case .submitted(let form): .submitted(try form.named("submitted"))
    case .status(let form): .status(try form.named("status"))
    case .outputs(let form): .outputs(try form.named("outputs"))
    case .accepted(let form): .accepted(try form.named("accepted"))
    case .boards(let form): .boards(try form.named("boards"))
    case .resetStatus(let form): .resetStatus(try form.named("reset_status"))
    case .putBlob(let form): .putBlob(try form.named("put_blob"))
    case .blobAck(let form): .blobAck(try form.named("blob_ack"))
    case .getBlob(let form): .getBlob(try form.named("get_blob"))
    case .blob(let form): .blob(try form.named("blob"))
    case .register(let form): .register(try form.named("register"))
    case .heartbeat(let form): .heartbeat(try form.named("heartbeat"))
    case .progress(let form): .progress(try form.named("progress"))
    case .itemFinished(let form): .itemFinished(try form.named("item_finished"))
    case .prepared(let form): .prepared(try form.named("prepared"))
    case .declined(let form): .declined(try form.named("declined"))
    case .stopped(let form): .stopped(try form.named("stopped"))
    case .handBack(let form): .handBack(try form.named("hand_back"))
    case .resetEnded(let form): .resetEnded(try form.named("reset_ended"))
    case .welcome(let form): .welcome(try form.named("welcome"))
    case .unknownAgent: .unknownAgent
    case .heartbeatAck(let form): .heartbeatAck(number: form.number)
    case .assign(let form): .assign(try form.named("assign"))
    case .committed(let form): .committed(try form.named("committed"))
    case .blobMissing(let form): .blobMissing(try form.named("blob_missing"))
    case .prepare(let form): .prepare(try form.named("prepare"))
    case .stop(let form): .stop(try form.named("stop"))
    case .release(let form): .release(try form.named("release"))
    case .reset(let form): .reset(try form.named("reset"))
    case .refused(let form): .refused(try form.named("refused"))
    }
  }
}
