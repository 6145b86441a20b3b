internal import Fabric

/// Jobs wait until they have tokens enough to be candidates; candidates share the slots up to caps, and images are brought in before their items are
/// there.
///
/// VersaSlot (DAC 2025, arXiv 2503.05930; repository `KontonGu/VersaSlot`), one image at the port at a time. Where all slots are Little: Nimblock's passes of
/// caps, up to three images in a row before their items, and what a job has beyond its optimum makes room for others between two items. Where
/// there are Big slots: bundles in them first, the other jobs in Little ones at their optimum, what is left to the earliest; images ahead as far as caps and
/// slots go; no preemption. Optimal counts are computed (``OptimalSlotCount``), and bundles have any number of tasks.
///
/// The intent is ported; these defects of the repository are mended:
/// - it does not look at caps when a job retires;
/// - it counts waiting from its own start instead of the job's arrival;
/// - it overwrites goals by caps, and takes the priority for the optimum;
/// - it evicts from the list that it walks;
/// - it chains serial and parallel bundles apart, and gives a parallel one items that are not there yet;
/// - it counts a bundle as one task, forgets caps already granted, and lets the surplus exceed the slots;
/// - it sends jobs back that have slots, and leaves the count of early images unset.
///
/// In these it goes beyond what is published, each because it measured better or no worse: caps are looked at whenever anything happens; tokens are also given when a job retires, as
/// Nimblock does; a job that has more than its cap is evicted down to that, where the publication leaves it its optimum; a Big slot counts as taken by no more bundles
/// than a job may run at once.
struct VersaSlot: Policy {
  var configurationLimit: Int { 1 }

  /// In the order of arrival.
  var pending: [VersaSlotJob] = []
  /// In the order in which they became candidates, which is the order in which they are served.
  var candidates: [VersaSlotJob] = []
  private var threshold = 1.0
  private var interval = SchedulingInterval()
  private var optimalCounts = OptimalSlotTable()

  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? {
    let isDue = interval.ends(at: now)
    let hasRetired = dropEnded(board)
    let hasArrived = takeIn(board)
    guard !pending.isEmpty || !candidates.isEmpty else { return nil }
    if isDue || hasArrived || hasRetired { giveTokens(board, at: now) }
    for index in candidates.indices { candidates[index].look(at: board) }
    moveByTokens(board)
    allocate(board)
    return interval.end
  }

  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    guard board.canConfigure else { return nil }
    for index in candidates.indices {
      guard let job = board.job(candidates[index].execution) else { continue }
      if let placement = placement(of: job, at: index, on: board) { return placement }
    }
    return nil
  }

  // MARK: Tokens

  private mutating func dropEnded(_ board: BoardState) -> Bool {
    let before = pending.count + candidates.count
    pending.removeAll { board.job($0.execution)?.isStopped ?? true }
    candidates.removeAll { board.job($0.execution)?.isStopped ?? true }
    return pending.count + candidates.count < before
  }

  private mutating func takeIn(_ board: BoardState) -> Bool {
    var hasArrived = false
    for job in board.activeJobs where !(pending + candidates).contains(where: { $0.execution == job.execution }) {
      pending.append(VersaSlotJob(job, on: board, counts: &optimalCounts))
      hasArrived = true
    }
    return hasArrived
  }

  /// A job's tokens grow with its priority and with how long it has waited for each second of its work.
  private mutating func giveTokens(_ board: BoardState, at now: BoardInstant) {
    for index in pending.indices { pending[index].takeTokens(board, at: now) }
    for index in candidates.indices { candidates[index].takeTokens(board, at: now) }
    threshold = TokenThreshold.below((pending + candidates).map(\.tokens).max() ?? 0)
  }

  /// Makes candidates of those with tokens enough; on a board with Big slots, sends back those that have too few by now and have not begun.
  private mutating func moveByTokens(_ board: BoardState) {
    let promoted = pending.filter { $0.tokens >= threshold }
    var demoted = board.hasBigSlots ? candidates.filter { $0.tokens < threshold && !$0.hasBegun } : []
    for index in demoted.indices { demoted[index].release() }
    pending.removeAll { $0.tokens >= threshold }
    candidates.removeAll { candidate in demoted.contains { $0.execution == candidate.execution } }
    pending += demoted
    candidates += promoted
  }

  // MARK: Slots

  /// The first of a candidate's stages that may have a slot and finds one.
  private mutating func placement(of job: ScheduledJob, at index: Int, on board: BoardState) -> Placement? {
    for stage in candidates[index].stages(of: job) where !job.isExhausted(stage) {
      let assignment = Assignment(execution: job.execution, stage: stage)
      guard candidates[index].isBelowCap(job.stages[stage].slotKind, on: board),
        !board.slots.contains(where: { $0.assignment == assignment })
      else { continue }
      let slot =
        board.lowestFreeSlot(for: assignment)
        ?? (job.isReady(stage) ? surplusSlot(for: assignment, of: job, on: board) : nil)
      guard let slot, board.hasBigSlots || candidates[index].mayBringIn(stage, of: job) else { continue }
      return Placement(slot: slot, assignment: assignment)
    }
    return nil
  }

  /// A slot between two items whose job has more than its optimum, or than its cap if that is less, and whose task is beyond those that it keeps; Only.Little.
  ///
  /// Of the job with the most too many, the task furthest down.
  private func surplusSlot(for assignment: Assignment, of job: ScheduledJob, on board: BoardState) -> SlotID? {
    guard !board.hasBigSlots else { return nil }
    var best: (excess: Int, stage: Int, slot: SlotID)?
    for candidate in candidates where candidate.execution != job.execution {
      let held = board.slots.compactMap { slot in
        slot.assignment.flatMap { $0.execution == candidate.execution ? (stage: $0.stage, slot: slot) : nil }
      }.sorted { $0.stage < $1.stage }
      let kept = min(candidate.littleGoal, candidate.littleCap)
      let excess = held.count - kept
      for (stage, slot) in held.dropFirst(kept)
      where slot.isReady && job.stages[assignment.stage].slots.contains(slot.slot) {
        if best.map({ (excess, stage) > ($0.excess, $0.stage) }) ?? true { best = (excess, stage, slot.slot) }
      }
    }
    return best?.slot
  }
}

extension BoardState {
  var hasBigSlots: Bool { slots.contains { $0.kind == .big } }

  /// The slots of a kind that are not quarantined.
  func healthyCount(_ kind: SlotKind) -> Int { slots.count { $0.kind == kind && $0.state != .quarantined } }

  func freeCount(_ kind: SlotKind) -> Int { slots.count { $0.kind == kind && $0.isFree } }
}
