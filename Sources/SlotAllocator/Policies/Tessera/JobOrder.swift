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
    let remaining = board.jobs[position].remaining
    let age = (now - board.jobs[position].arrival) / .seconds(1)
    let aging = age * age / (halvingSeconds * halvingSeconds) * Double(board.jobs[position].priority) / highestPriority
    return Entry(
      position: position, tenant: board.jobs[position].tenant, work: remaining.slotSeconds / (1 + aging),
      chain: remaining.chainSeconds)
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
