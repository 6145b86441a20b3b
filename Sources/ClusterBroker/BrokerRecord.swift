public import Fabric

/// One line of the broker's journal; what is durable at the broker is the fold of these, see ``Ledger``.
public enum BrokerRecord: Sendable, Hashable, Codable {
  /// A job was admitted and waits in the queue.
  case submitted(JobID, idempotencyKey: String, JobRequest)
  /// The job was given to an agent; the only decision in a migration, too.
  case owned(JobID, Ownership)
  /// The owner of that epoch shall stop the job and hand it to another agent.
  case stopping(JobID, Epoch, Destination)
  /// The result of one item, each once and in order; the last one completes the job.
  case committed(JobID, Epoch, item: Int, result: BlobReference)
  /// The owner of that epoch lost the job, which waits in the queue again.
  case requeued(JobID, Epoch, RequeueCause)
  /// The job failed or was cancelled; a completed job has its last `committed` instead.
  case ended(JobID, JobEnd)
  /// An ended job is no longer kept.
  case forgotten(JobID)

  /// The job that the record is about.
  public var job: JobID {
    switch self {
    case .submitted(let job, _, _), .owned(let job, _), .stopping(let job, _, _), .committed(let job, _, _, _),
      .requeued(let job, _, _), .ended(let job, _), .forgotten(let job):
      job
    }
  }
}

/// Who may run a job and commit its results, and from where on.
public struct Ownership: Sendable, Hashable, Codable {
  public let epoch: Epoch
  public let board: BoardID
  public let incarnation: Incarnation
  /// The board's images that the job can use.
  public let images: [ImageID]
  /// Where the job goes on; its items are at the owner.
  public let checkpoint: Checkpoint
  public init(epoch: Epoch, board: BoardID, incarnation: Incarnation, images: [ImageID], checkpoint: Checkpoint) {
    self.epoch = epoch
    self.board = board
    self.incarnation = incarnation
    self.images = images
    self.checkpoint = checkpoint
  }
}

/// Where a stopping job is to go: the agent that has prepared for it.
public struct Destination: Sendable, Hashable, Codable {
  public let board: BoardID
  /// The incarnation that has prepared; another one has lost what was delivered.
  public let incarnation: Incarnation
  /// Where the source hands the checkpoint's items to.
  public let endpoint: String
  public init(board: BoardID, incarnation: Incarnation, endpoint: String) {
    self.board = board
    self.incarnation = incarnation
    self.endpoint = endpoint
  }
}

/// Why a job went back into the queue.
public enum RequeueCause: Sendable, Hashable, Codable {
  /// The agent's lease ran out, or it came back as another incarnation.
  case agentLost
  /// The agent gave the job up for its board's fault, which counts as an attempt.
  case boardFault(Refusal)
}
