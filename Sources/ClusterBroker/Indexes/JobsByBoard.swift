internal import Fabric

/// The few jobs that each of many boards has to do with, in the order of submission.
struct JobsByBoard: Sendable, Equatable {
  private var jobs: [BoardID: [JobID]] = [:]

  subscript(board: BoardID) -> [JobID] { jobs[board] ?? [] }

  /// The boards that have any, by name; O(n log n).
  var boards: [BoardID] { jobs.keys.sorted() }

  mutating func insert(_ job: JobID, on board: BoardID) { jobs[board, default: []].insertSorted(job) }

  mutating func remove(_ job: JobID, from board: BoardID) {
    jobs[board]?.removeSorted(job)
    if jobs[board]?.isEmpty == true { jobs[board] = nil }
  }
}
