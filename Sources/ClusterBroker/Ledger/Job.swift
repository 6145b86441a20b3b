package import Fabric

/// A job as the broker's records have it.
package struct Job: Sendable, Hashable {
  let submission: Submission
  package internal(set) var phase = JobPhase.queued
  /// The highest epoch that was given out; only grows.
  package internal(set) var epoch = Epoch.none
  /// Who owns the job, or owned it last.
  package internal(set) var lastBoard: BoardID?
  /// The committed results: of the first so many items.
  package internal(set) var results: [BlobReference] = []
  /// The boards that gave the job up for their own fault, one entry per attempt.
  package internal(set) var faultedBoards: [BoardID] = []

  init(_ submission: Submission) { self.submission = submission }

  package var id: JobID { submission.id }
  package var idempotencyKey: String { submission.idempotencyKey }
  package var request: JobRequest { submission.request }
  /// The record that admitted it; the client is answered when that is durable.
  package var submitted: SequenceNumber { submission.submitted }
  /// The number of committed items.
  package var committed: Int { results.count }
  package var itemCount: Int { submission.request.inputs.count }
  /// The board memory that the job's rings take, in bytes.
  var ringByteCount: Int { submission.ringByteCount }

  /// The slot time that the job still needs, in board microseconds, as its application estimates it.
  ///
  /// Exact: within the limits of manifests (a day per item, 1,024 items, 64 tasks) it is below 2^53.
  func remainingMicroseconds(at progress: Progress) -> Int {
    let tasks = submission.request.application.tasks
    return zip(tasks, progress.tasks).reduce(0) { sum, pair in
      // Progress lists an application's tasks in their order, as far as it is ours; a peer's may not.
      let finished = pair.1.task == pair.0.name ? pair.1.finished : progress[pair.0.name]
      return sum + (itemCount - min(itemCount, max(0, finished))) * pair.0.estimatedMicrosecondsPerItem
    }
  }

  /// Changes the job where it stands, without a copy of its results; gives its phases before and after.
  mutating func change(_ body: (inout Job) -> Void) -> (before: JobPhase, after: JobPhase) {
    let before = phase
    body(&self)
    return (before, phase)
  }

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
///
/// Indirect, since most jobs of a full broker wait, and what others carry is large.
package indirect enum JobPhase: Sendable, Hashable {
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

  /// Where a stopping job is to go.
  var destination: Destination? {
    if case .stopping(_, let destination) = self { destination } else { nil }
  }

  /// Whether the job waits for a board.
  var isQueued: Bool {
    if case .queued = self { true } else { false }
  }

  /// Whether the job has ended, which it does once.
  package var isEnd: Bool {
    if case .ended = self { true } else { false }
  }
}
