internal import Fabric
internal import Messages

extension BrokerCore {
  /// The board whose agent speaks on a connection.
  func member(at peer: Peer) -> Member? {
    guard let board = boards[peer], let member = members[board], member.peer == peer else { return nil }
    return member
  }

  /// Takes an agent in, and settles with it what it holds.
  ///
  /// A newer incarnation replaces the one before at once, since that one's fabric state is gone.
  mutating func register(
    _ registration: Registration, request: UInt64, from peer: Peer, at now: WallInstant,
    into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    if let refusal = refusal(of: registration) {
      return refuse(refusal, request: request, to: peer, into: &actions)
    }
    let end = now + configuration.brokerLease
    var member = Member(registration, peer: peer, until: end)
    if let earlier = members[member.board] {
      member.follow(earlier)
      if boards[earlier.peer] == member.board { boards[earlier.peer] = nil }
    }
    set(member)
    boards[peer] = member.board
    deadlines[.returning(member.board)] = nil
    wake(at: end, into: &actions)
    try forgetOtherIncarnations(of: member, into: &actions)
    welcome(member, request: request, into: &actions)
    reconcile(registration.jobs, with: member, into: &actions)
  }

  /// Renews the lease, and settles with the agent what it holds.
  ///
  /// The agent of a lost board has to register again: only `welcome` says what is still its own, and its lease must not run before that.
  mutating func take(
    _ heartbeat: Heartbeat, request: UInt64, from peer: Peer, at now: WallInstant,
    into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    guard var member = member(at: peer), member.isOnline, member.board == heartbeat.board,
      member.incarnation == heartbeat.incarnation
    else { return send(.unknownAgent, request: request, to: peer, into: &actions) }
    let end = now + configuration.brokerLease
    member.lease = .online(until: end)
    member.note(heartbeat)
    set(member)
    wake(at: end, into: &actions)
    // The answer depends on no record, and must not wait for the disk.
    let answer = Envelope(.heartbeatAck(number: heartbeat.number), request: request)
    actions.append(.send(answer, to: peer, after: .zero))
    reconcile(heartbeat.jobs, with: member, into: &actions)
  }

  /// Calls an agent lost: its jobs wait for a board again.
  mutating func lose(_ board: BoardID, into actions: inout Actions<BrokerAction>) throws(BrokerError) {
    if var member = members[board] {
      member.lease = .lost
      set(member)
    }
    for job in preparations.jobs(to: board) { giveUpMigration(of: job, .boardNotFeasible(job, board, .lost)) }
    try requeueJobs(of: board, into: &actions)
  }

  /// Requeues the jobs that a board owns, but for those of one incarnation.
  mutating func requeueJobs(
    of board: BoardID, except incarnation: Incarnation? = nil, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    for id in ledger.jobs(on: board) {
      guard let ownership = ledger[id]?.phase.ownership, ownership.incarnation != incarnation else { continue }
      try persist(.requeued(id, ownership.epoch, .agentLost), into: &actions)
    }
  }

  private mutating func forgetOtherIncarnations(
    of member: Member, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    for job in preparations.jobs(to: member.board) where preparations[job]?.isOf(member) == false {
      giveUpMigration(of: job, .boardNotFeasible(job, member.board, .lost))
    }
    try requeueJobs(of: member.board, except: member.incarnation, into: &actions)
  }

  private func welcome(_ member: Member, request: UInt64, into actions: inout Actions<BrokerAction>) {
    let jobs = ledger.jobs(on: member.board).compactMap { id in
      ledger[id]?.phase.ownership.map { JobEpoch(job: id, epoch: $0.epoch) }
    }
    let welcome = Welcome(leaseDuration: configuration.leaseDuration, jobs: jobs)
    send(.welcome(welcome), request: request, to: member.peer, into: &actions)
  }

  /// Why an agent is not taken in.
  private func refusal(of registration: Registration) -> BrokerError? {
    let board = registration.board
    if let present = members[board] {
      if present.isOnline, present.replaced.contains(registration.incarnation) { return .boardNameTaken(board) }
    } else if members.count >= configuration.boards {
      return .tooManyBoards(limit: configuration.boards)
    }
    guard registration.speed.isFinite, registration.speed > 0 else {
      return .badRegistration(board, "its speed is \(registration.speed)")
    }
    guard registration.images.count <= Limits.imagesPerBoard else {
      return .badRegistration(board, "it has \(registration.images.count) images, more than \(Limits.imagesPerBoard)")
    }
    guard registration.descriptor.slots.count <= Limits.slotsPerBoard else {
      return .badRegistration(board, "it has more than \(Limits.slotsPerBoard) slots")
    }
    guard (1...MessageLimits.endpointByteCount).contains(registration.endpoint.utf8.count) else {
      return .badRegistration(board, "its endpoint has \(registration.endpoint.utf8.count) bytes")
    }
    return nil
  }
}
