internal import Fabric

/// Of the tasks with the most tokens, the shortest takes the lowest free slot; tokens grow with how much waiting has slowed a task.
///
/// PREMA's token scheduling (HPCA 2020) without its preemption, for tasks on slots, as Nimblock's evaluation has it (ISCA 2023).
struct Prema: Policy {
  /// Which tasks the threshold lets through.
  enum Eligibility: Sendable, Hashable {
    /// From it on, so that a task that raises it is let through itself.
    case reaching
    /// Above it only, as published: a task that raises it waits for the next update.
    case above
  }

  let readiness: Readiness
  let eligibility: Eligibility
  private var interval = SchedulingInterval()
  private var queue = ReadyQueue()
  /// Each job's tokens, stage by stage.
  private var tokens: [JobEpoch: [Double]] = [:]
  private var threshold = 1.0

  init(readiness: Readiness, eligibility: Eligibility) {
    self.readiness = readiness
    self.eligibility = eligibility
  }

  var configurationLimit: Int { readiness.configurationLimit }

  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? {
    let hasRetired = removeEnded(board)
    let hasArrival = admitArrived(board)
    let isDue = interval.ends(at: now)
    if isDue || hasArrival { updateTokens(board, at: now) }
    queueReadyTasks(board)
    if hasRetired, !isDue, !hasArrival { updateTokens(board, at: now) }
    return tokens.isEmpty ? nil : interval.end
  }

  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    guard board.canConfigure, board.slots.contains(where: \.isFree) else { return nil }
    var best: (placement: Placement, seconds: Double)?
    for assignment in queue.assignments where isEligible(assignment) {
      guard let job = board.job(assignment.execution), let slot = board.lowestFreeSlot(for: assignment) else {
        continue
      }
      let stage = assignment.stage
      let seconds = job.launchSeconds[stage] * Double(job.flow.unbegun(job.stages[stage].firstTask))
      guard best.map({ seconds < $0.seconds }) ?? true else { continue }
      best = (Placement(slot: slot, assignment: assignment), seconds)
    }
    if let best { queue.remove(best.placement.assignment) }
    return best?.placement
  }

  private func isEligible(_ assignment: Assignment) -> Bool {
    let tokens = tokens(of: assignment)
    return eligibility == .reaching ? tokens >= threshold : tokens > threshold
  }

  private func tokens(of assignment: Assignment) -> Double { tokens[assignment.execution]?[assignment.stage] ?? 0 }

  private mutating func removeEnded(_ board: BoardState) -> Bool {
    let count = tokens.count
    tokens = tokens.filter { execution, _ in board.activeJobs.contains { $0.execution == execution } }
    return tokens.count < count
  }

  private mutating func admitArrived(_ board: BoardState) -> Bool {
    let count = tokens.count
    for job in board.activeJobs where tokens[job.execution] == nil {
      tokens[job.execution] = Array(repeating: Double(job.priority), count: job.stages.count)
    }
    return tokens.count > count
  }

  /// Adds to the tokens of each task that waits or has a slot its whole slowdown since its job's arrival.
  ///
  /// It is weighted by the job's priority. Each update adds all of it again, so that waiting counts more and more.
  private mutating func updateTokens(_ board: BoardState, at now: BoardInstant) {
    for assignment in queue.assignments + board.slots.compactMap(\.assignment) {
      guard let job = board.job(assignment.execution), tokens[job.execution] != nil else { continue }
      let seconds = job.launchSeconds[assignment.stage] * Double(job.itemCount)
      guard seconds > 0 else { continue }
      tokens[job.execution]?[assignment.stage] += Double(job.priority) * ((now - job.arrival) / .seconds(1)) / seconds
    }
    threshold = TokenThreshold.below(queue.assignments.map(tokens).max() ?? 0)
  }

  /// Tasks that have become able to run raise the threshold to their tokens, if those are above it.
  ///
  /// Of several the last one counts.
  private mutating func queueReadyTasks(_ board: BoardState) {
    let known = queue.assignments
    queue.update(board.activeJobs, readiness, on: board)
    let before = threshold
    for assignment in queue.assignments where !known.contains(assignment) && tokens(of: assignment) > before {
      threshold = tokens(of: assignment)
    }
  }
}
