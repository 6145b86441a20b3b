internal import Fabric

/// A board's jobs in the order in which they are served: the least work left first, with three corrections.
///
/// - A job that cannot be spread, one long item say, must begin early to end in time: from where its turn comes, a part of what its longest chain of tasks takes is subtracted.
/// - Work counts less the longer a job has waited, and the sooner the higher its priority, so that none waits for ever: a bound for the tail.
/// - A tenant's jobs queue up behind each other, not before another tenant's.
struct JobOrder: Sendable, Hashable {
  /// When work counts half for a job of the highest priority; for lower ones as the square root of the ratio.
  private static let halvingSeconds = 90.0
  private static let highestPriority = 9.0
  /// Of what its longest chain takes, how much earlier a job's turn comes.
  ///
  /// More makes short jobs wait for long ones, less lengthens the tail.
  private static let chainShare = 0.4

  private struct Entry: Hashable {
    let position: Int
    let tenant: TenantName?
    /// Seconds of one slot, as they count after the job's wait.
    let work: Double
    let chain: Double
    var turn = 0.0
  }
  private var entries: [Entry] = []
  /// Each job's place in the order, by its position on the board; `Int.max` for one that has stopped.
  private(set) var ranks: [Int] = []

  var count: Int { entries.count }

  /// The position on the board of the job at a rank.
  func position(at rank: Int) -> Int { entries[rank].position }

  /// O(jobs x (tasks + edges)), and sorting.
  mutating func update(_ board: BoardState, at now: BoardInstant) {
    entries.removeAll(keepingCapacity: true)
    for position in board.jobs.indices where !board.jobs[position].isStopped {
      entries.append(Self.entry(position, on: board, at: now))
    }
    entries.sort { ($0.work, $0.position) < ($1.work, $1.position) }
    setTurns(slotCount: board.slots.count)
    entries.sort { ($0.turn, $0.position) < ($1.turn, $1.position) }
    ranks = [Int](repeating: .max, count: board.jobs.count)
    for rank in entries.indices { ranks[entries[rank].position] = rank }
  }

  private static func entry(_ position: Int, on board: BoardState, at now: BoardInstant) -> Entry {
    var work = 0.0
    for task in 0..<board.jobs[position].taskCount {
      work += board.jobs[position].taskSeconds(task) * Double(board.jobs[position].unfinished(task))
    }
    let age = (now - board.jobs[position].arrival) / .seconds(1)
    let aging = age * age / (halvingSeconds * halvingSeconds) * Double(board.jobs[position].priority) / highestPriority
    return Entry(
      position: position, tenant: board.jobs[position].tenant, work: work / (1 + aging),
      chain: board.jobs[position].longestChainSeconds)
  }

  /// Each job's turn comes when its tenant's jobs with less work have ended, were the whole board theirs.
  private mutating func setTurns(slotCount: Int) {
    var ahead: [TenantName?: Double] = [:]
    for index in entries.indices {
      ahead[entries[index].tenant, default: 0] += entries[index].work
      let end = (ahead[entries[index].tenant] ?? 0) / Double(max(1, slotCount))
      entries[index].turn = end - Self.chainShare * entries[index].chain
    }
  }
}

extension ScheduledJob {
  func unfinished(_ task: Int) -> Int { itemCount - flow.finished(task) }

  /// What the longest chain of unfinished tasks takes, each counted once: no number of slots makes a job faster than that.
  fileprivate var longestChainSeconds: Double {
    var ends = [Double](repeating: 0, count: flow.application.edges.count)
    var longest = 0.0
    for stage in cover {
      var end = 0.0
      for part in stages[stage].parts { for port in part.inputs { end = max(end, ends[port.edge]) } }
      for task in stages[stage].tasks where unfinished(task) > 0 { end += taskSeconds(task) }
      for part in stages[stage].parts { for port in part.outputs { ends[port.edge] = end } }
      longest = max(longest, end)
    }
    return longest
  }
}
