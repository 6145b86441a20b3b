internal import BoardAgent
internal import Digests
internal import Fabric
internal import Messages
internal import SlotAllocator
internal import SoftFPGA

/// A real ``AgentCore`` with a modelled disk, board and connection.
///
/// It does what the agent's driver promises: a long action ends in its event, unless its job is freed first. No bytes are computed.
struct AgentNode {
  private static let broker = Peer.dialed(endpoint: ClusterNames.brokerEndpoint)

  private let index: Int32
  private let name: BoardID
  private var core: AgentCore
  private var outbox = Outbox<Envelope>(synced: .zero)
  private var disk = Disk()
  private var lastAlarm: UInt32 = 0
  /// The alarms that were set last, on each clock.
  private var alarms: (wall: UInt32, board: UInt32) = (0, 0)
  private var hardware: AgentHardware
  private var memory: AgentMemory
  private(set) var finishedLaunches = 0

  init(_ index: Int, named name: BoardID, _ configuration: ClusterConfiguration, board: BoardFacts) {
    self.index = Int32(index)
    self.name = name
    self.core = AgentCore(
      AgentConfiguration(
        board: name, incarnation: Incarnation(rawValue: 1), slotsAreBlank: true,
        endpoint: ClusterNames.agentEndpoint(index), brokerEndpoint: ClusterNames.brokerEndpoint,
        descriptor: board.descriptor, images: board.images,
        policy: configuration.policy, speed: 1,
        heartbeatInterval: configuration.heartbeatInterval, cacheByteLimit: configuration.cacheByteLimit))
    self.hardware = AgentHardware(board.descriptor)
    self.memory = AgentMemory(byteCount: board.descriptor.memoryByteCount)
  }

  var configurationCount: Int { hardware.health.configurationCount }

  // MARK: Events

  mutating func start(in world: inout Surroundings) throws(ClusterError) { try take(.started, in: &world) }

  mutating func receive(_ envelope: Envelope, in world: inout Surroundings) throws(ClusterError) {
    try take(.received(envelope, from: Self.broker), in: &world)
  }

  /// Ends a sync: the core hears of it, then goes out what waited, then the next sync begins.
  mutating func synced(in world: inout Surroundings) throws(ClusterError) {
    let number = disk.endSync()
    try take(.synced(number), releasing: number, in: &world)
  }

  mutating func alarmRang(_ number: UInt32, in world: inout Surroundings) throws(ClusterError) {
    if number == alarms.wall || number == alarms.board { try take(.woke, in: &world) }
  }

  mutating func healthRead(in world: inout Surroundings) throws(ClusterError) {
    try take(.health(hardware.health), in: &world)
  }

  mutating func jobActionEnded(_ number: UInt32, in world: inout Surroundings) throws(ClusterError) {
    if let event = memory.end(number) { try take(event, in: &world) }
  }

  mutating func fetched(in world: inout Surroundings) throws(ClusterError) {
    guard let partial = hardware.endFetch() else { return }
    try take(.fetched(partial, .success(.zero)), in: &world)
  }

  mutating func blanked(_ slot: SlotID, in world: inout Surroundings) throws(ClusterError) {
    hardware.endBlanking(slot, at: world.bothClocks.board)
    try take(.blanked(slot, nil), in: &world)
  }

  mutating func written(_ slot: SlotID, in world: inout Surroundings) throws(ClusterError) {
    hardware.endWrite(slot, at: world.bothClocks.board)
    try take(.written(slot, nil), in: &world)
  }

  mutating func launchDone(in slot: SlotID, in world: inout Surroundings) throws(ClusterError) {
    guard let written = hardware.endLaunch(in: slot, at: world.bothClocks.board) else { return }
    finishedLaunches += 1
    try take(.launched(slot, .finished(written)), in: &world)
  }

  mutating func launchAborted(in slot: SlotID, in world: inout Surroundings) throws(ClusterError) {
    try take(.launched(slot, .failed(.aborted(slot))), in: &world)
  }

  private mutating func take(
    _ event: AgentEvent, releasing durable: SequenceNumber? = nil, in world: inout Surroundings
  ) throws(ClusterError) {
    var actions = Actions<AgentAction>()
    do { try core.handle(event, at: world.bothClocks, into: &actions) } catch { throw .agent(name, error) }
    let asked = actions.drain()
    if let durable {
      for envelope in outbox.release(through: durable) { world.send(envelope, toBrokerFrom: Int(index)) }
    }
    for action in asked { try perform(action, in: &world) }
    // One sync for all records of an event.
    if disk.beginSync() { world.schedule(.agentSynced(index), afterNanoseconds: world.syncNanoseconds) }
  }

  // MARK: Actions

  private mutating func perform(_ action: AgentAction, in world: inout Surroundings) throws(ClusterError) {
    switch action {
    case .persist(_, let number): disk.append(as: number)
    case .send(let envelope, _, let number):
      // One that is dropped is repeated by its core.
      if case .release(let envelope) = outbox.submit(envelope, after: number) {
        world.send(envelope, toBrokerFrom: Int(index))
      }
    case .wake(.wall(let instant)): alarms.wall = setAlarm(at: instant, in: &world)
    // Board and wall go at one speed.
    case .wake(.board(let instant)):
      alarms.board = setAlarm(at: WallInstant(nanoseconds: instant.nanoseconds), in: &world)
    case .readHealth: world.schedule(.healthRead(index), afterNanoseconds: 0)

    case .allocate(let execution, let rings):
      begin(memory.allocate(execution, rings), for: execution, lasting: 0, in: &world)
    case .free(let execution): memory.free(execution)
    case .load(let execution, let place, let blob):
      begin(
        .loaded(execution, item: place.item, .success(blob.byteCount)), for: execution,
        lasting: world.exchange(byteCount: blob.byteCount), in: &world)
    case .store(let execution, let place, let byteCount):
      // The broker makes the bytes durable before it answers.
      let result = BlobReference(digest: ClusterNames.item, byteCount: byteCount)
      begin(
        .stored(execution, item: place.item, .success(result)), for: execution,
        lasting: world.exchange(byteCount: byteCount) + world.syncNanoseconds, in: &world)

    case .fetch(let partial):
      hardware.beginFetch(partial)
      world.schedule(.fetched(index), afterNanoseconds: world.board.readNanoseconds(partial))
    case .evict, .audit: break
    case .blank(let slot): try blank(slot, in: &world)
    case .write(let partial): try write(partial, in: &world)
    case .launch(let slot, let launch): try self.launch(launch, in: slot, in: &world)
    case .abort(let slot): abort(slot, in: &world)
    case .adopt, .restore, .save, .deliver: throw .unexpectedAction("\(action)")
    }
  }

  private mutating func setAlarm(at instant: WallInstant, in world: inout Surroundings) -> UInt32 {
    lastAlarm &+= 1
    world.schedule(.agentAlarm(index, number: lastAlarm), at: instant)
    return lastAlarm
  }

  private mutating func begin(
    _ end: AgentEvent, for execution: JobEpoch, lasting nanoseconds: Int64, in world: inout Surroundings
  ) {
    let number = memory.begin(end, for: execution)
    world.schedule(.jobActionEnded(index, number: number), afterNanoseconds: nanoseconds)
  }

  private mutating func blank(_ slot: SlotID, in world: inout Surroundings) throws(ClusterError) {
    let now = world.bothClocks.board
    let end = try Self.onBoard(name) { () throws(BoardError) in try hardware.beginBlanking(slot, at: now) }
    world.schedule(.blanked(index, slot: UInt8(slot.rawValue)), at: WallInstant(nanoseconds: end.nanoseconds))
  }

  private mutating func write(_ partial: PartialReference, in world: inout Surroundings) throws(ClusterError) {
    let now = world.bothClocks.board
    let end = try Self.onBoard(name) { () throws(BoardError) in
      try hardware.beginWrite(partial.slot, byteCount: partial.byteCount, at: now)
    }
    world.schedule(.written(index, slot: UInt8(partial.slot.rawValue)), at: WallInstant(nanoseconds: end.nanoseconds))
  }

  private mutating func launch(
    _ launch: Launch, in slot: SlotID, in world: inout Surroundings
  ) throws(ClusterError) {
    guard let model = world.board.launchModel(of: launch.image) else { throw .unexpectedAction("\(launch)") }
    let now = world.bothClocks.board
    let end = try Self.onBoard(name) { () throws(BoardError) in
      try hardware.beginLaunch(in: slot, model, at: now)
    }
    world.schedule(.launchDone(index, slot: UInt8(slot.rawValue)), at: WallInstant(nanoseconds: end.nanoseconds))
  }

  private mutating func abort(_ slot: SlotID, in world: inout Surroundings) {
    guard hardware.abort(slot) else { return }
    world.schedule(.launchAborted(index, slot: UInt8(slot.rawValue)), afterNanoseconds: 0)
  }

  private static func onBoard<Value>(
    _ name: BoardID, _ body: () throws(BoardError) -> Value
  ) throws(ClusterError) -> Value {
    do { return try body() } catch { throw .board(name, error) }
  }
}
