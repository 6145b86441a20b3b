public import Fabric
internal import Messages
internal import Migration
internal import Reconfig
public import SlotAllocator

/// Everything that a board agent decides: which jobs it holds, what runs where, what is said to the broker.
///
/// One event and the current instant in, actions out; no clock, no socket, no file. The protocol is Documentation/decisions/002.
public struct AgentCore: ReplayableCore {
  public typealias Configuration = AgentConfiguration
  public typealias Record = AgentRecord
  public typealias Event = AgentEvent
  public typealias Action = AgentAction

  let configuration: AgentConfiguration
  let broker: Peer
  let images: [ImageID: Image]
  var scheduler: BoardScheduler
  var queue: ConfigurationQueue
  var membership: Membership
  var supplies: PartialSupplies
  var timeline = Timeline()
  var plans = StagePlans()
  /// In the order of arrival; at most ``Limits/jobsPerBoard``.
  var jobs: [AgentJob] = []
  /// Jobs given up whose last launches have not ended yet.
  var leaving: [JobEpoch] = []
  /// The latest epoch under which each job was taken.
  var accepted: [JobID: Epoch] = [:]
  var health = BoardHealth()
  /// The newest resets that the broker asked for.
  var resets = RecentResets<ResetOrder>()
  private var lastRecord = SequenceNumber.zero
  /// The last record that an audit event told of.
  private var lastAudited = SequenceNumber.zero
  /// What was asked for and has not come, on each clock.
  private var nextWake: (wall: WallInstant?, board: BoardInstant?)

  public init(_ configuration: AgentConfiguration) {
    self.init(configuration, policy: configuration.policy.policy())
  }

  /// Shares the slots by a policy without a name, in place of the configuration's.
  public init(_ configuration: AgentConfiguration, policy: any Policy) {
    self.configuration = configuration
    self.broker = .dialed(endpoint: configuration.brokerEndpoint)
    self.images = Dictionary(configuration.images.map { ($0.id, $0) }) { first, _ in first }
    self.scheduler = BoardScheduler(
      policy: policy, slots: configuration.descriptor.slots,
      configurationTimes: ConfigurationTimes(ofImagesInMemoryOn: configuration.descriptor), durations: .learned)
    self.queue = ConfigurationQueue(
      slotCount: configuration.descriptor.slots.count, slotsAreBlank: configuration.slotsAreBlank,
      cacheByteLimit: configuration.cacheByteLimit)
    self.queue.wallZero = configuration.wallZero
    self.supplies = PartialSupplies(slotCount: configuration.descriptor.slots.count)
    self.membership = Membership(interval: configuration.heartbeatInterval)
  }

  public mutating func apply(_ record: AgentRecord) throws(AgentError) {
    lastRecord = lastRecord.next
    switch record {
    // Assignments name the incarnation they are for, so those to an earlier one can no longer come.
    case .began: accepted = [:]
    case .accepted(let execution), .sealed(let execution, _): note(execution)
    // A slot that failed may fail again: only an operator brings it back.
    case .quarantined(let slot, let reason): recover(slot, quarantine: reason)
    case .reset(let slot): recover(slot, quarantine: nil)
    }
  }

  public mutating func handle(
    _ event: AgentEvent, at now: Now, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    switch event {
    case .started:
      audit(.agentStarted(configuration.incarnation), into: &actions)
      persist(.began(configuration.incarnation), into: &actions)
    case .woke: wakeCame(at: now)
    case .health(let latest): health = latest
    case .received(let envelope, let peer): try received(envelope, from: peer, at: now, into: &actions)
    case .synced(let number): synced(through: number, into: &actions)
    case .allocated(let execution, let outcome): try allocated(execution, outcome, at: now, into: &actions)
    case .restored(let execution, let outcome): restored(execution, outcome, into: &actions)
    case .loaded(let execution, _, let outcome): loaded(execution, outcome, into: &actions)
    case .stored(let execution, let item, let outcome): stored(execution, item: item, outcome, into: &actions)
    case .saved(let execution, let outcome): try saved(execution, outcome, into: &actions)
    case .delivered(let execution, let outcome): try delivered(execution, outcome, into: &actions)
    case .fetched(let partial, let outcome): try fetched(partial, outcome, at: now, into: &actions)
    case .blanked(let slot, let fault): try blanked(slot, fault, at: now, into: &actions)
    case .written(let slot, let fault): try written(slot, fault, at: now, into: &actions)
    case .launched(let slot, let result): try launched(slot, result, at: now, into: &actions)
    }
    try advance(at: now, into: &actions)
  }

  /// Starts everything that has become possible.
  ///
  /// Asked after every event, so what is rare is passed over quickly. What a job's own items make possible was started with their event.
  private mutating func advance(at now: Now, into actions: inout Actions<AgentAction>) throws(AgentError) {
    speakToBroker(at: now, into: &actions)
    dropExpiredReservations(at: now.wall, into: &actions)
    for execution in scheduler.stranded {
      handBack(execution, cause: .board, reason: HandBackReason.stranded(), into: &actions)
    }
    try drainMigrations(at: now.board, into: &actions)
    try schedule(at: now, into: &actions)
    answerReadyReservations(into: &actions)
    let retry = configure(at: now, into: &actions)
    wake(at: earliest(membership.nextDeadline, earliest(retry, nextReservationEnd)), into: &actions)
    wake(at: scheduler.nextUpdate, into: &actions)
  }

  // MARK: Records, messages and waking

  mutating func persist(_ record: AgentRecord, into actions: inout Actions<AgentAction>) {
    lastRecord = lastRecord.next
    actions.append(.persist(record, as: lastRecord))
  }

  /// Records what the audit log shall tell too, though not before the journal keeps it.
  mutating func persist(
    _ record: AgentRecord, telling event: AuditEvent, into actions: inout Actions<AgentAction>
  ) {
    persist(record, into: &actions)
    lastAudited = lastRecord
    audit(event, into: &actions)
  }

  /// Has the audit log tell what happened, after what it was to tell before.
  func audit(_ event: AuditEvent, into actions: inout Actions<AgentAction>) {
    actions.append(.audit(event, after: lastAudited))
  }

  /// The number that the next record takes.
  var nextRecord: SequenceNumber { lastRecord.next }

  mutating func note(_ execution: JobEpoch) {
    accepted[execution.job] = max(accepted[execution.job] ?? .none, execution.epoch)
  }

  /// Tells the broker something that depends on everything recorded so far.
  func say(_ message: Message, into actions: inout Actions<AgentAction>) {
    actions.append(.send(Envelope(message), to: broker, after: lastRecord))
  }

  private mutating func wake(at instant: WallInstant?, into actions: inout Actions<AgentAction>) {
    guard let instant, nextWake.wall.map({ instant < $0 }) ?? true else { return }
    nextWake.wall = instant
    actions.append(.wake(at: .wall(instant)))
  }

  private mutating func wake(at instant: BoardInstant?, into actions: inout Actions<AgentAction>) {
    guard let instant, nextWake.board.map({ instant < $0 }) ?? true else { return }
    nextWake.board = instant
    actions.append(.wake(at: .board(instant)))
  }

  /// One of the clocks has rung, never early.
  private mutating func wakeCame(at now: Now) {
    if let wall = nextWake.wall, wall <= now.wall { nextWake.wall = nil }
    if let board = nextWake.board, board <= now.board { nextWake.board = nil }
  }

  private func earliest(_ a: WallInstant?, _ b: WallInstant?) -> WallInstant? {
    guard let a, let b else { return a ?? b }
    return min(a, b)
  }

  /// An image's name for people.
  func name(of image: ImageID) -> String { images[image]?.name ?? "\(image)" }
}
