public import Fabric
internal import Messages

/// Everything that a broker decides: who may submit what, which board runs it, what is committed, and when an agent is lost.
///
/// What must survive is in ``ledger`` alone. The rest are hints that agents and clients repeat: who is online, who prepares for a job, how
/// far each is, which slots are reset.
public struct BrokerCore: ReplayableCore {
  public let configuration: BrokerConfiguration
  package private(set) var ledger = Ledger()
  // Only the functions of the section "What placement sees" change these, and bring the indexes in step.
  /// The boards that registered since the start.
  private(set) var members = SortedTable<BoardID, Member>()
  /// The migrations whose destination prepares.
  private(set) var preparations = Preparations()
  /// What the owners said of their progress under the current epoch.
  private(set) var reported: [JobID: Progress] = [:]
  /// Finds boards for jobs; follows from the four above.
  private(set) var index: PlacementIndex
  /// When leases, preparations and the wait for owners end; the latter are the boards that own jobs but did not register since the start.
  var deadlines = Deadlines()
  /// Which board's agent speaks on a connection.
  var boards: [Peer: BoardID] = [:]
  /// Why a job was not moved when it last was to be, while it runs on.
  var migrationFailures: [JobID: Refusal] = [:]
  /// The newest resets of slots that clients asked for.
  var resets = RecentResets<SlotReset>()
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

  public init(_ configuration: BrokerConfiguration) {
    self.configuration = configuration
    self.index = PlacementIndex(jobsPerBoard: configuration.jobsPerBoard)
  }

  /// Rebuilds the ledger from one record of the journal.
  public mutating func apply(_ record: BrokerRecord) throws(BrokerError) {
    try take(record)
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
    try place(into: &actions)
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
    for board in ledger.owners { deadlines[.returning(board)] = end }
    if let next = deadlines.next { wake(at: next, into: &actions) }
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
    for subject in deadlines.takeDue(at: now) {
      switch subject {
      case .preparation(let job):
        guard let destination = preparations[job]?.destination else { continue }
        giveUpMigration(of: job, .notPrepared(job, destination, after: configuration.prepareDuration))
      case .returning(let board): try requeueJobs(of: board, into: &actions)
      case .lease(let board): try lose(board, into: &actions)
      }
    }
    if let next = deadlines.next { wake(at: next, into: &actions) }
  }
}

// MARK: - What placement sees

extension BrokerCore {
  /// Takes over what is known of a board now.
  mutating func set(_ member: Member) {
    var member = member
    member.coverage = index.update(member)
    members[member.board] = member
    deadlines[.lease(member.board)] = member.lease.end
  }

  /// Begins a preparation of a job, or ends it.
  mutating func setPreparation(_ preparation: Preparation?, of job: JobID) {
    preparations[job] = preparation
    deadlines[.preparation(job)] = preparation?.expires
    if let job = ledger[job] { updateLoad(of: job) }
  }

  /// Takes over how far a job is.
  mutating func setReported(_ progress: Progress, of job: JobID) {
    reported[job] = progress
    if let job = ledger[job] { updateLoad(of: job) }
  }

  /// The next waiting job for which a board is to be sought.
  mutating func nextPlaceable() -> JobID? { index.next() }

  /// Notes that no board takes a job that is the next one.
  mutating func pass(_ job: JobID) { index.pass(job) }

  /// Applies a record; a new epoch, or the job's end, makes what was said under the one before void.
  ///
  /// - Returns: The job's phase before, and the job after.
  @discardableResult
  private mutating func take(_ record: BrokerRecord) throws(BrokerError) -> (before: JobPhase?, after: Job?) {
    let id = record.job
    let before = ledger[id].map { (phase: $0.phase, demand: $0.demand) }
    try ledger.apply(record)
    let after = ledger[id]
    if let epoch = before?.phase.ownership?.epoch, after?.isOver(epoch) != false {
      reported[id] = nil
      if preparations[id] != nil {
        preparations[id] = nil
        deadlines[.preparation(id)] = nil
      }
    }
    switch (before, after) {
    case (nil, let after?):
      index.learn(after.submission.application, after.request.application)
      index.beginWaiting(id, after.demand)
    case (let before?, let after?):
      if before.phase.isQueued, !after.phase.isQueued { index.endWaiting(id, before.demand) }
      if !before.phase.isQueued, after.phase.isQueued { index.beginWaiting(id, before.demand) }
      updateLoad(of: after)
    case (let before?, nil):
      if ledger.applications[before.demand.application] == nil { index.forget(before.demand.application) }
    case (nil, nil): break
    }
    return (before?.phase, after)
  }

  /// Counts what a job takes of the boards that have it, or are about to.
  private mutating func updateLoad(of job: Job) {
    guard let owner = job.phase.ownership?.board else { return index.update(job.id, load: nil) }
    let load = JobLoad(
      owner: owner, destination: preparations[job.id]?.destination ?? job.phase.destination?.board,
      ringByteCount: job.ringByteCount, remainingMicroseconds: job.remainingMicroseconds(at: progress(of: job)))
    index.update(job.id, load: load)
  }
}

// MARK: - Records and messages

extension BrokerCore {
  /// Makes a decision durable, and releases whoever acted under an epoch that it ends.
  mutating func persist(_ record: BrokerRecord, into actions: inout Actions<BrokerAction>) throws(BrokerError) {
    let id = record.job
    let preparation = preparations[id]
    let (before, after) = try take(record)
    actions.append(.persist(record, as: ledger.last))
    guard let before, let ended = before.ownership, let after, after.isOver(ended.epoch) else { return }
    let involved = [ended.board, before.destination?.board, preparation?.destination].compactMap(\.self)
    for board in involved where board != after.phase.ownership?.board {
      send(.release(JobEpoch(job: id, epoch: ended.epoch)), to: board, into: &actions)
    }
    if after.phase.ownership == nil { migrationFailures[id] = nil }
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
}
