import Bitstream
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
  private unowned let world: World
  private let index: Int
  let board: BoardID
  private let descriptor: BoardDescriptor
  private let images: [Image]
  private var core: AgentCore
  private var actions = Actions<AgentAction>()
  private var outbox = Outbox<Envelope>(synced: .zero)
  private(set) var toy: ToyBoard
  /// The journal; the first ``synced`` survive.
  private var records: [AgentRecord] = []
  private var synced = 0
  private var isSyncing = false
  private var wakeNumber = 0
  /// Durable bytes.
  private var blobs: Set<BlobReference> = []
  /// The long actions of each job that have not ended, by number.
  private var underway: [JobEpoch: Set<Int>] = [:]
  private var cancelled: Set<Int> = []
  private var freeing: Set<JobEpoch> = []
  private var actionCount = 0
  /// Where each job began, and what was computed of it since.
  private var starts: [JobEpoch: Progress] = [:]
  private(set) var sealed: Set<JobEpoch> = []
  private var cutUntil = WallInstant(nanoseconds: 0)
  private(set) var hadFaults = false
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
    let memory = world.random.happens(world.weather.fault * 30) ? 1500 : 1 << 20
    let house = try Houses.board(little: layout.0, big: layout.1, memoryByteCount: memory)
    self.descriptor = house.descriptor
    self.images = house.images
    self.core = AgentCore(Self.configuration(board, index, incarnation: 0, house.descriptor, house.images))
    self.toy = ToyBoard(house.descriptor, images: house.images)
  }

  private static func configuration(
    _ board: BoardID, _ index: Int, incarnation: Int, _ descriptor: BoardDescriptor, _ images: [Image]
  ) -> AgentConfiguration {
    AgentConfiguration(
      board: board, incarnation: Incarnation(rawValue: UInt64(incarnation)), endpoint: "tcp://agent-\(index)",
      brokerEndpoint: World.brokerEndpoint, descriptor: descriptor, images: images, speed: 1,
      heartbeatInterval: .milliseconds(400), cacheByteLimit: 350)
  }

  func start() throws {
    life += 1
    isUp = true
    hadFaults = false
    core = AgentCore(Self.configuration(board, index, incarnation: life, descriptor, images))
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

  /// Whether no job has left anything behind.
  var isIdle: Bool { toy.isIdle && underway.values.allSatisfy(\.isEmpty) && freeing.isEmpty }

  func receive(_ envelope: Envelope) throws {
    if isUp { try take(.received(envelope, from: .dialed(endpoint: World.brokerEndpoint))) }
  }

  private func take(_ event: AgentEvent) throws {
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
      if let envelope = outbox.submit(envelope, after: number) { send(envelope) }
    case .wake(.wall(let instant)): wake(at: instant)
    case .wake(.board): throw Violation(description: "the agent waits for nothing in board time")
    case .readHealth: later(1...2) { try $0.take(.health(BoardHealth())) }
    case .allocate, .restore, .load, .store, .save, .deliver, .adopt, .free: try performJobAction(action)
    case .fetch, .evict, .write, .launch, .abort: try performSlotAction(action)
    }
  }

  private func later(_ milliseconds: ClosedRange<Int>, _ body: @escaping (AgentProcess) throws -> Void) {
    let life = life
    world.after(world.delay(milliseconds)) { [unowned self] in
      if self.life == life, isUp { try body(self) }
    }
  }

  // MARK: Disk, clock and network

  private func persist(_ record: AgentRecord, as number: SequenceNumber) throws {
    records.append(record)
    guard number.rawValue == UInt64(records.count) else { throw Violation(description: "record \(number) out of place") }
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

  private func send(_ envelope: Envelope) {
    if case .handBack(let handBack) = envelope.message { handBacks.append(handBack) }
    let (life, broker) = (life, world.broker)
    world.carry(over: "up \(index) \(life)", isCut: isCut) { [index] in
      try broker.receive(envelope, from: broker.connection(1, index, life: life))
    }
  }

  // MARK: A job's bytes

  private func performJobAction(_ action: AgentAction) throws {
    switch action {
    case .allocate(let execution, let rings): begin(execution, 1...5) { try $0.allocate(execution, rings) }
    case .adopt(let execution, let old):
      guard freeing.isDisjoint(with: [execution, old]) else { throw Violation(description: "adopted what is freed") }
      try toy.adopt(execution, from: old)
    case .free(let execution):
      guard toy.launches(of: execution) == 0 else { throw Violation(description: "\(execution) is freed while it runs") }
      cancelled.formUnion(underway[execution] ?? [])
      freeing.insert(execution)
      endFree(execution)
    case .restore(let execution, let items): begin(execution, 1...9) { try $0.restore(execution, items) }
    case .load(let execution, let place, let blob): begin(execution, 1...9) { try $0.load(execution, place, blob) }
    case .store(let execution, let place, let count): begin(execution, 1...9) { try $0.store(execution, place, count) }
    case .save(let execution, let items): begin(execution, 1...9) { try $0.save(execution, items) }
    case .deliver(let execution, let items, let endpoint):
      begin(execution, 1...30) { try $0.deliver(execution, items, to: endpoint) }
    default: break
    }
  }

  private func begin(
    _ execution: JobEpoch, _ milliseconds: ClosedRange<Int>, _ body: @escaping (AgentProcess) throws -> Void
  ) {
    actionCount += 1
    let number = actionCount
    underway[execution, default: []].insert(number)
    later(milliseconds) { agent in
      agent.underway[execution]?.remove(number)
      let isCancelled = agent.cancelled.remove(number) != nil
      if agent.underway[execution]?.isEmpty == true { agent.underway[execution] = nil }
      agent.endFree(execution)
      if !isCancelled { try body(agent) }
    }
  }

  private func endFree(_ execution: JobEpoch) {
    guard freeing.contains(execution), underway[execution]?.contains(where: cancelled.contains) != true else { return }
    freeing.remove(execution)
    toy.free(execution)
  }

  /// Whether this time it goes wrong.
  private func fails() -> Refusal? {
    guard world.random.happens(world.weather.fault) else { return nil }
    hadFaults = true
    return Refusal(code: "toy.fault", message: "the toy world is like that", hint: "wait for better weather")
  }

  private func allocate(_ execution: JobEpoch, _ rings: [Ring]) throws {
    // The rings of an earlier reservation of the same name go first.
    if freeing.contains(execution) { return begin(execution, 1...5) { try $0.allocate(execution, rings) } }
    if let refusal = fails() { return try take(.allocated(execution, .failure(refusal))) }
    guard try toy.allocate(execution, rings) else {
      let error = BoardError.outOfMemory(requestedByteCount: 1, freeByteCount: 0)
      return try take(.allocated(execution, .failure(Refusal(error))))
    }
    try take(.allocated(execution, .success(Nothing())))
  }

  private func restore(_ execution: JobEpoch, _ items: [SavedItem]) throws {
    for item in items {
      guard blobs.contains(item.blob) else {
        let missing = StoreError.corrupt("the blob \(item.blob.digest) is not there")
        return try take(.restored(execution, .failure(Refusal(missing))))
      }
      try toy.write(try world.content(of: item.blob), to: execution, item.edge, item.item)
    }
    try take(.restored(execution, .success(Nothing())))
  }

  private func load(_ execution: JobEpoch, _ place: RingItem, _ blob: BlobReference) throws {
    guard world.broker.isUp, !isCut else { return begin(execution, 100...200) { try $0.load(execution, place, blob) } }
    if let refusal = fails() { return try take(.loaded(execution, item: place.item, .failure(refusal))) }
    let content = try world.content(of: blob)
    try toy.write(content, to: execution, place.edge, place.ringIndex)
    try take(.loaded(execution, item: place.item, .success(content.byteCount)))
  }

  private func store(_ execution: JobEpoch, _ place: RingItem, _ count: Int) throws {
    let blob = try read(execution, place, count)
    guard world.broker.isUp, !isCut else { return begin(execution, 100...200) { try $0.store(execution, place, count) } }
    if let refusal = fails() { return try take(.stored(execution, item: place.item, .failure(refusal))) }
    try world.broker.put(blob)
    try take(.stored(execution, item: place.item, .success(blob)))
  }

  private func save(_ execution: JobEpoch, _ items: [SavedRingItem]) throws {
    guard toy.launches(of: execution) == 0 else { throw Violation(description: "\(execution) is saved while it runs") }
    let saved = try items.map { item in
      SavedItem(edge: item.place.edge, item: item.place.item, blob: try read(execution, item.place, item.byteCount))
    }
    if let refusal = fails() { return try take(.saved(execution, .failure(refusal))) }
    try take(.saved(execution, .success(saved)))
  }

  private func read(_ execution: JobEpoch, _ place: RingItem, _ byteCount: Int) throws -> BlobReference {
    let content = try toy.read(execution, place.edge, place.ringIndex)
    guard content.byteCount == byteCount else {
      throw Violation(description: "\(place) of \(execution) has \(content.byteCount) bytes, \(byteCount) were asked for")
    }
    let blob = world.remember(content)
    blobs.insert(blob)
    return blob
  }

  private func deliver(_ execution: JobEpoch, _ items: [SavedItem], to endpoint: String) throws {
    guard let seal = records.lastIndex(where: { if case .sealed(execution, _) = $0 { true } else { false } }), seal < synced
    else { throw Violation(description: "\(execution) is delivered before its seal is durable") }
    let destination = world.agents.first { "tcp://agent-\($0.index)" == endpoint }
    guard let destination, destination.isUp, !destination.isCut, !isCut,
      !world.random.happens(world.weather.undelivered)
    else {
      return try take(.delivered(execution, .failure(Refusal(TransportError.badEndpoint(endpoint)))))
    }
    destination.blobs.formUnion(items.map(\.blob))
    try take(.delivered(execution, .success(Nothing())))
  }

  // MARK: Slots

  private func performSlotAction(_ action: AgentAction) throws {
    switch action {
    case .fetch(let partial):
      try toy.beginFetch()
      later(1...20) { agent in
        let refusal = agent.fails()
        agent.toy.endFetch(partial, succeeded: refusal == nil)
        try agent.take(.fetched(partial, refusal.map(Outcome.failure) ?? .success(Nothing())))
      }
    case .evict(let digest): try toy.evict(digest)
    case .write(let slot, let digest):
      try toy.beginWrite(slot, digest)
      later(5...40) { agent in
        let error = agent.world.random.happens(agent.world.weather.fault * 3)
          ? BoardError.portFault(slot, .unfinished("toy", wordCount: 0)) : nil
        if error != nil { agent.hadFaults = true }
        agent.toy.endWrite(slot, digest, succeeded: error == nil)
        try agent.take(.written(slot, error))
      }
    case .launch(let slot, let launch): try self.launch(launch, in: slot)
    case .abort(let slot):
      if let number = toy.abort(slot) { later(0...3) { try $0.end(number, in: slot) } }
    default: break
    }
  }

  private func launch(_ launch: Launch, in slot: SlotID) throws {
    guard !sealed.contains(launch.execution) else { throw Violation(description: "a sealed job is launched: \(launch)") }
    try checkProgress(launch)
    let number = try toy.beginLaunch(launch, in: slot)
    later(3...60) { try $0.end(number, in: slot) }
  }

  /// Nothing is computed again that the checkpoint has, for any of the tasks in the image.
  private func checkProgress(_ launch: Launch) throws {
    let job = world.broker.core.ledger[launch.execution.job]
    guard let start = starts[launch.execution], let job else { throw Violation(description: "nobody assigned \(launch)") }
    for kernel in toy.kernels(of: launch.image) {
      guard let task = job.request.application.tasks.first(where: { $0.kernel == kernel }) else {
        throw Violation(description: "the job has no task for \(kernel)")
      }
      guard launch.item >= start[task.name] else {
        throw Violation(description: "\(task.name) computes \(launch.item) again, it began at \(start[task.name])")
      }
    }
  }

  private func end(_ number: Int, in slot: SlotID) throws {
    let failure: BoardError? =
      world.random.happens(world.weather.fault / 4)
      ? (world.random.happens(0.3) ? .kernelFault(slot, "toy") : .slotDecoupled(slot)) : nil
    if let result = try toy.endLaunch(number, in: slot, failure: failure) { try take(.launched(slot, result)) }
  }
}
