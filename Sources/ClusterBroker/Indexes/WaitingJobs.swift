internal import Fabric

/// The jobs that wait for a board, by what they ask of one, each line in the order of submission.
struct WaitingJobs: Sendable {
  /// What a change did to the first job of a line.
  struct FrontChange: Sendable, Equatable {
    let before: JobID?
    let after: JobID?
  }

  private(set) var lines: [DemandKey: SortedBlocks<JobID>] = [:]
  /// The jobs that began to wait and that no board was sought for since.
  private(set) var newcomers = SortedBlocks<JobID>()

  mutating func insert(_ job: JobID, _ demand: DemandKey) -> FrontChange {
    newcomers.insert(job)
    return change(demand) { $0.insert(job) }
  }

  mutating func remove(_ job: JobID, _ demand: DemandKey) -> FrontChange {
    newcomers.remove(job)
    return change(demand) { $0.remove(job) }
  }

  /// Notes that a board is sought for the job.
  mutating func ask(_ job: JobID) { newcomers.remove(job) }

  private mutating func change(_ demand: DemandKey, _ body: (inout SortedBlocks<JobID>) -> Void) -> FrontChange {
    let before = lines[demand]?.first
    body(&lines[demand, default: SortedBlocks()])
    let after = lines[demand]?.first
    if after == nil { lines[demand] = nil }
    return FrontChange(before: before, after: after)
  }
}
