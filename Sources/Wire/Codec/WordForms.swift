internal import Fabric
internal import FoundationEssentials
internal import Messages

// The words that several messages use.

extension ProtoRefusal: WireForm {
  init(_ refusal: Refusal) {
    self.init()
    code = refusal.code
    message = refusal.message
    hint = refusal.hint
  }

  /// Longer texts are cut, not refused: a refusal is worth reading in any case.
  func decoded() throws(WireError) -> Refusal { Refusal(code: code, message: message, hint: hint) }
}

extension ProtoJobReference: WireForm {
  init(_ job: JobID) {
    self.init()
    self.job = job.rawValue
  }

  func decoded() throws(WireError) -> JobID { JobID(rawValue: job) }
}

extension ProtoJobEpoch: WireForm {
  init(_ value: JobEpoch) {
    self.init()
    job = value.job.rawValue
    epoch = value.epoch.rawValue
  }

  func decoded() throws(WireError) -> JobEpoch { JobEpoch(job: JobID(rawValue: job), epoch: try epoch.epoch()) }
}

extension ProtoTaskProgress: WireForm {
  init(_ progress: TaskProgress) {
    self.init()
    task = progress.task.text
    finished = Int64(progress.finished)
  }

  func decoded() throws(WireError) -> TaskProgress {
    TaskProgress(task: try task.name("task"), finished: try finished.number("finished", in: .itemCount))
  }
}

extension ProtoProgress: WireForm {
  init(_ progress: Progress) {
    self.init()
    tasks = progress.tasks.map(ProtoTaskProgress.init)
  }

  func decoded() throws(WireError) -> Progress {
    Progress(tasks: try tasks.list("tasks", in: 0...Limits.tasksPerApplication))
  }
}

extension ProtoBlobReference: WireForm {
  init(_ blob: BlobReference) {
    self.init()
    digest = Data(blob.digest)
    byteCount = Int64(blob.byteCount)
  }

  func decoded() throws(WireError) -> BlobReference {
    BlobReference(
      digest: try digest.digest("digest"), byteCount: try byteCount.number("byte_count", in: .blobByteCount))
  }
}

extension ProtoSavedItem: WireForm {
  init(_ saved: SavedItem) {
    self.init()
    edge = saved.edge.text
    item = Int64(saved.item)
    blob = ProtoBlobReference(saved.blob)
  }

  func decoded() throws(WireError) -> SavedItem {
    SavedItem(
      edge: try edge.name("edge"), item: try item.number("item", in: .itemPosition),
      blob: try blob.required("blob", hasBlob))
  }
}

extension ProtoCheckpoint: WireForm {
  init(_ checkpoint: Checkpoint) {
    self.init()
    progress = ProtoProgress(checkpoint.progress)
    items = checkpoint.items.map(ProtoSavedItem.init)
  }

  func decoded() throws(WireError) -> Checkpoint {
    Checkpoint(
      progress: try progress.required("progress", hasProgress), items: try items.list("items", in: .savedItems))
  }
}

extension ProtoJobRequest: WireForm {
  init(_ request: JobRequest) {
    self.init()
    application = Data(request.application.manifest)
    inputs = request.inputs.map(ProtoBlobReference.init)
    priority = Int64(request.priority)
    tenant = request.tenant.text
  }

  func decoded() throws(WireError) -> JobRequest {
    JobRequest(
      application: try application.manifest("application"),
      inputs: try inputs.list("inputs", in: 1...Limits.itemsPerBatch),
      priority: try priority.number("priority", in: 1...9), tenant: try tenant.name("tenant"))
  }
}

extension ProtoQuarantineReason: WireForm {
  init(_ reason: QuarantineReason) {
    self.init()
    code = reason.code
    message = reason.message
    attempts = Int64(reason.attempts)
    sinceNanoseconds = reason.since.nanoseconds
  }

  /// Longer texts are cut, as those of a refusal are.
  func decoded() throws(WireError) -> QuarantineReason {
    QuarantineReason(
      code: code, message: message, attempts: try attempts.number("attempts", in: 1...Int.max),
      since: TimeOfDay(nanoseconds: Int64(try sinceNanoseconds.number("since_nanoseconds", in: .nanoseconds))))
  }
}

extension ProtoSlotStatus: WireForm {
  init(_ status: SlotStatus) {
    self.init()
    slot = Int64(status.slot.rawValue)
    kind = ProtoSlotKind(status.kind)
    state = ProtoSlotActivity(status.state)
    if let name = status.image { image = name }
    if let number = status.job?.rawValue { job = number }
    if let reason = status.quarantine { quarantine = ProtoQuarantineReason(reason) }
  }

  func decoded() throws(WireError) -> SlotStatus {
    SlotStatus(
      slot: try slot.slot(), kind: try kind.required("kind"), state: try state.required("state"),
      image: hasImage ? try image.text("image") : nil, job: hasJob ? JobID(rawValue: job) : nil,
      quarantine: try quarantine.optional("quarantine", hasQuarantine))
  }
}

extension ProtoConfigurationEntry: WireForm {
  init(_ entry: ConfigurationEntry) {
    self.init()
    number = Int64(entry.number)
    slot = Int64(entry.slot.rawValue)
    image = entry.image
    if let owner = entry.job?.rawValue { job = owner }
    supply = ProtoPartialSupply(entry.supply)
    requestedNanoseconds = entry.requested.nanoseconds
    beganNanoseconds = entry.began.nanoseconds
    endedNanoseconds = entry.ended.nanoseconds
    if let code = entry.failure { failure = code }
  }

  func decoded() throws(WireError) -> ConfigurationEntry {
    ConfigurationEntry(
      number: try number.number("number", in: 1...Int.max),
      slot: try slot.slot(), image: try image.text("image"),
      job: hasJob ? JobID(rawValue: job) : nil, supply: try supply.required("supply", hasSupply),
      requested: try requestedNanoseconds.instant("requested_nanoseconds"),
      began: try beganNanoseconds.instant("began_nanoseconds"),
      ended: try endedNanoseconds.instant("ended_nanoseconds"), failure: hasFailure ? try failure.text("failure") : nil)
  }
}

extension ProtoPartialSupply: WireForm {
  init(_ supply: PartialSupply) {
    self.init()
    source =
      switch supply {
      case .hit: .memory
      case .joined: .joined
      case .cold: .storage
      }
    fetchNanoseconds = supply.wait.fetch.nanoseconds
    verificationNanoseconds = supply.wait.verification.nanoseconds
  }

  func decoded() throws(WireError) -> PartialSupply {
    let wait = PartialSupply.Wait(
      fetch: try fetchNanoseconds.duration("fetch_nanoseconds"),
      verification: try verificationNanoseconds.duration("verification_nanoseconds"))
    switch source {
    case .memory: return .hit
    case .joined: return .joined(wait)
    case .storage: return .cold(wait)
    case .unspecified, .UNRECOGNIZED:
      throw .outOfRange(field: "source", found: "\(source.rawValue)", allowed: "a value of the schema but 0")
    }
  }
}

extension ProtoBoardHealth: WireForm {
  init(_ health: BoardHealth) {
    self.init()
    configurationCount = Int64(health.configurationCount)
    portErrorCount = Int64(health.portErrorCount)
    overrunCount = Int64(health.overrunCount)
  }

  func decoded() throws(WireError) -> BoardHealth {
    BoardHealth(
      configurationCount: try configurationCount.number("configuration_count", in: .anyCount),
      portErrorCount: try portErrorCount.number("port_error_count", in: .anyCount),
      overrunCount: try overrunCount.number("overrun_count", in: .anyCount))
  }
}

extension ProtoHeldJob: WireForm {
  init(_ held: HeldJob) {
    self.init()
    job = held.job.rawValue
    epoch = held.epoch.rawValue
    phase = ProtoHoldPhase(held.phase)
    progress = ProtoProgress(held.progress)
    committed = Int64(held.committed)
  }

  func decoded() throws(WireError) -> HeldJob {
    HeldJob(
      job: JobID(rawValue: job), epoch: try epoch.epoch(), phase: try phase.required("phase"),
      progress: try progress.required("progress", hasProgress),
      committed: try committed.number("committed", in: .itemCount))
  }
}
