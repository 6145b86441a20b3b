internal import Fabric
internal import Messages
internal import Migration
internal import SlotAllocator

/// What the agent says to the broker, and what it does on the broker's word.
extension AgentCore {
  mutating func speakToBroker(at now: Now, into actions: inout Actions<AgentAction>) {
    switch membership.due(at: now.wall) {
    case .register:
      say(
        .register(
          Registration(
            board: configuration.board, incarnation: configuration.incarnation, endpoint: configuration.endpoint,
            descriptor: configuration.descriptor, images: configuration.images, speed: configuration.speed,
            jobs: heldJobs, slots: slotStatuses)), into: &actions)
    case .heartbeat(let number):
      say(
        .heartbeat(
          Heartbeat(
            number: number, board: configuration.board, incarnation: configuration.incarnation, jobs: heldJobs,
            slots: slotStatuses, health: health, configurations: timeline.newest)), into: &actions)
      repeatResults(into: &actions)
      actions.append(.readHealth)
    case nil: break
    }
  }

  mutating func received(
    _ envelope: Envelope, from peer: Peer, at now: Now, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    guard peer == broker else { return }
    switch envelope.message {
    case .welcome(let welcome):
      guard membership.welcomed(leaseDuration: welcome.leaseDuration) else { return }
      let lost = executions { $0.isOwned && !welcome.jobs.contains($0.execution) }
      for execution in lost { leave(execution, into: &actions) }
    case .heartbeatAck(let number): membership.answered(number)
    case .unknownAgent: membership.forgotten()
    case .assign(let assignment): assign(assignment, at: now.board, into: &actions)
    case .prepare(let assignment): prepare(assignment, at: now.wall, into: &actions)
    case .stop(let order): stop(order, at: now.board, into: &actions)
    case .release(let released): release(released, into: &actions)
    case .reset(let order): reset(order, at: now, into: &actions)
    case .committed(let committed): itemsCommitted(committed)
    case .blobMissing(let missing): resultMissing(missing, into: &actions)
    default: break
    }
  }

  // MARK: Taking jobs

  private mutating func assign(
    _ assignment: Messages.Assignment, at now: BoardInstant, into actions: inout Actions<AgentAction>
  ) {
    let execution = JobEpoch(job: assignment.job, epoch: assignment.epoch)
    guard assignment.incarnation == configuration.incarnation, job(execution)?.isOwned != true else { return }
    guard execution.epoch > accepted[execution.job] ?? .none else {
      return tellHandBack(execution, cause: .lost, reason: HandBackReason.lost(execution), into: &actions)
    }
    note(execution)
    persist(.accepted(execution), into: &actions)

    let stages = stages(for: assignment)
    let earlier = jobs.filter { $0.execution.job == execution.job }
    let refusal = refusal(of: assignment, stages: stages, isKnown: !earlier.isEmpty)
    let predecessor = refusal == nil ? earlier.first(where: \.canHandOnMemory) : nil
    for old in earlier where old.execution != predecessor?.execution { leave(old.execution, into: &actions) }
    if let refusal { return tellHandBack(execution, cause: .board, reason: refusal, into: &actions) }

    let job = AgentJob(
      execution: execution,
      order: AgentJob.Order(request: assignment.request, stages: stages ?? [], checkpoint: assignment.checkpoint),
      phase: .allocating, committed: assignment.committed)
    if let predecessor {
      removeJob(predecessor.execution)
      actions.append(.adopt(execution, from: predecessor.execution))
      jobs.append(job)
      begin(job, replacing: predecessor.execution, at: now, into: &actions)
    } else {
      jobs.append(job)
      actions.append(.allocate(execution, job.rings))
    }
  }

  /// Why this board cannot take a job.
  private func refusal(of assignment: Messages.Assignment, stages: [Stage]?, isKnown: Bool) -> Refusal? {
    if stages == nil { return HandBackReason.noImage(assignment.request.application.name) }
    return isKnown || jobs.count < Limits.jobsPerBoard ? nil : HandBackReason.tooManyJobs()
  }

  private mutating func prepare(
    _ assignment: Messages.Assignment, at now: WallInstant, into actions: inout Actions<AgentAction>
  ) {
    let announced = JobEpoch(job: assignment.job, epoch: assignment.epoch)
    guard assignment.incarnation == configuration.incarnation, announced.epoch > accepted[announced.job] ?? .none
    else { return }
    if let known = jobs.first(where: { $0.execution.job == announced.job }) {
      guard case .reserved(var destination) = known.phase, known.execution <= announced else { return }
      if known.execution == announced {
        destination.renew(at: now)
        withJob(announced) { $0.phase = .reserved(destination) }
        if destination.isPrepared { say(.prepared(announced), into: &actions) }
        return
      }
      // What was reserved under an epoch that is over is of no use any more.
      leave(known.execution, into: &actions)
    }
    let stages = stages(for: assignment)
    if let refusal = refusal(of: assignment, stages: stages, isKnown: false) {
      return decline(announced, reason: refusal, into: &actions)
    }
    let job = AgentJob(
      execution: announced,
      order: AgentJob.Order(request: assignment.request, stages: stages ?? [], checkpoint: assignment.checkpoint),
      phase: .reserved(MigrationDestination(announced: announced, at: now)), committed: assignment.committed)
    jobs.append(job)
    actions.append(.allocate(announced, job.rings))
  }

  private mutating func stages(for assignment: Messages.Assignment) -> [Stage]? {
    plans.stages(
      for: assignment.request.application, images: assignment.images, progress: assignment.checkpoint.progress,
      among: configuration.images)
  }

  private func decline(_ announced: JobEpoch, reason: Refusal, into actions: inout Actions<AgentAction>) {
    say(.declined(Declined(job: announced.job, epoch: announced.epoch, reason: reason)), into: &actions)
  }

  // MARK: Giving jobs up

  private mutating func release(_ released: JobEpoch, into actions: inout Actions<AgentAction>) {
    // An assignment or an announcement that comes after this is an old one.
    note(released)
    let over = executions { $0.execution.job == released.job && $0.execution.epoch <= released.epoch }
    for execution in over { leave(execution, into: &actions) }
  }

  /// Gives a job up for a reason that the broker is told.
  mutating func handBack(
    _ execution: JobEpoch, cause: HandBack.Cause, reason: Refusal, into actions: inout Actions<AgentAction>
  ) {
    guard let job = job(execution) else { return }
    leave(execution, into: &actions)
    if job.isOwned {
      tellHandBack(execution, cause: cause, reason: reason, into: &actions)
    } else {
      decline(execution, reason: reason, into: &actions)
    }
  }

  private func tellHandBack(
    _ execution: JobEpoch, cause: HandBack.Cause, reason: Refusal, into actions: inout Actions<AgentAction>
  ) {
    say(
      .handBack(HandBack(job: execution.job, epoch: execution.epoch, cause: cause, reason: reason)), into: &actions)
  }

  /// Forgets a job at once; its memory goes when the launches in flight have ended.
  mutating func leave(_ execution: JobEpoch, into actions: inout Actions<AgentAction>) {
    removeJob(execution)
    let running = scheduler.runningSlots(of: execution)
    for slot in running { actions.append(.abort(slot)) }
    scheduler.remove(execution)
    if running.isEmpty { actions.append(.free(execution)) } else { leaving.append(execution) }
  }

  private mutating func removeJob(_ execution: JobEpoch) {
    if let index = position(of: execution) { jobs.remove(at: index) }
  }

  mutating func freeWhatHasLeft(into actions: inout Actions<AgentAction>) {
    guard !leaving.isEmpty else { return }
    leaving.removeAll { execution in
      guard scheduler.runningSlots(of: execution).isEmpty else { return false }
      actions.append(.free(execution))
      return true
    }
  }

  // MARK: Results

  private mutating func itemsCommitted(_ committed: Committed) {
    let execution = JobEpoch(job: committed.job, epoch: committed.epoch)
    withJob(execution) { $0.itemsCommitted(through: committed.through) }
    scheduler.itemsCommitted(execution, through: committed.through)
  }

  /// The broker lost a result's bytes; bring it, and those after it, out again.
  private mutating func resultMissing(_ missing: ItemFinished, into actions: inout Actions<AgentAction>) {
    let execution = JobEpoch(job: missing.job, epoch: missing.epoch)
    withJob(execution) { job in
      guard job.committed <= missing.item, missing.item < job.nextStore, !job.isStoring else { return }
      job.results.removeLast(job.nextStore - missing.item)
    }
    moveItems(of: execution, into: &actions)
  }

  func tellResult(_ item: Int, of job: AgentJob, into actions: inout Actions<AgentAction>) {
    let result = job.results[item - job.committed]
    say(
      .itemFinished(
        ItemFinished(job: job.execution.job, epoch: job.execution.epoch, item: item, result: result)), into: &actions)
  }

  /// With each heartbeat, results that are not known to be committed are told again: a message may have been lost.
  private func repeatResults(into actions: inout Actions<AgentAction>) {
    for job in jobs where job.isRunning {
      for item in job.committed..<job.nextStore { tellResult(item, of: job, into: &actions) }
    }
  }

  // MARK: What is told

  private var heldJobs: [HeldJob] { jobs.filter(\.isOwned).map(held) }

  func held(_ job: AgentJob) -> HeldJob {
    let phase: HeldJob.Phase =
      if case .migrating(let source) = job.phase { source.phase == .sealed ? .sealed : .stopping } else { .running }
    return HeldJob(
      job: job.execution.job, epoch: job.execution.epoch, phase: phase,
      progress: scheduler.flow(of: job.execution)?.progress ?? job.checkpoint.progress, committed: job.committed)
  }

  private var slotStatuses: [SlotStatus] {
    configuration.descriptor.slots.map { slot in
      let (activity, image, execution) = scheduler.activity(of: slot.slot)
      return SlotStatus(
        slot: slot.slot, kind: slot.kind, state: activity, image: image.map(name), job: execution?.job,
        quarantine: quarantine(of: slot.slot))
    }
  }
}
