internal import Fabric

/// Earlier jobs first, each pipelined over as many slots as it has stages, later stages configured ahead.
///
/// A free slot goes to the earliest job's first stage without one, whether or not items are there for it: that is the prefetch. A slot
/// that stands still is taken back, from the job itself or a later one, only for a job that would not move otherwise, so that rings shorter
/// than a batch cannot lock a chain that has more stages than the board has slots. The earliest job can so always go on, and each other
/// one when those before it have ended.
public struct FirstComeFirstServed: Policy {
  public init() {}

  public func nextPlacement(on board: BoardView) -> Placement? {
    for (position, job) in board.jobs.enumerated() {
      let plans = plans(of: job, on: board)
      for plan in plans {
        if let placement = freePlacement(of: job, plan: plan, on: board) { return placement }
      }
      guard !job.isMoving else { continue }
      for plan in plans {
        if let placement = takenBack(for: job, plan: plan, from: board.jobs[position...], on: board) {
          return placement
        }
      }
    }
    return nil
  }

  /// The plans to try: the one begun with, or else first those with a free slot for each stage.
  private func plans(of job: BoardView.Job, on board: BoardView) -> [Int] {
    if let chosen = job.chosenPlan { return [chosen] }
    let hasRoom = job.plans.map { stages in
      stages.allSatisfy { $0.condition == .finished || freeSlot(for: $0.stage, on: board) != nil }
    }
    return job.plans.indices.filter { hasRoom[$0] } + job.plans.indices.filter { !hasRoom[$0] }
  }

  /// The first stage without a slot that there is a free slot for.
  private func freePlacement(of job: BoardView.Job, plan: Int, on board: BoardView) -> Placement? {
    for (index, state) in job.plans[plan].enumerated() {
      guard case .waiting = state.condition, let slot = freeSlot(for: state.stage, on: board) else { continue }
      return Placement(slot: slot, execution: job.execution, plan: plan, stage: index)
    }
    return nil
  }

  /// The first stage that only lacks a slot, in a slot that stands still.
  private func takenBack(
    for job: BoardView.Job, plan: Int, from victims: ArraySlice<BoardView.Job>, on board: BoardView
  ) -> Placement? {
    for (index, state) in job.plans[plan].enumerated() {
      guard case .waiting(isRunnable: true) = state.condition,
        let slot = stalledSlot(for: state.stage, of: victims, on: board)
      else { continue }
      return Placement(slot: slot, execution: job.execution, plan: plan, stage: index)
    }
    return nil
  }

  /// A free slot for the stage, one that holds its image before any other.
  private func freeSlot(for stage: Stage, on board: BoardView) -> SlotID? {
    var first: SlotID?
    for slot in board.slots where stage.slots.contains(slot.slot) {
      guard case .free(let image) = slot.condition else { continue }
      if image == stage.image { return slot.slot }
      first = first ?? slot.slot
    }
    return first
  }

  /// A slot that stands still: of the latest job, and of that its most upstream stage.
  private func stalledSlot(
    for stage: Stage, of victims: ArraySlice<BoardView.Job>, on board: BoardView
  ) -> SlotID? {
    for job in victims.reversed() {
      let stalled = board.slots.compactMap { slot -> Placement? in
        guard stage.slots.contains(slot.slot), case .stalled(let placement) = slot.condition else { return nil }
        return placement.execution == job.execution ? placement : nil
      }
      if let victim = stalled.min(by: { ($0.stage, $0.slot) < ($1.stage, $1.slot) }) { return victim.slot }
    }
    return nil
  }
}
