internal import Fabric
internal import Messages

extension BrokerCore {
  /// Commits an item's result, once and in order; whatever else is said is answered with how far the job is.
  mutating func commit(
    _ finished: ItemFinished, from member: Member, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    guard owns(member, finished.job, finished.epoch), let job = ledger[finished.job],
      let ownership = job.phase.ownership
    else {
      if ledger[finished.job]?.isStale(finished.epoch) == true { staleResultCount += 1 }
      return release(finished.job, finished.epoch, from: member, into: &actions)
    }
    guard finished.item == job.committed else { return tellCommitted(job, ownership, into: &actions) }
    guard blobs.contains(finished.result) else {
      return send(.blobMissing(finished), to: member.board, into: &actions)
    }
    // The agent offers the item again.
    guard !isBusy else { return }
    try persist(
      .committed(job.id, ownership.epoch, item: finished.item, result: finished.result), into: &actions)
    if let now = ledger[job.id], !now.phase.isEnd { tellCommitted(now, ownership, into: &actions) }
  }

  /// Takes a job back that its owner cannot run.
  mutating func takeBack(
    _ handBack: HandBack, from member: Member, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    guard owns(member, handBack.job, handBack.epoch), let job = ledger[handBack.job] else {
      return release(handBack.job, handBack.epoch, from: member, into: &actions)
    }
    switch handBack.cause {
    case .job: try persist(.ended(job.id, .failed(handBack.reason)), into: &actions)
    case .board:
      var member = member
      member.gaveUp.insert(job.id)
      set(member)
      try requeue(job, for: handBack.reason, into: &actions)
    // Each round takes a new epoch, so it ends.
    case .lost: try persist(.requeued(job.id, job.epoch, .agentLost), into: &actions)
    }
  }

  /// Queues a job again for its board's fault, unless that has happened too often.
  mutating func requeue(
    _ job: Job, for reason: Refusal, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    let attempts = job.faultedBoards.count + 1
    if attempts > configuration.requeues {
      let error = BrokerError.attemptsExhausted(job.id, attempts: attempts, last: reason)
      try persist(.ended(job.id, .failed(Refusal(error))), into: &actions)
    } else {
      try persist(.requeued(job.id, job.epoch, .boardFault(reason)), into: &actions)
    }
  }

  /// Keeps what an owner says of its progress; it never goes back under one epoch.
  mutating func note(_ progress: Progress, of job: Job) {
    var known = self.progress(of: job)
    for task in known.tasks {
      known[task.task] = max(task.finished, min(progress[task.task], job.itemCount))
    }
    setReported(known, of: job.id)
  }

  /// How far a job is: as reported, but never behind its checkpoint and what is committed.
  func progress(of job: Job) -> Progress {
    var progress = reported[job.id] ?? Progress(of: job.request.application, finished: job.committed)
    let checkpoint = job.phase.ownership?.checkpoint.progress
    for task in progress.tasks {
      progress[task.task] = max(task.finished, job.committed, checkpoint?[task.task] ?? 0)
    }
    return progress
  }
}
