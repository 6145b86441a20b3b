internal import BoardAgent
internal import Fabric
internal import Messages

/// What a node of the cluster acts on: virtual time and the network.
struct Surroundings {
  private(set) var now = WallInstant(nanoseconds: 0)
  private(set) var eventCount = 0
  private var queue = EventQueue()
  private var network: Network
  /// The agents, and one node for all clients.
  let nodes: Int
  let syncNanoseconds: Int64
  let board: BoardFacts

  init(_ configuration: ClusterConfiguration, board: BoardFacts) {
    self.nodes = configuration.boards + 1
    self.network = Network(nodes: nodes, configuration)
    self.syncNanoseconds = configuration.syncDuration.nanoseconds
    self.board = board
  }

  /// The node of the clients.
  var clients: Int { nodes - 1 }

  /// Board and wall go at one speed.
  var bothClocks: Now { Now(board: BoardInstant(nanoseconds: now.nanoseconds), wall: now) }

  /// Moves time on to what happens next.
  mutating func next() -> ClusterEvent? {
    guard let entry = queue.popFirst() else { return nil }
    now = entry.at
    eventCount += 1
    return entry.event
  }

  mutating func schedule(_ event: ClusterEvent, at instant: WallInstant) { queue.add(event, at: max(now, instant)) }

  mutating func schedule(_ event: ClusterEvent, afterNanoseconds delay: Int64) {
    queue.add(event, at: WallInstant(nanoseconds: now.nanoseconds + delay))
  }

  mutating func send(_ envelope: Envelope, toBrokerFrom node: Int) { send(envelope, over: node) }

  mutating func send(_ envelope: Envelope, fromBrokerTo node: Int) { send(envelope, over: nodes + node) }

  mutating func receive(over link: Int) -> Envelope? { network.receive(over: link) }

  /// How long a blob takes between an agent and the broker, with the answer.
  mutating func exchange(byteCount: Int) -> Int64 { network.exchange(byteCount: byteCount) }

  mutating func draw(upTo limit: Int64) -> Int64 { network.draw(upTo: limit) }

  private mutating func send(_ envelope: Envelope, over link: Int) {
    let arrival = network.send(envelope, over: link, at: now)
    queue.add(.delivery(link: Int32(link)), at: arrival)
  }
}
