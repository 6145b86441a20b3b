/// What a cluster did with a workload; the same for the same seed.
public struct ClusterSummary: Sendable, Hashable {
  public let boards: Int
  public let seed: UInt64
  public let jobs: Int
  /// The items of the jobs' batches.
  public let items: Int
  public let completed: Int
  public let failed: Int
  /// Jobs that the broker never took.
  public let refused: Int
  /// Submissions made again after a refusal.
  public let retries: Int
  /// From a job's arrival until its last result was durable, over the completed jobs; nil where there is none.
  public let responses: ResponseStatistics?
  public let configurations: Int
  /// Items that a task, or a bundle of tasks, has finished.
  public let itemEvents: Int
  /// Jobs given to boards by the broker, more than one for a job that was given back.
  public let placements: Int
  /// From the first arrival on.
  public let virtualDuration: Duration
  /// Everything that happened to a node of the cluster.
  public let events: Int
}
