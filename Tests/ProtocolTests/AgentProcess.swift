import BoardAgent
import ClusterBroker
import Fabric
import Messages
import SlotAllocator
import Testing

/// The real ``AgentCore`` on a toy board, with a disk, a clock and connections that can fail.
///
/// It does what the driver promises: a long action ends in its event, unless its job is freed first.
final class AgentProcess {
  unowned let world: World
  let index: Int
  let board: BoardID
  private let descriptor: BoardDescriptor
  private let images: [Image]
  private let policy: PolicyName
  private var core: AgentCore
  private var actions = Actions<AgentAction>()
  private var outbox = Outbox<Envelope>(synced: .zero)
  var toy: ToyBoard
  /// The journal; the first ``synced`` survive.
  var records: [AgentRecord] = []
  var synced = 0
  private var isSyncing = false
  /// The newest alarm of each clock.
  private var (wakeNumber, boardWakeNumber) = (0, 0)
  /// Durable bytes.
  var blobs: Set<BlobReference> = []
  /// The long actions of each job that have not ended, by number.
  var underway: [JobEpoch: Set<Int>] = [:]
  var cancelled: Set<Int> = []
  var freeing: Set<JobEpoch> = []
  var actionCount = 0
  /// Where each job began, and what was computed of it since.
  var starts: [JobEpoch: Progress] = [:]
  var sealed: Set<JobEpoch> = []
  private var cutUntil = WallInstant(nanoseconds: 0)
  var hadFaults = false
  private(set) var handBacks: [HandBack] = []
  /// Counts the starts of the process.
  private(set) var life = 0
  private(set) var isUp = false

  init(_ index: Int, in world: World) throws {
    self.world = world
    self.index = index
    self.board = try #require(BoardID("board-\(index)"))
    let layouts = [(4, 0), (3, 1), (1, 1), (2, 0), (1, 2), (8, 0), (1, 0)]
    let layout = layouts.randomElement(using: &world.random) ?? (4, 0)
    // Small memories hold one large job or a few small ones.
    let memory = world.random.happens(0.3 + world.weather.fault * 15) ? 2500 : 1 << 20
    let house = try Houses.board(little: layout.0, big: layout.1, memoryByteCount: memory)
    self.descriptor = house.descriptor
    self.images = house.images
    self.policy = PolicyName.allCases.randomElement(using: &world.random) ?? .tessera
    self.core = AgentCore(Self.configuration(board, index, incarnation: 0, house.descriptor, house.images, policy))
    self.toy = ToyBoard(house.descriptor, images: house.images)
  }

  private static func configuration(
    _ board: BoardID, _ index: Int, incarnation: Int, _ descriptor: BoardDescriptor, _ images: [Image],
    _ policy: PolicyName
  ) -> AgentConfiguration {
    AgentConfiguration(
      board: board, incarnation: Incarnation(rawValue: UInt64(incarnation)), slotsAreBlank: true,
      endpoint: "tcp://agent-\(index)",
      brokerEndpoint: World.brokerEndpoint, descriptor: descriptor, images: images, policy: policy, speed: 1,
      heartbeatInterval: .milliseconds(400), cacheByteLimit: 350)
  }

  func start() throws {
    life += 1
    isUp = true
    hadFaults = false
    core = AgentCore(Self.configuration(board, index, incarnation: life, descriptor, images, policy))
    for record in records { try core.apply(record) }
    outbox = Outbox(synced: SequenceNumber(rawValue: UInt64(records.count)))
    toy = ToyBoard(descriptor, images: images)
    isSyncing = false
    (underway, cancelled, freeing, starts, sealed) = ([:], [], [], [:], [])
    try take(.started)
  }

  /// Ends the process; what was not synced is gone, and so is the fabric's state.
  func crash() {
    isUp = false
    records.removeLast(records.count - synced)
    world.note("\(board)", "crashed")
  }

  var isCut: Bool { world.now < cutUntil }
  func cut(for duration: Duration) { cutUntil = world.now + duration }

  /// The first slot that is out of use.
  var quarantinedSlot: SlotID? { descriptor.slots.map(\.slot).first { core.quarantine(of: $0) != nil } }

  /// Whether no job has left anything behind.
  var isIdle: Bool { toy.isIdle && underway.values.allSatisfy(\.isEmpty) && freeing.isEmpty }

  func receive(_ envelope: Envelope) throws {
    if isUp { try take(.received(envelope, from: .dialed(endpoint: World.brokerEndpoint))) }
  }

  func take(_ event: AgentEvent) throws {
    world.note("\(board).\(life)", event)
    let now = Now(board: BoardInstant(nanoseconds: world.now.nanoseconds), wall: world.now)
    if case .received(let envelope, _) = event, case .assign(let assignment) = envelope.message {
      let execution = JobEpoch(job: assignment.job, epoch: assignment.epoch)
      if starts[execution] == nil { starts[execution] = assignment.checkpoint.progress }
    }
    try core.handle(event, at: now, into: &actions)
    for action in actions.drain() {
      world.note("\(board).\(life) does", action)
      try perform(action)
    }
  }

  private func perform(_ action: AgentAction) throws {
    switch action {
    case .persist(let record, let number): try persist(record, as: number)
    case .send(let envelope, let peer, let number):
      guard peer == .dialed(endpoint: World.brokerEndpoint) else { throw Violation(description: "sent to \(peer)") }
      if case .release(let envelope) = outbox.submit(envelope, after: number) { send(envelope) }
    case .wake(.wall(let instant)): wake(at: instant)
    // The board's clock goes with the wall's here.
    case .wake(.board(let instant)): wakeBoard(at: WallInstant(nanoseconds: instant.nanoseconds))
    case .readHealth: later(1...2) { try $0.take(.health(BoardHealth())) }
    case .allocate, .restore, .load, .store, .save, .deliver, .adopt, .free: try performJobAction(action)
    case .fetch, .evict, .blank, .write, .launch, .abort: try performSlotAction(action)
    case .audit: break
    }
  }

  func later(_ milliseconds: ClosedRange<Int>, _ body: @escaping (AgentProcess) throws -> Void) {
    let life = life
    world.after(world.delay(milliseconds)) { [unowned self] in
      if self.life == life, isUp { try body(self) }
    }
  }

  // MARK: Disk, clock and network

  private func persist(_ record: AgentRecord, as number: SequenceNumber) throws {
    records.append(record)
    guard number.rawValue == UInt64(records.count) else {
      throw Violation(description: "record \(number) out of place")
    }
    if case .sealed(let execution, _) = record { sealed.insert(execution) }
    sync()
  }

  private func sync() {
    guard !isSyncing else { return }
    isSyncing = true
    let target = records.count
    later(0...6) { agent in
      agent.synced = target
      agent.isSyncing = false
      let number = SequenceNumber(rawValue: UInt64(target))
      try agent.take(.synced(number))
      for envelope in agent.outbox.release(through: number) { agent.send(envelope) }
      if agent.records.count > agent.synced { agent.sync() }
    }
  }

  private func wake(at instant: WallInstant) {
    wakeNumber += 1
    let (life, number) = (life, wakeNumber)
    world.at(instant) { [unowned self] in
      if self.life == life, isUp, wakeNumber == number { try take(.woke) }
    }
  }

  private func wakeBoard(at instant: WallInstant) {
    boardWakeNumber += 1
    let (life, number) = (life, boardWakeNumber)
    world.at(instant) { [unowned self] in
      if self.life == life, isUp, boardWakeNumber == number { try take(.woke) }
    }
  }

  private func send(_ envelope: Envelope) {
    if case .handBack(let handBack) = envelope.message { handBacks.append(handBack) }
    let (life, broker) = (life, world.broker)
    world.carry(over: "up \(index) \(life)", isCut: isCut) { [index] in
      try broker.receive(envelope, from: broker.connection(1, index, life: life))
    }
  }
}
