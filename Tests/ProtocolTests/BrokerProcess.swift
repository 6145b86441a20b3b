import ClusterBroker
import Fabric
import Messages

/// The real ``BrokerCore`` with a disk, a clock and connections that can fail.
final class BrokerProcess {
  private unowned let world: World
  private let configuration: BrokerConfiguration
  private(set) var core: BrokerCore
  private var actions = Actions<BrokerAction>()
  private var outbox = Outbox<(Envelope, Peer)>(synced: .zero)
  /// The journal; the first ``synced`` survive.
  private var records: [BrokerRecord] = []
  private var synced = 0
  private var isSyncing = false
  private var wakeInstant: WallInstant?
  /// Durable bytes.
  private(set) var blobs: [BlobReference] = []
  private var known: Set<BlobReference> = []
  /// Counts the starts of the process.
  private(set) var life = 0
  private(set) var isUp = false

  init(in world: World) {
    self.world = world
    var configuration = BrokerConfiguration()
    configuration.leaseDuration = .seconds(2)
    configuration.leaseMargin = .milliseconds(600)
    configuration.prepareDuration = .seconds(5)
    self.configuration = configuration
    self.core = BrokerCore(configuration)
  }

  func start() throws {
    life += 1
    isUp = true
    core = BrokerCore(configuration)
    for record in records { try core.apply(record) }
    outbox = Outbox(synced: core.ledger.last)
    isSyncing = false
    wakeInstant = nil
    try take(.started(blobs: blobs))
  }

  /// Ends the process; what was not synced is gone.
  func crash() {
    isUp = false
    records.removeLast(records.count - synced)
    world.note("broker", "crashed after \(synced) records")
  }

  /// The connection of a client or an agent, which is new with every start of either end.
  func connection(_ kind: UInt8, _ number: Int, life: Int) -> Peer {
    .accepted(connection: [kind, UInt8(number), UInt8(life & 255), UInt8(self.life & 255)])
  }

  func receive(_ envelope: Envelope, from peer: Peer) throws {
    if isUp { try take(.received(envelope, from: peer)) }
  }

  /// A blob is durable here; the core knows before its sender does.
  func put(_ blob: BlobReference) throws {
    if known.insert(blob).inserted { blobs.append(blob) }
    if isUp { try take(.blobStored(blob)) }
  }

  private func take(_ event: BrokerEvent) throws {
    world.note("broker", event)
    try core.handle(event, at: Now(board: BoardInstant(nanoseconds: 0), wall: world.now), into: &actions)
    for action in actions.drain() {
      world.note("broker does", action)
      try perform(action)
    }
  }

  private func perform(_ action: BrokerAction) throws {
    switch action {
    case .persist(let record, let number):
      records.append(record)
      guard number.rawValue == UInt64(records.count) else {
        throw Violation(description: "record \(number) out of place")
      }
      try check(record)
      sync()
    case .send(let envelope, let peer, let number):
      if case .release(let (envelope, peer)) = outbox.submit((envelope, peer), after: number) {
        send(envelope, to: peer)
      }
    case .wake(.wall(let instant)): wake(at: instant)
    case .wake(.board): throw Violation(description: "a broker has no board time")
    }
  }

  /// A committed result is what the application makes of that item, whoever computed it.
  private func check(_ record: BrokerRecord) throws {
    guard case .committed(let id, let epoch, let item, let result) = record, let job = core.ledger[id] else { return }
    let input = try world.content(of: job.request.inputs[item])
    guard job.request.result(for: input)?.blob == result else {
      throw Violation(description: "item \(item) of \(id)@\(epoch) has a wrong result")
    }
    guard known.contains(result) else { throw Violation(description: "a result was committed whose bytes are nowhere") }
  }

  private func sync() {
    guard !isSyncing else { return }
    isSyncing = true
    let (life, target) = (life, records.count)
    world.after(world.delay(0...6)) { [unowned self] in
      guard self.life == life, isUp else { return }
      synced = target
      isSyncing = false
      let number = SequenceNumber(rawValue: UInt64(target))
      try take(.synced(number))
      for (envelope, peer) in outbox.release(through: number) { send(envelope, to: peer) }
      if records.count > synced { sync() }
    }
  }

  private func wake(at instant: WallInstant) {
    if let wakeInstant, wakeInstant <= instant { return }
    wakeInstant = instant
    let life = life
    world.at(instant) { [unowned self] in
      guard self.life == life, isUp, wakeInstant == instant else { return }
      wakeInstant = nil
      try take(.woke)
    }
  }

  private func send(_ envelope: Envelope, to peer: Peer) {
    guard case .accepted(let connection) = peer, connection.count == 4, connection[3] == UInt8(life & 255) else {
      return
    }
    if connection[0] == 0 { return world.client.hear(envelope) }
    let agent = world.agents[Int(connection[1])]
    world.carry(over: "down \(connection)", isCut: agent.isCut) {
      guard agent.isUp, UInt8(agent.life & 255) == connection[2] else { return }
      try agent.receive(envelope)
    }
  }
}
