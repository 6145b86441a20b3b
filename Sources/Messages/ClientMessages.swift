public import Fabric

/// A request to run a job; every input blob must have been put before.
public struct Submit: Sendable, Hashable, Codable {
  /// The client's own name for this submission, 1 to 128 bytes: the same key again returns the same job.
  public var idempotencyKey: String
  public var request: JobRequest
  public init(idempotencyKey: String, request: JobRequest) {
    self.idempotencyKey = idempotencyKey
    self.request = request
  }
}

/// Asks for one job, or for the newest ``MessageLimits/jobsPerStatus``.
public struct StatusQuery: Sendable, Hashable, Codable {
  public var job: JobID?
  public init(job: JobID?) { self.job = job }
}

/// Asks to move a running job.
public struct MigrateRequest: Sendable, Hashable, Codable {
  public var job: JobID
  public var destination: BoardID
  public init(job: JobID, destination: BoardID) {
    self.job = job
    self.destination = destination
  }
}

/// The state of a job as a user sees it.
public enum JobState: String, Sendable, Hashable, Codable {
  case queued, running, migrating, completed, failed, cancelled
  /// Whether the job has ended, which it does once.
  public var isEnd: Bool {
    switch self {
    case .completed, .failed, .cancelled: true
    case .queued, .running, .migrating: false
    }
  }
}

/// A job as a user sees it.
public struct JobStatus: Sendable, Hashable, Codable {
  public var job: JobID
  public var state: JobState
  /// The owner, or the last one of a job that has ended; nil while it waits in the queue.
  public var board: BoardID?
  public var application: String
  public var epoch: Epoch
  public var items: Int
  /// Results that the broker has committed: the first so many items.
  public var committed: Int
  public var progress: Progress
  /// Why the job failed, or why a job that runs on was not moved when it last was to be.
  public var reason: Refusal?
  public init(
    job: JobID, state: JobState, board: BoardID?, application: String, epoch: Epoch, items: Int, committed: Int,
    progress: Progress, reason: Refusal?
  ) {
    self.job = job
    self.state = state
    self.board = board
    self.application = application
    self.epoch = epoch
    self.items = items
    self.committed = committed
    self.progress = progress
    self.reason = reason
  }
}

/// The committed results of a job: of its first items, in order.
public struct JobOutputs: Sendable, Hashable, Codable {
  public var job: JobID
  public var state: JobState
  public var items: Int
  public var results: [BlobReference]
  public init(job: JobID, state: JobState, items: Int, results: [BlobReference]) {
    self.job = job
    self.state = state
    self.items = items
    self.results = results
  }
}

/// Whether the broker hears from a board's agent.
public enum BoardState: String, Sendable, Hashable, Codable { case online, lost }

/// A board as a user sees it.
public struct BoardStatus: Sendable, Hashable, Codable {
  public var board: BoardID
  public var model: String
  public var layout: Layout
  public var shell: ShellID
  public var state: BoardState
  public var incarnation: Incarnation
  /// Board seconds per wall second.
  public var speed: Double
  public var jobs: [JobID]
  public var slots: [SlotStatus]
  public var health: BoardHealth
  /// The newest configurations, oldest first.
  public var configurations: [ConfigurationEntry]
  public init(
    board: BoardID, model: String, layout: Layout, shell: ShellID, state: BoardState, incarnation: Incarnation,
    speed: Double, jobs: [JobID], slots: [SlotStatus], health: BoardHealth, configurations: [ConfigurationEntry]
  ) {
    self.board = board
    self.model = model
    self.layout = layout
    self.shell = shell
    self.state = state
    self.incarnation = incarnation
    self.speed = speed
    self.jobs = jobs
    self.slots = slots
    self.health = health
    self.configurations = configurations
  }
}
