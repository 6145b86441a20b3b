internal import ClusterBroker
internal import Fabric
internal import Messages

/// The real ``BrokerCore`` with a modelled disk and connections.
struct BrokerNode {
  private struct Outgoing {
    let envelope: Envelope
    let peer: Peer
  }

  private var core: BrokerCore
  private var outbox = Outbox<Outgoing>(synced: .zero)
  private var disk = Disk()
  private var alarm: WallInstant?
  /// The nodes' connections.
  private let peers: [Peer]
  private let items: [BlobReference]
  private(set) var placements = 0
  private(set) var book: EndBook

  init(_ configuration: ClusterConfiguration, jobs: Int) {
    self.core = BrokerCore(configuration.broker)
    self.peers = (0...configuration.boards).map(ClusterNames.connection)
    self.items = [BlobReference(digest: ClusterNames.item, byteCount: configuration.itemByteCount)]
    self.book = EndBook(jobs: jobs)
  }

  // MARK: Events

  /// Begins with the bytes of all items, which are the same.
  mutating func start(in world: inout Surroundings) throws(ClusterError) {
    try take(.started(blobs: items), in: &world)
  }

  mutating func receive(_ envelope: Envelope, from node: Int, in world: inout Surroundings) throws(ClusterError) {
    try take(.received(envelope, from: peers[node]), in: &world)
  }

  mutating func synced(in world: inout Surroundings) throws(ClusterError) {
    let number = disk.endSync()
    book.synced(through: number, at: world.now)
    try take(.synced(number), releasing: number, in: &world)
  }

  mutating func alarmRang(_ instant: WallInstant, in world: inout Surroundings) throws(ClusterError) {
    guard alarm == instant else { return }
    alarm = nil
    try take(.woke, in: &world)
  }

  private mutating func take(
    _ event: BrokerEvent, releasing durable: SequenceNumber? = nil, in world: inout Surroundings
  ) throws(ClusterError) {
    var actions = Actions<BrokerAction>()
    do { try core.handle(event, at: world.bothClocks, into: &actions) } catch { throw .broker(error) }
    let asked = actions.drain()
    if let durable { for outgoing in outbox.release(through: durable) { try send(outgoing, in: &world) } }
    for action in asked { try perform(action, in: &world) }
    // One sync for all records of an event.
    if disk.beginSync() { world.schedule(.brokerSynced, afterNanoseconds: world.syncNanoseconds) }
  }

  // MARK: Actions

  private mutating func perform(_ action: BrokerAction, in world: inout Surroundings) throws(ClusterError) {
    switch action {
    case .persist(let record, let number):
      note(record, as: number)
      disk.append(as: number)
    case .send(let envelope, let peer, let number):
      // One that is dropped is repeated by its core.
      if case .release(let outgoing) = outbox.submit(Outgoing(envelope: envelope, peer: peer), after: number) {
        try send(outgoing, in: &world)
      }
    case .wake(.wall(let instant)):
      alarm = instant
      world.schedule(.brokerAlarm(instant), at: instant)
    case .wake(.board): throw .unexpectedAction("\(action)")
    }
  }

  private func send(_ outgoing: Outgoing, in world: inout Surroundings) throws(ClusterError) {
    guard let node = ClusterNames.node(at: outgoing.peer), node < world.nodes else {
      throw .unexpectedAction("send to \(outgoing.peer)")
    }
    world.send(outgoing.envelope, fromBrokerTo: node)
  }

  /// Counts what the records say, and remembers which of them end a job.
  private mutating func note(_ record: BrokerRecord, as number: SequenceNumber) {
    switch record {
    case .owned: placements += 1
    case .committed(let job, _, let item, _):
      if let known = core.ledger[job], item + 1 == known.itemCount { book.ended(job, .completed, by: number) }
    case .ended(let job, let end): book.ended(job, end, by: number)
    case .submitted, .stopping, .requeued, .forgotten: break
    }
  }
}
