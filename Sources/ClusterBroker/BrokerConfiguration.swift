internal import Fabric

/// The times and limits of a broker.
public struct BrokerConfiguration: Sendable, Hashable, Codable {
  /// For how long an agent may go on after the sending of a heartbeat that was answered.
  public var leaseDuration = Duration.seconds(4)
  /// What the broker waits beyond ``leaseDuration``, counted from a heartbeat's arrival.
  ///
  /// It covers the clocks' rate error of 1 % each, and half a second for the way of the last results: (4 s + 1 s) x 0.99 >= 4 s x 1.01 + 0.5 s.
  /// An item in flight is not waited for: it may still run when another agent begins, and then its result is refused by its epoch.
  public var leaseMargin = Duration.seconds(1)
  /// For how long a destination may take to prepare for a job.
  public var prepareDuration = Duration.seconds(30)
  /// Jobs that have not ended.
  public var openJobs = 1_000
  /// Jobs of which the broker still knows, ended or not; greater than ``openJobs``.
  public var retainedJobs = 10_000
  /// Boards, online or lost.
  public var boards = 1_024
  /// How often boards may give a job up for their own fault, and it is queued again.
  public var requeues = 3
  /// Records that may wait for the disk before new work is refused.
  public var unsyncedRecords = 512
  /// Jobs that one board holds at once.
  public var jobsPerBoard = Limits.jobsPerBoard

  public init() {}

  /// How long the broker waits for a heartbeat before it calls an agent lost.
  public var brokerLease: Duration { leaseDuration + leaseMargin }
}
