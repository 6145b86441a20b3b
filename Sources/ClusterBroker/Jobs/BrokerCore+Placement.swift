package import Fabric
internal import Messages

extension BrokerCore {
  /// Gives waiting jobs to boards, in the order of submission; one that no present board can run holds up none after it.
  mutating func place(into actions: inout Actions<BrokerAction>) throws(BrokerError) {
    while let id = nextPlaceable() {
      guard let job = ledger[id] else { continue }
      guard let board = choice(for: job), let member = members[board] else {
        pass(id)
        continue
      }
      let start = Progress(of: job.request.application, finished: job.committed)
      let images = index.images(for: job.submission.application, on: board) ?? []
      try own(job, at: member, from: Checkpoint(progress: start, items: []), images: images, into: &actions)
    }
  }

  /// The board that a waiting job would go to now, as ``placement(of:)`` ranks them.
  package func choice(for job: Job) -> BoardID? {
    // Boards at which the job failed come last, so they are asked only when there is no other.
    let remaining = (job.itemCount - job.committed) * job.submission.microsecondsPerItem
    return index.board(for: job.demand, remainingMicroseconds: remaining, except: job.faultedBoards)
      ?? index.board(for: job.id, job.demand, remainingMicroseconds: remaining, among: job.faultedBoards)
  }

  /// Which boards a job could go to now, were it waiting, and why not to the others: O(boards), to explain.
  package func placement(of job: Job) -> Placement {
    let start = Progress(of: job.request.application, finished: job.committed)
    return Placement(of: demand(job, from: start), on: members.pairs.map { candidate($0.value) })
  }

  /// Gives a job to an agent under its next epoch.
  mutating func own(
    _ job: Job, at member: Member, from checkpoint: Checkpoint, images: [ImageID],
    into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    let ownership = Ownership(
      epoch: job.epoch.next, board: member.board, incarnation: member.incarnation, images: images,
      checkpoint: checkpoint)
    try persist(.owned(job.id, ownership), into: &actions)
    assign(job, to: ownership, into: &actions)
  }

  /// What placement knows of a board now.
  func candidate(_ member: Member) -> Placement.Candidate {
    let load = load(of: member.board)
    return Placement.Candidate(
      board: member.board, isOnline: member.isOnline, coverage: member.coverage, usableArea: member.usableArea,
      speed: member.speed, jobCount: load.jobCount, jobLimit: configuration.jobsPerBoard,
      freeByteCount: member.descriptor.memoryByteCount - load.ringByteCount,
      remainingMicroseconds: Double(load.remainingMicroseconds), gaveUp: member.gaveUp)
  }

  /// What placement knows of a job that would go on from there.
  func demand(_ job: Job, from start: Progress) -> Placement.Demand {
    Placement.Demand(
      job: job.id, application: job.request.application, progress: start, ringByteCount: job.ringByteCount,
      remainingMicroseconds: Double(job.remainingMicroseconds(at: start)), faultedBoards: job.faultedBoards)
  }

  /// What the jobs that a board has, and those that are on their way to it, take of it; from the jobs themselves.
  private func load(of board: BoardID) -> BoardLoad {
    let jobs = ledger.jobs(on: board) + preparations.jobs(to: board) + ledger.stopping(to: board)
    return jobs.reduce(into: BoardLoad()) { load, id in
      guard let job = ledger[id] else { return }
      load.jobCount += 1
      // Admission lets no ring sum near the overflow in: such a job fits no board.
      load.ringByteCount += job.ringByteCount
      load.remainingMicroseconds += job.remainingMicroseconds(at: progress(of: job))
    }
  }
}

extension Job {
  /// What the job asks of a board when it waits for one.
  var demand: DemandKey { DemandKey(application: submission.application, ringByteCount: ringByteCount) }
}
