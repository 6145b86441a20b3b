/// What a cluster did with a workload, or with several one after another; the same for the same seed.
public struct ClusterSummary: Sendable, Hashable {
  public let boards: Int
  public let seed: UInt64
  public internal(set) var jobs: Int
  /// The items of the jobs' batches.
  public internal(set) var items: Int
  public internal(set) var completed: Int
  public internal(set) var failed: Int
  /// Jobs that the broker never took.
  public internal(set) var refused: Int
  /// Submissions made again after a refusal.
  public internal(set) var retries: Int
  /// From a job's arrival until its last result was durable, for each completed job.
  public internal(set) var responseTimes: [Duration]
  public internal(set) var configurations: Int
  /// Items that a task, or a bundle of tasks, has finished.
  public internal(set) var itemEvents: Int
  /// Jobs given to boards by the broker, more than one for a job that was given back.
  public internal(set) var placements: Int
  /// From the first arrival on; of several runs the sum.
  public internal(set) var virtualDuration: Duration
  /// Everything that happened to a node of the cluster.
  public internal(set) var events: Int

  /// What the ``responseTimes`` come to, nil where there is none, in O(n log n).
  public var responses: ResponseStatistics? { ResponseStatistics(of: responseTimes) }

  /// Adds a run of its own, on a cluster that is alike.
  mutating func add(_ other: Self) {
    jobs += other.jobs
    items += other.items
    completed += other.completed
    failed += other.failed
    refused += other.refused
    retries += other.retries
    responseTimes += other.responseTimes
    configurations += other.configurations
    itemEvents += other.itemEvents
    placements += other.placements
    virtualDuration += other.virtualDuration
    events += other.events
  }
}
