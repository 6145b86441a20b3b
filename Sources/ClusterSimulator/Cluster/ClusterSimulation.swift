public import Fabric

/// The broker's and the agents' own cores in virtual time, over a modelled network, disks and boards.
///
/// Nothing is computed and nothing is encoded: an item is a name of its bytes, a message is a value. What is real are all decisions, with their
/// records, epochs and leases. One seed gives one run.
public struct ClusterSimulation {
  /// How long agents take to register before the first job arrives.
  static let warmUp = Duration.seconds(2)

  private var world: Surroundings
  private var broker: BrokerNode
  private var agents: [AgentNode]
  private var clients: ClientNode
  private let workload: ClusterWorkload
  private let configuration: ClusterConfiguration
  private var lastEnd = WallInstant(nanoseconds: 0) + warmUp

  /// Sets up boards that are all alike, each with the same images.
  ///
  /// - Throws: ``ClusterError/badConfiguration(_:)``.
  public init(
    _ workload: ClusterWorkload, on board: BoardDescriptor, images: [Image], _ configuration: ClusterConfiguration
  ) throws(ClusterError) {
    try configuration.check(board, images: images)
    guard let tenant = TenantName("trace") else { throw .badConfiguration("its tenant has no name") }
    let facts = BoardFacts(board, images: images, itemByteCount: configuration.itemByteCount)
    self.workload = workload
    self.configuration = configuration
    self.world = Surroundings(configuration, board: facts)
    self.broker = BrokerNode(configuration, jobs: workload.arrivals.count)
    self.clients = ClientNode(workload, configuration, tenant: tenant, from: lastEnd)
    self.agents = []
    agents.reserveCapacity(configuration.boards)
    for index in 0..<configuration.boards {
      guard let name = ClusterNames.board(index) else { throw .badConfiguration("board \(index) has no name") }
      agents.append(AgentNode(index, named: name, configuration, board: facts))
    }
  }

  /// Runs until every job has ended or was refused for good, and says what happened.
  ///
  /// O(e log e) for e events, beside what the cores take.
  public mutating func run() throws(ClusterError) -> ClusterSummary {
    let begin = lastEnd
    let stallNanoseconds = configuration.stallLimit.nanoseconds
    var lastMove = begin
    start()
    while ended < workload.arrivals.count, let event = world.next() {
      let before = ended
      try take(event)
      if ended > before { lastEnd = world.now }
      // A workload may pause for long.
      if ended > before || event == .arrival { lastMove = world.now }
      guard world.now.nanoseconds - lastMove.nanoseconds <= stallNanoseconds else {
        throw .stalled(open: workload.arrivals.count - ended, after: configuration.stallLimit)
      }
    }
    return summary(since: begin)
  }

  private var ended: Int { broker.book.count + clients.refused }

  /// Starts the agents one after another, so that their heartbeats do not all come at once.
  private mutating func start() {
    world.schedule(.brokerStarts, afterNanoseconds: 0)
    let interval = configuration.heartbeatInterval.nanoseconds
    for index in agents.indices {
      world.schedule(.agentStarts(Int32(index)), afterNanoseconds: world.draw(upTo: interval))
    }
    clients.start(in: &world)
  }

  private mutating func take(_ event: ClusterEvent) throws(ClusterError) {
    switch event {
    case .delivery(let link): try deliver(over: Int(link))
    case .brokerStarts: try broker.start(in: &world)
    case .brokerSynced: try broker.synced(in: &world)
    case .brokerAlarm(let instant): try broker.alarmRang(instant, in: &world)
    case .arrival: clients.submitNext(in: &world)
    case .retry(let job): clients.submit(Int(job), in: &world)
    case .agentStarts(let agent): try agents[Int(agent)].start(in: &world)
    case .agentSynced(let agent): try agents[Int(agent)].synced(in: &world)
    case .agentAlarm(let agent, let number): try agents[Int(agent)].alarmRang(number, in: &world)
    case .healthRead(let agent): try agents[Int(agent)].healthRead(in: &world)
    case .jobActionEnded(let agent, let number): try agents[Int(agent)].jobActionEnded(number, in: &world)
    case .fetched(let agent): try agents[Int(agent)].fetched(in: &world)
    case .blanked(let agent, let slot): try agents[Int(agent)].blanked(SlotID(rawValue: Int(slot)), in: &world)
    case .written(let agent, let slot): try agents[Int(agent)].written(SlotID(rawValue: Int(slot)), in: &world)
    case .launchDone(let agent, let slot):
      try agents[Int(agent)].launchDone(in: SlotID(rawValue: Int(slot)), in: &world)
    case .launchAborted(let agent, let slot):
      try agents[Int(agent)].launchAborted(in: SlotID(rawValue: Int(slot)), in: &world)
    }
  }

  private mutating func deliver(over link: Int) throws(ClusterError) {
    guard let envelope = world.receive(over: link) else { return }
    if link < world.nodes {
      try broker.receive(envelope, from: link, in: &world)
    } else if link - world.nodes == world.clients {
      clients.receive(envelope, in: &world)
    } else {
      try agents[link - world.nodes].receive(envelope, in: &world)
    }
  }

  private func summary(since begin: WallInstant) -> ClusterSummary {
    ClusterSummary(
      boards: agents.count, seed: configuration.seed, jobs: workload.arrivals.count,
      items: workload.arrivals.reduce(0) { $0 + $1.itemCount }, completed: broker.book.completed,
      failed: broker.book.failed, refused: clients.refused, retries: clients.retries,
      responseTimes: clients.responses(by: broker.book),
      configurations: agents.reduce(0) { $0 + $1.configurationCount },
      itemEvents: agents.reduce(0) { $0 + $1.finishedLaunches }, placements: broker.placements,
      virtualDuration: lastEnd - begin, events: world.eventCount)
  }
}

extension ClusterConfiguration {
  /// Refuses what would not make a cluster.
  fileprivate func check(_ board: BoardDescriptor, images: [Image]) throws(ClusterError) {
    guard (1...Self.boardLimit).contains(boards) else {
      throw .badConfiguration("it has \(boards) boards, not 1 to \(Self.boardLimit)")
    }
    guard board.slots.count <= Limits.slotsPerBoard else {
      throw .badConfiguration("a board has \(board.slots.count) slots, more than \(Limits.slotsPerBoard)")
    }
    guard images.count <= Limits.imagesPerBoard else {
      throw .badConfiguration("a board has \(images.count) images, more than \(Limits.imagesPerBoard)")
    }
    let longest = Duration.seconds(24 * 60 * 60)
    for duration in [heartbeatInterval, networkLatency, networkJitter, syncDuration, retryInterval]
    where !(.zero...longest).contains(duration) {
      throw .badConfiguration("\(duration) is no duration of at most a day")
    }
    guard heartbeatInterval > .zero, heartbeatInterval < ClusterSimulation.warmUp else {
      throw .badConfiguration("a heartbeat every \(heartbeatInterval), not below \(ClusterSimulation.warmUp)")
    }
    guard stallLimit > .zero else { throw .badConfiguration("it stalls after \(stallLimit)") }
    guard networkBytesPerSecond > 0 else {
      throw .badConfiguration("its network carries \(networkBytesPerSecond) bytes a second")
    }
    guard (1...Limits.blobByteCount).contains(itemByteCount) else {
      throw .badConfiguration("an item has \(itemByteCount) bytes, not 1 to \(Limits.blobByteCount)")
    }
    guard (1...Int(UInt16.max)).contains(submissionLimit) else {
      throw .badConfiguration("a job is submitted \(submissionLimit) times at most, not 1 to \(UInt16.max)")
    }
  }
}
