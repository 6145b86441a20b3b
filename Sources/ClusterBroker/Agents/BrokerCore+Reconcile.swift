internal import Fabric
internal import Messages

extension BrokerCore {
  /// Compares what an agent holds with what the ledger gave to it, and sends again whatever it lacks.
  mutating func reconcile(_ listed: [HeldJob], with member: Member, into actions: inout Actions<BrokerAction>) {
    for held in listed { compare(held, with: member, into: &actions) }
    let held = Set(listed.map { JobEpoch(job: $0.job, epoch: $0.epoch) })
    for id in ledger.jobs(on: member.board) {
      guard let job = ledger[id], let ownership = job.phase.ownership, ownership.isOf(member) else { continue }
      if !held.contains(JobEpoch(job: id, epoch: ownership.epoch)) { assign(job, to: ownership, into: &actions) }
    }
    for id in preparations.jobs(to: member.board) where preparations[id]?.isOf(member) == true {
      prepare(id, at: member, into: &actions)
    }
    // The source may take long to stop, and the reservation would expire.
    for id in ledger.stopping(to: member.board) where isDestination(member, of: id) {
      prepare(id, at: member, into: &actions)
    }
  }

  /// Compares one job that an agent holds with the ledger.
  mutating func compare(_ held: HeldJob, with member: Member, into actions: inout Actions<BrokerAction>) {
    guard let job = ledger[held.job], let ownership = job.phase.ownership, ownership.isOf(member),
      ownership.epoch == held.epoch
    else { return release(held.job, held.epoch, from: member, into: &actions) }
    note(held.progress, of: job)
    if held.committed < job.committed { tellCommitted(job, ownership, into: &actions) }
    if case .stopping(_, let destination) = job.phase {
      // Also when it is sealed: the answer, `stopped`, may be the message that was lost.
      stop(job, ownership, destination, into: &actions)
    }
  }

  /// Whether the member may act on the job under this epoch.
  func owns(_ member: Member, _ job: JobID, _ epoch: Epoch) -> Bool {
    guard let ownership = ledger[job]?.phase.ownership else { return false }
    return ownership.isOf(member) && ownership.epoch == epoch
  }

  /// Has an agent forget a job that is not its own under this epoch.
  ///
  /// Two agents are spared: the owner under a later epoch, which goes on from what it saved under this one and whose next heartbeat brings
  /// the assignment; and the destination of a migration, which knows the job under the source's epoch.
  func release(_ job: JobID, _ epoch: Epoch, from member: Member, into actions: inout Actions<BrokerAction>) {
    if let ownership = ledger[job]?.phase.ownership {
      if ownership.isOf(member), ownership.epoch > epoch { return }
      if ownership.epoch == epoch, isDestination(member, of: job) { return }
    }
    send(.release(JobEpoch(job: job, epoch: epoch)), to: member.peer, into: &actions)
  }

  func assign(_ job: Job, to ownership: Ownership, into actions: inout Actions<BrokerAction>) {
    let assignment = Assignment(
      job: job.id, epoch: ownership.epoch, incarnation: ownership.incarnation, request: job.request,
      images: ownership.images, checkpoint: ownership.checkpoint, committed: job.committed)
    send(.assign(assignment), to: ownership.board, into: &actions)
  }

  func tellCommitted(_ job: Job, _ ownership: Ownership, into actions: inout Actions<BrokerAction>) {
    let committed = Committed(job: job.id, epoch: ownership.epoch, through: job.committed)
    send(.committed(committed), to: ownership.board, into: &actions)
  }

  private func isDestination(_ member: Member, of job: JobID) -> Bool {
    if let preparation = preparations[job] { return preparation.isOf(member) }
    if case .stopping(_, let destination)? = ledger[job]?.phase {
      return destination.board == member.board && destination.incarnation == member.incarnation
    }
    return false
  }
}

extension Ownership {
  /// Whether this incarnation of the board is the owner.
  func isOf(_ member: Member) -> Bool { board == member.board && incarnation == member.incarnation }
}
