public import ClusterBroker
internal import Fabric
public import SlotAllocator

/// What a simulated cluster is made of, beside its boards and its jobs.
public struct ClusterConfiguration: Sendable, Hashable {
  /// The boards, 1 to ``boardLimit``, all alike.
  public var boards: Int
  /// What the network's delays and the agents' starts are drawn from.
  public var seed: UInt64
  /// The broker's times and limits.
  public var broker: BrokerConfiguration
  /// How the agents share their boards' slots.
  public var policy = PolicyName.tessera
  /// The time between two heartbeats of an agent.
  public var heartbeatInterval = Duration.milliseconds(500)
  /// Bytes of partials that an agent keeps in memory.
  public var cacheByteLimit = 256 << 20

  /// The least time that a message takes.
  public var networkLatency = Duration.microseconds(100)
  /// What a message may take beyond ``networkLatency``, uniformly distributed.
  public var networkJitter = Duration.microseconds(50)
  /// How fast an item's bytes go between agent and broker, greater than 0: 1 Gbit/s.
  public var networkBytesPerSecond = 125_000_000
  /// How long a disk takes for one sync, whatever it holds.
  public var syncDuration = Duration.milliseconds(1)

  /// The bytes of every item on every edge.
  public var itemByteCount = 64
  /// How long a client waits before it submits a refused job again.
  public var retryInterval = Duration.milliseconds(100)
  /// How often a client submits one job at most.
  public var submissionLimit = 1_000
  /// How long no job may arrive or end while some are open, before the run counts as stalled.
  public var stallLimit = Duration.seconds(24 * 60 * 60)

  /// The most boards of one simulation.
  public static let boardLimit = 100_000

  /// The product's own settings, with a broker whose limits admit so many boards, the jobs that they hold and as many that wait.
  public init(boards: Int, seed: UInt64) {
    self.boards = boards
    self.seed = seed
    var broker = BrokerConfiguration()
    broker.boards = max(broker.boards, boards)
    broker.openJobs = max(broker.openJobs, 2 * boards * broker.jobsPerBoard)
    broker.retainedJobs = max(broker.retainedJobs, 2 * broker.openJobs)
    // One sync's worth of records grows with the boards; the outbox bounds what can wait for it.
    broker.unsyncedRecords = max(broker.unsyncedRecords, Outbox<Int>.heldLimit / 2)
    self.broker = broker
  }
}
