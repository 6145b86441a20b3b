public import Fabric
internal import Messages

/// Everything that a broker decides: who may submit what, which board runs it, what is committed, and when an agent is lost.
///
/// What must survive is in ``ledger`` alone. The rest are hints that agents repeat: who is online, who prepares for a job, how far each is.
public struct BrokerCore: ReplayableCore {
  public let configuration: BrokerConfiguration
  package internal(set) var ledger = Ledger()
  /// The boards that registered since the start.
  var members = SortedTable<BoardID, Member>()
  /// Which board's agent speaks on a connection.
  var boards: [Peer: BoardID] = [:]
  /// The boards that own jobs but did not register since the start, and until when they may.
  var awaited = SortedTable<BoardID, WallInstant>()
  /// The migrations whose destination prepares.
  var preparations = SortedTable<JobID, Preparation>()
  /// What the owners said of their progress under the current epoch.
  var reported: [JobID: Progress] = [:]
  /// Why a job was not moved when it last was to be, while it runs on.
  var migrationFailures: [JobID: Refusal] = [:]
  /// How many results came under an epoch that was over.
  ///
  /// Each is an item that two agents may have run; one that is told again counts again.
  package internal(set) var staleResultCount = 0
  /// The blobs that are durable.
  var blobs: Set<BlobReference> = []
  private var synced = SequenceNumber.zero
  /// Until when agents that served before a restart may register again; nil before the start.
  private var restartEnds: WallInstant?
  /// No deadline is before this one, and the driver was asked to wake then.
  private var wakeInstant: WallInstant?
  /// The first job in the queue that may have become placeable.
  private var placeableFrom: JobID?

  public init(_ configuration: BrokerConfiguration) { self.configuration = configuration }

  /// Rebuilds the ledger from one record of the journal.
  public mutating func apply(_ record: BrokerRecord) throws(BrokerError) {
    try ledger.apply(record)
    synced = ledger.last
  }

  /// Takes one event in.
  ///
  /// - Throws: ``BrokerError/recordOutOfPlace(_:_:)`` for a defect of the core, never for what a peer sent.
  public mutating func handle(
    _ event: BrokerEvent, at now: Now, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    start(at: now.wall, into: &actions)
    // Woken too early, it is asked for again.
    if case .woke = event, let wakeInstant, now.wall < wakeInstant { actions.append(.wake(at: .wall(wakeInstant))) }
    try sweep(at: now.wall, into: &actions)
    switch event {
    case .started(let references): blobs.formUnion(references)
    case .blobStored(let reference): blobs.insert(reference)
    case .synced(let number): synced = max(synced, number)
    case .woke: break
    case .received(let envelope, let peer): try receive(envelope, from: peer, at: now.wall, into: &actions)
    }
    if let first = placeableFrom {
      placeableFrom = nil
      try place(from: first, into: &actions)
    }
  }

  /// Whether so many records wait for the disk that new work has to wait, too.
  var isBusy: Bool { ledger.last.rawValue - synced.rawValue >= UInt64(max(1, configuration.unsyncedRecords)) }

  /// Whether agents that served before a restart may not have registered again yet.
  func isRestarting(at now: WallInstant) -> Bool { restartEnds.map { now < $0 } ?? true }

  /// Gives the owners that the journal names one lease to be heard of.
  private mutating func start(at now: WallInstant, into actions: inout Actions<BrokerAction>) {
    guard restartEnds == nil else { return }
    let end = now + configuration.brokerLease
    restartEnds = ledger.last == .zero ? now : end
    for board in ledger.owners { awaited[board] = end }
    if !awaited.isEmpty { wake(at: end, into: &actions) }
    placeableFrom = ledger.queue.first
  }
}

// MARK: - Time

extension BrokerCore {
  /// Asks to be woken at a deadline, unless that happens earlier anyway.
  mutating func wake(at deadline: WallInstant, into actions: inout Actions<BrokerAction>) {
    if let wakeInstant, wakeInstant <= deadline { return }
    wakeInstant = deadline
    actions.append(.wake(at: .wall(deadline)))
  }

  /// Ends what has run out: leases, the wait for owners, preparations.
  private mutating func sweep(at now: WallInstant, into actions: inout Actions<BrokerAction>) throws(BrokerError) {
    guard let due = wakeInstant, due <= now else { return }
    wakeInstant = nil
    for (job, preparation) in preparations.pairs where preparation.expires <= now {
      giveUpMigration(of: job, .notPrepared(job, preparation.destination, after: configuration.prepareDuration))
    }
    for (board, end) in awaited.pairs where end <= now {
      awaited[board] = nil
      try requeueJobs(of: board, into: &actions)
    }
    for (board, member) in members.pairs {
      if case .online(let end) = member.lease, end <= now { try lose(board, into: &actions) }
    }
    let ends = members.pairs.compactMap { if case .online(let end) = $0.value.lease { end } else { nil } }
    let next = (ends + awaited.pairs.map(\.value) + preparations.pairs.map(\.value.expires)).min()
    if let next { wake(at: next, into: &actions) }
  }
}

// MARK: - Records and messages

extension BrokerCore {
  /// Makes a decision durable, and releases whoever acted under an epoch that it ends.
  mutating func persist(_ record: BrokerRecord, into actions: inout Actions<BrokerAction>) throws(BrokerError) {
    let before = ledger[record.job]
    try ledger.apply(record)
    actions.append(.persist(record, as: ledger.last))
    guard let before else { return queueChanged(from: record.job) }
    guard let ended = before.phase.ownership, let after = ledger[record.job], after.isOver(ended.epoch) else { return }
    var involved = [ended.board]
    if case .stopping(_, let destination) = before.phase { involved.append(destination.board) }
    if let preparation = preparations[before.id] { involved.append(preparation.destination) }
    for board in involved where board != after.phase.ownership?.board {
      send(.release(JobEpoch(job: before.id, epoch: ended.epoch)), to: board, into: &actions)
    }
    preparations[before.id] = nil
    reported[before.id] = nil
    if after.phase.ownership == nil { migrationFailures[before.id] = nil }
    queueChanged()
  }

  /// Queues a message until everything decided so far is durable, so that nothing is told that could be forgotten.
  func send(_ message: Message, request: UInt64 = 0, to peer: Peer, into actions: inout Actions<BrokerAction>) {
    actions.append(.send(Envelope(message, request: request), to: peer, after: ledger.last))
  }

  /// Sends to a board's agent, if it is online.
  func send(_ message: Message, to board: BoardID, into actions: inout Actions<BrokerAction>) {
    guard let member = members[board], member.isOnline else { return }
    send(message, to: member.peer, into: &actions)
  }

  func refuse(
    _ error: BrokerError, request: UInt64, to peer: Peer, into actions: inout Actions<BrokerAction>
  ) {
    send(.refused(Refusal(error)), request: request, to: peer, into: &actions)
  }

  /// Notes that jobs from this one on may have become placeable.
  mutating func queueChanged(from job: JobID = JobID(rawValue: 0)) {
    placeableFrom = min(placeableFrom ?? job, job)
  }
}
