package import Fabric
internal import Messages
internal import Reconfig
internal import SlotAllocator

/// Slots, the port and storage.
extension AgentCore {
  mutating func schedule(at now: Now, into actions: inout Actions<AgentAction>) throws(AgentError) {
    try queue.prepare(&scheduler, at: now.wall)
    for action in scheduler.next(at: now.board, mayLaunch: membership.mayLaunch(at: now.wall)) {
      switch action {
      case .launch(let slot, let launch): actions.append(.launch(slot, launch))
      case .configure(let slot, let image, let need, let execution):
        let tenant = job(execution)?.request.tenant
        let partial = try queue.request(
          image, of: images, for: slot, execution, tenant: tenant, need: need, at: now.board)
        if let partial {
          supplies.requested(partial, in: slot, isInMemory: queue.holds(partial), at: now.board)
        }
      }
    }
    if let plan = scheduler.imagePlan(at: now.board) { queue.plan(plan, of: images) }
  }

  /// Hands reads and the port's work out; gives the instant at which a retry is due.
  mutating func configure(at now: Now, into actions: inout Actions<AgentAction>) -> WallInstant? {
    var retry: WallInstant?
    for action in queue.next(at: now) {
      switch action {
      case .fetch(let partial):
        supplies.readBegan(partial, at: now.board)
        actions.append(.fetch(partial))
      case .blank(let slot): actions.append(.blank(slot))
      case .write(let partial): actions.append(.write(partial))
      case .wake(let instant): retry = instant
      }
    }
    return retry
  }

  mutating func fetched(
    _ partial: PartialReference, _ outcome: Outcome<Duration>, at now: Now, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    switch outcome {
    case .success(let verification):
      supplies.readEnded(partial, verification: verification, at: now.board)
      let evicted = try AgentError.wrap { () throws(ConfigurationError) in try queue.fetched(partial) }
      for partial in evicted { actions.append(.evict(partial)) }
    case .failure(let refusal):
      supplies.readEnded(partial, verification: .zero, at: now.board)
      audit(.imageRefused(partial.slot, partial: partial.digest, code: refusal.code), into: &actions)
      let failed = try AgentError.wrap { () throws(ConfigurationError) in try queue.fetchFailed(partial) }
      for (request, image) in failed {
        try failure(of: request, began: nil, refusal, holding: image, at: now, into: &actions)
      }
    }
  }

  /// The image itself is at fault: the slot is kept, and the job goes back.
  private mutating func failure(
    of request: ConfigurationQueue.Request, began: BoardInstant?, _ reason: Refusal, holding image: ImageID?,
    at now: Now, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    note(request, began: began, ended: now.board, failure: reason.code)
    // A job that came in the place of a reservation has its slots, and another epoch than the one that asked.
    let execution = scheduler.activity(of: request.slot).execution
    try end(request.slot, holding: image)
    if let execution { handBack(execution, cause: .board, reason: reason, into: &actions) }
  }

  mutating func blanked(
    _ slot: SlotID, _ fault: BoardError?, at now: Now, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    let outcome = try AgentError.wrap { () throws(ConfigurationError) in try queue.blanked(slot, fault, at: now) }
    switch outcome {
    // Also where nobody wants the slot any more: whoever comes next finds it blank.
    case .blanked(let request), .abandoned(let request):
      if fault == nil { audit(.slotBlanked(slot, tenant: request.tenant), into: &actions) }
    case .configured, .retrying, .refused, .quarantined, .reset: break
    }
    try portEnded(slot, outcome, at: now, into: &actions)
  }

  mutating func written(
    _ slot: SlotID, _ fault: BoardError?, at now: Now, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    let outcome = try AgentError.wrap { () throws(ConfigurationError) in try queue.written(slot, fault, at: now) }
    if case .refused(let request, let began) = outcome, let fault {
      let partial = request.partial
      audit(.imageRefused(partial.slot, partial: partial.digest, code: fault.code), into: &actions)
      return try failure(of: request, began: began, Refusal(fault), holding: nil, at: now, into: &actions)
    }
    if let fault, let request = outcome.request {
      let event = AuditEvent.configurationFailed(
        slot, request.image, partial: request.partial.digest, tenant: request.tenant, job: request.execution.job,
        code: fault.code)
      audit(event, into: &actions)
    }
    try portEnded(slot, outcome, at: now, into: &actions)
  }

  private mutating func portEnded(
    _ slot: SlotID, _ outcome: ConfigurationQueue.PortOutcome, at now: Now, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    switch outcome {
    case .configured(let request, let began):
      note(request, began: began, ended: now.board, failure: nil)
      let event = AuditEvent.imageConfigured(
        slot, request.image, partial: request.partial.digest, tenant: request.tenant, job: request.execution.job)
      audit(event, into: &actions)
      try AgentError.wrap { () throws(SchedulingError) in try scheduler.slotConfigured(slot) }
    case .blanked, .retrying, .refused: break
    case .abandoned: try end(slot, holding: nil)
    case .quarantined(let reason, let request, let began):
      if let request { note(request, began: began, ended: now.board, failure: reason.code) }
      scheduler.quarantine(slot)
      persist(.quarantined(slot, reason), telling: .slotQuarantined(slot, reason), into: &actions)
      resetsEnded(of: slot, stillFailing: reason, into: &actions)
    case .reset:
      scheduler.reset(slot)
      persist(.reset(slot), telling: .slotReset(slot), into: &actions)
      resetsEnded(of: slot, stillFailing: nil, into: &actions)
    }
  }

  private mutating func end(_ slot: SlotID, holding image: ImageID?) throws(AgentError) {
    try AgentError.wrap { () throws(SchedulingError) in try scheduler.configurationEnded(slot, holding: image) }
  }

  private mutating func note(
    _ request: ConfigurationQueue.Request, began: BoardInstant?, ended: BoardInstant, failure: String?
  ) {
    timeline.note(
      request, image: name(of: request.image), supply: supplies.supply(of: request.slot) ?? .hit, began: began,
      ended: ended, failure: failure)
  }

  // MARK: Quarantine

  /// Why a slot is out of use, if it is.
  package func quarantine(of slot: SlotID) -> QuarantineReason? { queue.quarantine(of: slot) }

  /// Has a quarantined slot blanked through the port, after which it is used again; false where it is not quarantined.
  ///
  /// What comes of it is a record: ``AgentRecord/reset(_:)``, or ``AgentRecord/quarantined(_:_:)`` again. The next
  /// event handled begins it.
  package mutating func reset(_ slot: SlotID, at now: Now) -> Bool { queue.reset(slot, at: now.board) }

  /// What the journal says of a slot.
  mutating func recover(_ slot: SlotID, quarantine reason: QuarantineReason?) {
    queue.recover(slot, quarantine: reason)
    if reason == nil { scheduler.reset(slot) } else { scheduler.quarantine(slot) }
  }

  // MARK: Launches

  mutating func launched(
    _ slot: SlotID, _ result: LaunchResult, at now: Now, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    switch result {
    case .finished(let outputs):
      let written = Dictionary(outputs.map { ($0.argument, $0.byteCount) }) { first, _ in first }
      let finished = try AgentError.wrap { () throws(SchedulingError) in
        try scheduler.launchFinished(slot, written: written, at: now.board)
      }
      if let finished { advanced(finished, into: &actions) }
    case .failed(let error):
      let execution = try AgentError.wrap { () throws(SchedulingError) in try scheduler.launchFailed(slot) }
      handBack(execution, cause: error.isJobsOwn ? .job : .board, reason: Refusal(error), into: &actions)
    }
    freeWhatHasLeft(into: &actions)
  }

  /// A launch has brought a job further; the broker is told, unless a result that is now complete will tell it.
  private mutating func advanced(_ execution: JobEpoch, into actions: inout Actions<AgentAction>) {
    guard let index = position(of: execution) else { return }
    let wasStoring = jobs[index].isStoring
    moveItems(of: execution, into: &actions)
    let isTold = jobs[index].isStoring && !wasStoring
    if !isTold { say(.progress(held(jobs[index])), into: &actions) }
  }
}

extension ConfigurationQueue.PortOutcome {
  /// What the port worked for, if for anybody.
  fileprivate var request: ConfigurationQueue.Request? {
    switch self {
    case .configured(let request, _), .blanked(let request), .retrying(let request, _), .refused(let request, _),
      .abandoned(let request):
      request
    case .quarantined(_, let request, _): request
    case .reset: nil
    }
  }
}

extension BoardError {
  /// Whether the job would fail like this on any board.
  fileprivate var isJobsOwn: Bool {
    switch self {
    case .kernelFault: true
    default: false
    }
  }
}
