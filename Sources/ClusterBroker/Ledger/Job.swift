public import Fabric

/// A job as the broker's records have it.
public struct Job: Sendable, Hashable {
  public let id: JobID
  public let idempotencyKey: String
  public let request: JobRequest
  /// The record that admitted it; the client is answered when that is durable.
  public let submitted: SequenceNumber
  public internal(set) var phase: JobPhase
  /// The highest epoch that was given out; only grows.
  public internal(set) var epoch: Epoch
  /// Who owns the job, or owned it last.
  public internal(set) var lastBoard: BoardID?
  /// The committed results: of the first so many items.
  public internal(set) var results: [BlobReference]
  /// The boards that gave the job up for their own fault, one entry per attempt.
  public internal(set) var faultedBoards: [BoardID]

  /// The number of committed items.
  public var committed: Int { results.count }
  public var itemCount: Int { request.inputs.count }

  /// Whether nobody may act under this epoch any more.
  func isOver(_ epoch: Epoch) -> Bool {
    switch phase {
    case .queued, .ended: epoch <= self.epoch
    case .owned, .stopping: epoch < self.epoch
    }
  }
}

/// Where a job is in its life.
public enum JobPhase: Sendable, Hashable {
  case queued
  case owned(Ownership)
  /// The owner shall seal the job and hand it to the destination.
  case stopping(Ownership, Destination)
  case ended(JobEnd)

  /// Who may commit results.
  public var ownership: Ownership? {
    switch self {
    case .owned(let ownership), .stopping(let ownership, _): ownership
    case .queued, .ended: nil
    }
  }

  /// Whether the job has ended, which it does once.
  public var isEnd: Bool {
    if case .ended = self { true } else { false }
  }
}

/// What makes a submission the same one: its tenant and the tenant's own name for it.
struct SubmissionKey: Sendable, Hashable {
  let tenant: TenantName
  let text: String
}
