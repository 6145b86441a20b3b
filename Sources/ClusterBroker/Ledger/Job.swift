package import Fabric

/// A job as the broker's records have it.
package struct Job: Sendable, Hashable {
  package let id: JobID
  package let idempotencyKey: String
  package let request: JobRequest
  /// The record that admitted it; the client is answered when that is durable.
  package let submitted: SequenceNumber
  package internal(set) var phase: JobPhase
  /// The highest epoch that was given out; only grows.
  package internal(set) var epoch: Epoch
  /// Who owns the job, or owned it last.
  package internal(set) var lastBoard: BoardID?
  /// The committed results: of the first so many items.
  package internal(set) var results: [BlobReference]
  /// The boards that gave the job up for their own fault, one entry per attempt.
  package internal(set) var faultedBoards: [BoardID]

  /// The number of committed items.
  package var committed: Int { results.count }
  package var itemCount: Int { request.inputs.count }

  /// Whether nobody may act under this epoch any more.
  func isOver(_ epoch: Epoch) -> Bool {
    switch phase {
    case .queued, .ended: epoch <= self.epoch
    case .owned, .stopping: epoch < self.epoch
    }
  }

  /// Whether the job was taken away from this epoch's owner, whose results come too late.
  ///
  /// An ended job has its last owner's results, or needs none.
  func isStale(_ epoch: Epoch) -> Bool { phase.isEnd ? epoch < self.epoch : isOver(epoch) }
}

/// Where a job is in its life.
package enum JobPhase: Sendable, Hashable {
  case queued
  case owned(Ownership)
  /// The owner shall seal the job and hand it to the destination.
  case stopping(Ownership, Destination)
  case ended(JobEnd)

  /// Who may commit results.
  package var ownership: Ownership? {
    switch self {
    case .owned(let ownership), .stopping(let ownership, _): ownership
    case .queued, .ended: nil
    }
  }

  /// Whether the job has ended, which it does once.
  package var isEnd: Bool {
    if case .ended = self { true } else { false }
  }
}

/// What makes a submission the same one: its tenant and the tenant's own name for it.
struct SubmissionKey: Sendable, Hashable {
  let tenant: TenantName
  let text: String
}
