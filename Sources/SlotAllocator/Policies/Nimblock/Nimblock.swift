internal import Fabric

/// Jobs with enough tokens are candidates; each may have so many slots, and one beyond that gives slots up between items.
///
/// Nimblock (ISCA 2023, repository UIUC-ChenLab/Nimblock): tokens by waiting and priority, three passes that hand out the
/// allowances, pipelining, preemption of the slots of jobs that are beyond theirs.
struct Nimblock: Policy {
  /// How many slots a job is meant to have.
  enum Goals: Sendable, Hashable {
    /// What a publication states for its applications, by name.
    case published([String: Int])
    /// The knee of the job's speedup curve; see ``OptimalSlotCount``.
    case optimal
  }

  /// Which slot is taken from a job beyond its allowance.
  enum Victim: Sendable, Hashable {
    /// The slot of the last task in slots of the job that is most beyond, if that waits between items.
    case latestTask
    /// What the published scan of the slots in their order ends with: a job whose later task is then seen to run withdraws,
    /// but its excess still outdoes the others'.
    case published
  }

  private struct Entry: Hashable {
    let execution: JobEpoch
    let goal: Int
    var tokens: Double
    var allowance = 0
  }

  let readiness: Readiness
  let victim: Victim
  let goals: Goals
  private var optimalCounts = OptimalSlotTable()
  private var interval = SchedulingInterval()
  private var threshold = 1.0
  private var pending: [Entry] = []
  private var candidates: [Entry] = []

  init(readiness: Readiness, goals: Goals, victim: Victim) {
    self.readiness = readiness
    self.goals = goals
    self.victim = victim
  }

  var configurationLimit: Int { readiness.configurationLimit }

  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? {
    let hasRetired = removeEnded(board)
    let hasArrival = admitArrived(board)
    let isDue = interval.ends(at: now)
    if isDue || hasArrival || hasRetired { updateTokens(board, at: now) }
    let hasMoved = chooseCandidates()
    if isDue || hasRetired || hasMoved { allocate(board) }
    return pending.isEmpty && candidates.isEmpty ? nil : interval.end
  }

  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    guard board.canConfigure else { return nil }
    for candidate in candidates where board.occupancy(of: candidate.execution) < candidate.allowance {
      guard let job = board.job(candidate.execution),
        let assignment = readiness.available(of: job, on: board).first,
        let slot = board.lowestFreeSlot(for: assignment) ?? victimSlot(for: job.stages[assignment.stage], on: board)
      else { continue }
      return Placement(slot: slot, assignment: assignment)
    }
    return nil
  }

  // MARK: Tokens and candidates

  private mutating func removeEnded(_ board: BoardState) -> Bool {
    func hasEnded(_ entry: Entry) -> Bool { !board.activeJobs.contains { $0.execution == entry.execution } }
    let count = pending.count + candidates.count
    pending.removeAll(where: hasEnded)
    candidates.removeAll(where: hasEnded)
    return pending.count + candidates.count < count
  }

  private mutating func admitArrived(_ board: BoardState) -> Bool {
    let count = pending.count
    for job in board.activeJobs where !(pending + candidates).contains(where: { $0.execution == job.execution }) {
      pending.append(
        Entry(execution: job.execution, goal: goal(of: job, on: board), tokens: Double(job.priority)))
    }
    return pending.count > count
  }

  private mutating func goal(of job: ScheduledJob, on board: BoardState) -> Int {
    switch goals {
    case .published(let counts): counts[job.flow.application.name] ?? job.cover.count
    case .optimal:
      optimalCounts.count(
        of: job.cover, of: job, slotLimit: board.slots.count { $0.state != .quarantined },
        secondsPerConfiguration: job.cover.map { board.configurationTimes.seconds(job.stages[$0].slotKind) }.max() ?? 0)
    }
  }

  /// Adds to each job's tokens an eighth of its whole slowdown since its arrival, weighted by its priority.
  ///
  /// Each update adds all of it again, so that waiting counts more and more.
  private mutating func updateTokens(_ board: BoardState, at now: BoardInstant) {
    func update(_ entry: inout Entry) {
      guard let job = board.job(entry.execution) else { return }
      let seconds = job.cover.reduce(0) { $0 + job.launchSeconds[$1] } * Double(job.itemCount)
      guard seconds > 0 else { return }
      entry.tokens += Double(job.priority) * 0.125 * ((now - job.arrival) / .seconds(1)) / seconds
    }
    for index in pending.indices { update(&pending[index]) }
    for index in candidates.indices { update(&candidates[index]) }
    threshold = TokenThreshold.below((pending + candidates).map(\.tokens).max() ?? 0)
  }

  /// Moves jobs between the two lists; gives whether one moved.
  private mutating func chooseCandidates() -> Bool {
    let (rising, falling) = (pending.filter(isCandidate), candidates.filter { !isCandidate($0) })
    guard !rising.isEmpty || !falling.isEmpty else { return false }
    pending =
      pending.filter { !isCandidate($0) }
      + falling.map { Entry(execution: $0.execution, goal: $0.goal, tokens: $0.tokens) }
    candidates = candidates.filter(isCandidate) + rising
    return true
  }

  private func isCandidate(_ entry: Entry) -> Bool { entry.tokens >= threshold }

  /// One slot for each candidate; while slots are left over, up to the goals of all; then a slot for each task of all.
  private mutating func allocate(_ board: BoardState) {
    let tasksLeft = candidates.map { board.job($0.execution)?.stagesLeft ?? 0 }
    for index in candidates.indices { candidates[index].allowance = min(1, tasksLeft[index]) }
    guard allowances < board.slots.count else { return }
    for index in candidates.indices { candidates[index].allowance = min(candidates[index].goal, tasksLeft[index]) }
    guard allowances < board.slots.count else { return }
    for index in candidates.indices { candidates[index].allowance = tasksLeft[index] }
  }

  private var allowances: Int { candidates.reduce(0) { $0 + $1.allowance } }

  // MARK: Preemption

  private func victimSlot(for stage: Stage, on board: BoardState) -> SlotID? {
    switch victim {
    case .latestTask: latestTaskSlot(for: stage, on: board)
    case .published: publishedVictim(on: board)
    }
  }

  private func excess(of execution: JobEpoch, on board: BoardState) -> Int {
    board.occupancy(of: execution) - (candidates.first { $0.execution == execution }?.allowance ?? 0)
  }

  private func latestTaskSlot(for stage: Stage, on board: BoardState) -> SlotID? {
    var best: (excess: Int, slot: SlotID)?
    for entry in candidates + pending {
      let excess = excess(of: entry.execution, on: board)
      guard excess > best?.excess ?? 0,
        let last = board.slots.filter({ $0.assignment?.execution == entry.execution }).max(by: { $0.stage < $1.stage }),
        last.isReady, stage.slots.contains(last.slot)
      else { continue }
      best = (excess, last.slot)
    }
    return best?.slot
  }

  private func publishedVictim(on board: BoardState) -> SlotID? {
    var victim: BoardSlot?
    var best = 0
    for slot in board.slots {
      guard let execution = slot.assignment?.execution else { continue }
      let isVictims = victim?.assignment?.execution == execution
      if slot.isReady {
        let excess = excess(of: execution, on: board)
        if excess > best {
          (victim, best) = (slot, excess)
        } else if excess == best, isVictims, let current = victim, slot.stage > current.stage {
          victim = slot
        }
      } else if slot.isRunning, isVictims, let current = victim, slot.stage > current.stage {
        victim = nil
      }
    }
    return victim?.slot
  }
}

extension BoardSlot {
  /// The stage that it has, by position; -1 for none.
  fileprivate var stage: Int { assignment?.stage ?? -1 }
}

extension ScheduledJob {
  /// How many stages of the cover have items that are not finished.
  fileprivate var stagesLeft: Int {
    cover.count { stages[$0].tasks.contains { flow.finished($0) < itemCount } }
  }
}
