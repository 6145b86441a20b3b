internal import Fabric
internal import Messages

/// The steps of a migration, in their order: prepare at the destination, stop at the source, hand over.
extension BrokerCore {
  /// Takes a migration up by announcing the job to its destination, or refuses it by name.
  mutating func migrate(
    _ migrate: MigrateRequest, request: UInt64, from peer: Peer, at now: WallInstant,
    into actions: inout Actions<BrokerAction>
  ) {
    switch destination(for: migrate) {
    case .failure(let refusal): refuse(refusal, request: request, to: peer, into: &actions)
    case .success(.takenUp): send(.accepted(migrate.job), request: request, to: peer, into: &actions)
    case .success(.new(let member)):
      let preparation = Preparation(
        destination: member.board, incarnation: member.incarnation, expires: now + configuration.prepareDuration)
      setPreparation(preparation, of: migrate.job)
      migrationFailures[migrate.job] = nil
      wake(at: preparation.expires, into: &actions)
      prepare(migrate.job, at: member, into: &actions)
      send(.accepted(migrate.job), request: request, to: peer, into: &actions)
    }
  }

  /// Announces a job to the board that shall prepare for it; said again, it renews the reservation there.
  func prepare(_ id: JobID, at member: Member, into actions: inout Actions<BrokerAction>) {
    guard let job = ledger[id] else { return }
    let progress = progress(of: job)
    let announcement = Assignment(
      job: id, epoch: job.epoch, incarnation: member.incarnation, request: job.request,
      images: member.coverage.images(for: job.request.application, at: progress),
      checkpoint: Checkpoint(progress: progress, items: []), committed: job.committed)
    send(.prepare(announcement), to: member.board, into: &actions)
  }

  /// The destination is ready: the source shall stop, which is durable before it is told.
  mutating func startStopping(
    _ prepared: JobEpoch, from member: Member, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    guard let preparation = preparations[prepared.job], preparation.isOf(member), let job = ledger[prepared.job],
      case .owned(let ownership) = job.phase, ownership.epoch == prepared.epoch
    else { return releaseReservation(prepared, from: member, into: &actions) }
    setPreparation(nil, of: job.id)
    let destination = Destination(board: member.board, incarnation: member.incarnation, endpoint: member.endpoint)
    try persist(.stopping(job.id, ownership.epoch, destination), into: &actions)
    stop(job, ownership, destination, into: &actions)
  }

  func stop(
    _ job: Job, _ ownership: Ownership, _ destination: Destination, into actions: inout Actions<BrokerAction>
  ) {
    let order = StopOrder(
      job: job.id, epoch: ownership.epoch, destination: destination.board, endpoint: destination.endpoint)
    send(.stop(order), to: ownership.board, into: &actions)
  }

  /// The destination cannot take the job, which just goes on at its source.
  mutating func decline(_ declined: Declined, from member: Member, into actions: inout Actions<BrokerAction>) {
    guard let preparation = preparations[declined.job], preparation.isOf(member),
      ledger[declined.job]?.epoch == declined.epoch
    else { return }
    giveUpMigration(of: declined.job, declined.reason)
  }

  /// Ends a preparation; why is kept as long as the job runs on.
  mutating func giveUpMigration(of job: JobID, _ reason: BrokerError) { giveUpMigration(of: job, Refusal(reason)) }

  private mutating func giveUpMigration(of job: JobID, _ reason: Refusal) {
    setPreparation(nil, of: job)
    migrationFailures[job] = reason
  }

  /// The source has sealed: one record gives the job to the destination, or back to the source.
  mutating func handOver(
    _ stopped: Stopped, request: UInt64, from source: Member, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    guard owns(source, stopped.job, stopped.epoch), let job = ledger[stopped.job] else {
      return release(stopped.job, stopped.epoch, from: source, into: &actions)
    }
    if let fault = stopped.checkpoint.fault(for: job) {
      let error = BrokerError.badCheckpoint(job.id, fault)
      refuse(error, request: request, to: source.peer, into: &actions)
      return try requeue(job, for: Refusal(error), into: &actions)
    }
    let successor = successor(of: job, after: stopped)
    if successor == nil, case .stopping(_, let destination) = job.phase {
      migrationFailures[job.id] = Refusal(BrokerError.notHandedOver(job.id, to: destination.board))
    }
    let owner = successor ?? source
    let images = owner.coverage.images(for: job.request.application, at: stopped.checkpoint.progress)
    try own(job, at: owner, from: stopped.checkpoint, images: images, into: &actions)
  }

  /// The destination, if it has what the source saved and can go on from there.
  private func successor(of job: Job, after stopped: Stopped) -> Member? {
    guard stopped.isDelivered, case .stopping(_, let destination) = job.phase, let member = members[destination.board],
      member.isOnline, member.incarnation == destination.incarnation,
      member.coverage.covers(job.request.application, at: stopped.checkpoint.progress)
    else { return nil }
    return member
  }

  /// Frees what a board reserved for a migration, if the epoch that it was announced under is over.
  private func releaseReservation(
    _ prepared: JobEpoch, from member: Member, into actions: inout Actions<BrokerAction>
  ) {
    guard ledger[prepared.job]?.isOver(prepared.epoch) != false else { return }
    release(prepared.job, prepared.epoch, from: member, into: &actions)
  }

  private enum Destined {
    /// The job is on its way there already.
    case takenUp
    case new(Member)
  }

  private func destination(for migrate: MigrateRequest) -> Result<Destined, BrokerError> {
    guard let job = ledger[migrate.job] else { return .failure(.unknownJob(migrate.job)) }
    switch job.phase {
    case .ended(let end): return .failure(.jobEnded(job.id, end))
    case .queued: return .failure(.notRunning(job.id))
    case .stopping(_, let destination):
      return destination.board == migrate.destination
        ? .success(.takenUp) : .failure(.alreadyMigrating(job.id, to: destination.board))
    case .owned(let ownership):
      if let preparation = preparations[job.id] {
        return preparation.destination == migrate.destination
          ? .success(.takenUp) : .failure(.alreadyMigrating(job.id, to: preparation.destination))
      }
      guard let member = members[migrate.destination] else { return .failure(.unknownBoard(migrate.destination)) }
      guard ownership.board != member.board else { return .failure(.alreadyThere(job.id, member.board)) }
      if let reason = candidate(member).refusal(of: demand(job, from: progress(of: job))) {
        return .failure(.boardNotFeasible(job.id, member.board, reason))
      }
      return .success(.new(member))
    }
  }
}

extension Checkpoint {
  /// What in a checkpoint that an agent sent cannot be true of the job.
  fileprivate func fault(for job: Job) -> String? {
    let application = job.request.application
    guard progress.tasks.map(\.task) == application.tasks.map(\.name) else { return "its tasks are not the job's" }
    let possible = job.committed...job.itemCount
    if let task = progress.tasks.first(where: { !possible.contains($0.finished) }) {
      return
        "task \(task.task) has finished \(task.finished) items, not \(possible.lowerBound) to \(possible.upperBound)"
    }
    guard items.count <= application.edges.count * Limits.itemsPerRing else {
      return "it has \(items.count) items on \(application.edges.count) edges"
    }
    for item in items {
      guard let edge = application.edges.first(where: { $0.name == item.edge }), let producer = edge.producer else {
        return "no task writes an edge '\(item.edge)'"
      }
      guard item.item >= 0, item.item < progress[producer.task] else {
        return "item \(item.item) of edge \(item.edge) is not finished"
      }
      guard item.blob.byteCount >= 0, item.blob.byteCount <= edge.maximumByteCount else {
        return "item \(item.item) of edge \(item.edge) has \(item.blob.byteCount) bytes, over \(edge.maximumByteCount)"
      }
    }
    return nil
  }
}
