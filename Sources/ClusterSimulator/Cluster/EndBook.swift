internal import DequeModule
internal import Fabric

/// When the ends of the jobs became durable at the broker.
struct EndBook {
  private struct Pending {
    let job: JobID
    let number: SequenceNumber
    let isCompleted: Bool
  }

  private var pending: Deque<Pending> = []
  /// By the job's number; nil for one that has not completed.
  private var instants: [WallInstant?]
  private(set) var completed = 0
  private(set) var failed = 0

  init(jobs: Int) { self.instants = Array(repeating: nil, count: jobs + 1) }

  /// The jobs whose end is durable.
  var count: Int { completed + failed }

  /// When a job's completion became durable.
  func completion(of job: JobID) -> WallInstant? { instants[Int(job.rawValue)] }

  /// A record ends a job.
  mutating func ended(_ job: JobID, _ end: JobEnd, by number: SequenceNumber) {
    pending.append(Pending(job: job, number: number, isCompleted: end == .completed))
  }

  /// Records up to this number are durable.
  mutating func synced(through number: SequenceNumber, at now: WallInstant) {
    while let first = pending.first, first.number <= number {
      pending.removeFirst()
      if first.isCompleted {
        completed += 1
        instants[Int(first.job.rawValue)] = now
      } else {
        failed += 1
      }
    }
  }
}
