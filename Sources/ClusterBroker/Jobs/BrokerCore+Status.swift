internal import Fabric
internal import Messages

/// The answers to clients.
extension BrokerCore {
  /// Configurations that one answer about boards has in all.
  private static let configurationsPerAnswer = 4_096

  /// Answers with one job, or with the newest ones in the order of submission.
  func answer(_ query: StatusQuery, request: UInt64, to peer: Peer, into actions: inout Actions<BrokerAction>) {
    if let id = query.job {
      guard let job = ledger[id] else { return refuse(.unknownJob(id), request: request, to: peer, into: &actions) }
      return send(.status([status(of: job)]), request: request, to: peer, into: &actions)
    }
    let newest = ledger.newest(MessageLimits.jobsPerStatus).compactMap { ledger[$0] }
    send(.status(newest.map(status)), request: request, to: peer, into: &actions)
  }

  func answerOutputs(of id: JobID, request: UInt64, to peer: Peer, into actions: inout Actions<BrokerAction>) {
    guard let job = ledger[id] else { return refuse(.unknownJob(id), request: request, to: peer, into: &actions) }
    let outputs = JobOutputs(job: id, state: state(of: job), items: job.itemCount, results: job.results)
    send(.outputs(outputs), request: request, to: peer, into: &actions)
  }

  /// Answers with all boards; the more there are, the fewer configurations of each, so that the answer fits a message.
  func answerBoards(request: UInt64, to peer: Peer, into actions: inout Actions<BrokerAction>) {
    let entryCount = Self.configurationsPerAnswer / max(1, members.count)
    let boards = members.pairs.map { status(of: $0.value, configurations: entryCount) }
    send(.boards(boards), request: request, to: peer, into: &actions)
  }

  /// Ends a job that has not ended; its owner is told to forget it.
  ///
  /// Said again, it is accepted again.
  mutating func cancel(
    _ id: JobID, request: UInt64, from peer: Peer, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    guard let job = ledger[id] else { return refuse(.unknownJob(id), request: request, to: peer, into: &actions) }
    switch job.phase {
    case .ended(.cancelled): break
    case .ended(let end): return refuse(.jobEnded(id, end), request: request, to: peer, into: &actions)
    case .queued, .owned, .stopping: try persist(.ended(id, .cancelled), into: &actions)
    }
    send(.accepted(id), request: request, to: peer, into: &actions)
  }

  private func state(of job: Job) -> JobState {
    switch job.phase {
    case .queued: .queued
    case .owned: preparations[job.id] == nil ? .running : .migrating
    case .stopping: .migrating
    case .ended(.completed): .completed
    case .ended(.failed): .failed
    case .ended(.cancelled): .cancelled
    }
  }

  private func status(of job: Job) -> JobStatus {
    let reason: Refusal? =
      if case .ended(.failed(let refusal)) = job.phase { refusal } else { migrationFailures[job.id] }
    return JobStatus(
      job: job.id, state: state(of: job), board: job.phase.isQueued ? nil : job.lastBoard,
      application: job.request.application.name,
      epoch: job.epoch, items: job.itemCount, committed: job.committed, progress: progress(of: job), reason: reason)
  }

  private func status(of member: Member, configurations entryCount: Int) -> BoardStatus {
    BoardStatus(
      board: member.board, model: member.descriptor.model, layout: member.descriptor.layout,
      shell: member.descriptor.shell, state: member.isOnline ? .online : .lost, incarnation: member.incarnation,
      speed: member.speed, jobs: ledger.jobs(on: member.board), slots: member.slots, health: member.health,
      configurations: member.configurations.suffix(entryCount))
  }
}
