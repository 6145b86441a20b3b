internal import Fabric
internal import SlotAllocator

/// Runs one sequence of jobs on a fresh board.
struct BoardSimulation {
  /// What became of a sequence.
  struct Outcome {
    /// When each job was admitted and when it ended, in the order of the jobs.
    var admissions: [BoardInstant]
    var ends: [BoardInstant]
    let tally: SimulatedBoard.Tally
  }

  private let jobs: [SimulatedJob]
  private let stages: [[Stage]]
  private let policy: String
  private let isBlocking: Bool
  private var board: SimulatedBoard
  private var now = BoardInstant(nanoseconds: 0)
  private var arrived = 0
  private var admissions: [BoardInstant] = []
  private var ends: [JobEpoch: BoardInstant] = [:]
  /// Turns since an item last ended.
  private var idleTurns = 0
  private static let idleTurnLimit = 1_000_000
  /// A century.
  private static let end = BoardInstant(nanoseconds: 100 * 365 * 86_400 * 1_000_000_000)

  /// Prepares a run of jobs, which are in the order of arrival, each with the stages that can run it.
  init(jobs: [SimulatedJob], stages: [[Stage]], board: SimulatedBoard, policy: String, isBlocking: Bool) {
    self.jobs = jobs
    self.stages = stages
    self.policy = policy
    self.isBlocking = isBlocking
    self.board = board
  }

  /// Runs until every job has ended.
  mutating func run() throws -> Outcome {
    while ends.count < jobs.count {
      if isBlocking { try blockingPass() } else { try pass() }
      idleTurns += 1
      guard idleTurns < Self.idleTurnLimit, now < Self.end else {
        throw SimulationError.noProgress(policy: policy, open: jobs.count - ends.count, at: now)
      }
    }
    return Outcome(
      admissions: admissions, ends: jobs.compactMap { ends[$0.execution] }, tally: board.tally)
  }

  /// Everything that happens at one instant, then decisions, then the next instant.
  private mutating func pass() throws {
    _ = try deliver()
    _ = try board.deliverPort(until: now)
    _ = try board.configure(at: now)
    _ = board.launch(at: now)
    try advance()
  }

  /// One turn of a loop that launches, looks what has ended, and then brings at most one image in, during which it does nothing else.
  ///
  /// A slot that is found idle is launched in the next turn (Nimblock's main loop: an item's boundary may so cost a configuration).
  private mutating func blockingPass() throws {
    let hasLaunched = board.launch(at: now)
    let hasDelivered = try deliver()
    if try board.configure(at: now), let end = try board.waitForPort() {
      now = end
    } else if !hasLaunched, !hasDelivered {
      try advance()
    }
  }

  /// Takes in what has happened by now; gives whether that was anything.
  private mutating func deliver() throws -> Bool {
    var hasDelivered = false
    while arrived < jobs.count, nextArrival <= now {
      admissions.append(now)
      board.admit(jobs[arrived], stages: stages[arrived], at: now)
      arrived += 1
      hasDelivered = true
      // A loop that has just admitted one job counts the next one's gap from here.
      if isBlocking { break }
    }
    while let (execution, isLast) = try board.deliverLaunch(until: now) {
      idleTurns = 0
      if isLast { ends[execution] = now }
      hasDelivered = true
    }
    return hasDelivered
  }

  /// When the next job comes: at its own time, or, in a loop that may be late, the trace's gap after the last admission.
  private var nextArrival: BoardInstant {
    guard isBlocking, let last = admissions.last else { return jobs[arrived].arrival }
    return last + (jobs[arrived].arrival - jobs[arrived - 1].arrival)
  }

  private mutating func advance() throws {
    let arrival = arrived < jobs.count ? nextArrival : nil
    let update = board.scheduler.nextUpdate.flatMap { $0 > now ? $0 : nil }
    guard let next = [board.nextEnd, arrival, update].compactMap(\.self).min() else {
      guard ends.count < jobs.count else { return }
      throw SimulationError.standstill(policy: policy, open: jobs.count - ends.count)
    }
    now = next
  }
}
