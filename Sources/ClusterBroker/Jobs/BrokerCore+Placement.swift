internal import Fabric
internal import Messages

extension BrokerCore {
  /// Gives the waiting jobs from `first` on to boards, in the order of submission; one that no present board can run holds up none after it.
  mutating func place(from first: JobID, into actions: inout Actions<BrokerAction>) throws(BrokerError) {
    let waiting = ledger.queue[ledger.queue.sortedPosition(of: first)...]
    guard !waiting.isEmpty else { return }
    var candidates = members.pairs.map { candidate($0.value) }
    for id in waiting {
      guard candidates.contains(where: \.hasRoom) else { return }
      guard let job = ledger[id] else { continue }
      let start = Progress(of: job.request.application, finished: job.committed)
      let demand = demand(job, from: start)
      let possible = candidates.filter { $0.hasRoom(for: demand) }
      guard let board = Placement(of: demand, on: possible).choice, let member = members[board] else { continue }
      try own(job, at: member, from: Checkpoint(progress: start, items: []), into: &actions)
      if let index = candidates.firstIndex(where: { $0.board == board }) { candidates[index].take(demand) }
    }
  }

  /// Gives a job to an agent under its next epoch.
  mutating func own(
    _ job: Job, at member: Member, from checkpoint: Checkpoint, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    let ownership = Ownership(
      epoch: job.epoch.next, board: member.board, incarnation: member.incarnation,
      images: member.coverage.images(for: job.request.application, at: checkpoint.progress), checkpoint: checkpoint)
    try persist(.owned(job.id, ownership), into: &actions)
    assign(job, to: ownership, into: &actions)
  }

  /// What placement knows of a board now.
  func candidate(_ member: Member) -> Placement.Candidate {
    let jobs = (ledger.jobs(on: member.board) + incoming(to: member.board)).compactMap { ledger[$0] }
    return Placement.Candidate(
      board: member.board, isOnline: member.isOnline, coverage: member.coverage, usableArea: member.usableArea,
      speed: member.speed, jobCount: jobs.count, jobLimit: configuration.jobsPerBoard,
      // Admission lets no ring sum near the overflow in: such a job fits no board.
      freeByteCount: jobs.reduce(member.descriptor.memoryByteCount) { $0 - $1.ringByteCount },
      remainingMicroseconds: jobs.reduce(0) { $0 + $1.remainingMicroseconds(at: progress(of: $1)) },
      gaveUp: member.gaveUp)
  }

  /// What placement knows of a job that would go on from there.
  func demand(_ job: Job, from start: Progress) -> Placement.Demand {
    Placement.Demand(
      job: job.id, application: job.request.application, progress: start, ringByteCount: job.ringByteCount,
      remainingMicroseconds: job.remainingMicroseconds(at: start), faultedBoards: job.faultedBoards)
  }

  /// The jobs that are on their way to a board, in no order that shows.
  private func incoming(to board: BoardID) -> [JobID] {
    let preparing = preparations.pairs.filter { $0.value.destination == board }.map(\.key)
    return preparing + ledger.stopping(to: board)
  }
}
