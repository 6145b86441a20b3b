internal import Fabric
internal import Messages
internal import Migration
internal import SlotAllocator

/// Both halves of a migration.
extension AgentCore {
  // MARK: As the source

  mutating func stop(_ order: StopOrder, at now: BoardInstant, into actions: inout Actions<AgentAction>) {
    let execution = JobEpoch(job: order.job, epoch: order.epoch)
    guard let job = job(execution) else { return }
    switch job.phase {
    case .running:
      scheduler.stop(execution)
      withJob(execution) { $0.phase = .migrating(MigrationSource(endpoint: order.endpoint, at: now)) }
    case .migrating(let source):
      if let report = source.report { tellStopped(execution, report, into: &actions) }
    // The broker says it again with the next heartbeat.
    case .reserved, .allocating, .restoring: break
    }
  }

  /// Saves the jobs whose last item in flight has ended.
  mutating func drainMigrations(at now: BoardInstant, into actions: inout Actions<AgentAction>) throws(AgentError) {
    for index in jobs.indices where jobs[index].isMigrating {
      let job = jobs[index]
      guard case .migrating(var source) = job.phase, source.isDraining, !job.isLoading, !job.isStoring,
        scheduler.runningSlots(of: job.execution).isEmpty, let flow = scheduler.flow(of: job.execution)
      else { continue }
      try AgentError.wrap { () throws(MigrationError) in try source.drained(at: now, progress: flow.progress) }
      jobs[index].phase = .migrating(source)
      let items = flow.neededItems.map { needed in
        SavedRingItem(
          place: RingItem(edge: needed.edge, item: needed.item, ringIndex: needed.item % flow.capacity),
          byteCount: needed.byteCount)
      }
      actions.append(.save(job.execution, items))
    }
  }

  mutating func saved(
    _ execution: JobEpoch, _ outcome: Outcome<[SavedItem]>, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    guard let job = job(execution), case .migrating(var source) = job.phase else { return }
    switch outcome {
    case .failure(let refusal): handBack(execution, cause: .board, reason: refusal, into: &actions)
    case .success(let items):
      let checkpoint = try AgentError.wrap { () throws(MigrationError) in
        try source.saved(items, sealing: nextRecord)
      }
      withJob(execution) { $0.phase = .migrating(source) }
      persist(.sealed(execution, checkpoint), into: &actions)
    }
  }

  mutating func synced(through number: SequenceNumber, into actions: inout Actions<AgentAction>) {
    for index in jobs.indices where jobs[index].isMigrating {
      guard case .migrating(var source) = jobs[index].phase, let items = source.synced(through: number) else {
        continue
      }
      jobs[index].phase = .migrating(source)
      actions.append(.deliver(jobs[index].execution, items, to: source.endpoint))
    }
  }

  mutating func delivered(
    _ execution: JobEpoch, _ outcome: Outcome<Nothing>, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    guard let job = job(execution), case .migrating(var source) = job.phase else { return }
    let report = try AgentError.wrap { () throws(MigrationError) in
      try source.delivered(outcome == .success(Nothing()))
    }
    withJob(execution) { $0.phase = .migrating(source) }
    tellStopped(execution, report, into: &actions)
  }

  private func tellStopped(
    _ execution: JobEpoch, _ report: MigrationSource.Report, into actions: inout Actions<AgentAction>
  ) {
    say(
      .stopped(
        Stopped(
          job: execution.job, epoch: execution.epoch, checkpoint: report.checkpoint, isDelivered: report.isDelivered,
          drainDuration: report.drainDuration)), into: &actions)
  }

  // MARK: As the destination

  /// Tells the broker of the reservations that have what they can get for now.
  mutating func answerReadyReservations(into actions: inout Actions<AgentAction>) {
    for index in jobs.indices where jobs[index].isReserved {
      guard case .reserved(var destination) = jobs[index].phase, !scheduler.isConfiguring(jobs[index].execution),
        destination.slotsConfigured()
      else { continue }
      jobs[index].phase = .reserved(destination)
      say(.prepared(jobs[index].execution), into: &actions)
    }
  }

  mutating func dropExpiredReservations(at now: WallInstant, into actions: inout Actions<AgentAction>) {
    let expired = executions { $0.reservationEnd.map { $0 <= now } ?? false }
    for execution in expired { leave(execution, into: &actions) }
  }

  var nextReservationEnd: WallInstant? {
    var first: WallInstant?
    for index in jobs.indices {
      if let end = jobs[index].reservationEnd { first = min(first ?? end, end) }
    }
    return first
  }
}
