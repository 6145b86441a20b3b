internal import Fabric

/// Earlier jobs first, each pipelined over as many slots as it has stages, later stages configured ahead.
///
/// A free slot goes to the earliest job's first stage without one, whether or not items are there for it: that is the prefetch. A slot
/// that stands still is taken back only for a job that would not move otherwise, so that rings shorter than a batch cannot lock a chain that
/// has more stages than the board has slots.
public struct FirstComeFirstServed: Policy {
  public var name: String { "fcfs" }
  public init() {}

  public func nextPlacement(on board: BoardView) -> Placement? {
    for job in board.jobs {
      let plans = job.chosenPlan.map { [$0] } ?? Array(job.plans.indices)
      for plan in plans {
        if let placement = nextPlacement(of: job, plan: plan, on: board) { return placement }
      }
    }
    return nil
  }

  private func nextPlacement(of job: BoardView.Job, plan: Int, on board: BoardView) -> Placement? {
    for (index, state) in job.plans[plan].enumerated() {
      guard case .waiting(let isRunnable) = state.condition else { continue }
      let slot =
        freeSlot(for: state.stage, on: board)
        ?? (isRunnable && !isMoving(job, on: board) ? stalledSlot(for: state.stage, on: board) : nil)
      if let slot { return Placement(slot: slot, execution: job.execution, plan: plan, stage: index) }
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

  private func isMoving(_ job: BoardView.Job, on board: BoardView) -> Bool {
    board.slots.contains { slot in
      switch slot.condition {
      case .running(let placement), .configuring(let placement): placement.execution == job.execution
      case .free, .stalled, .quarantined: false
      }
    }
  }

  /// A slot that stands still: of the latest job, and of that its most upstream stage.
  private func stalledSlot(for stage: Stage, on board: BoardView) -> SlotID? {
    for job in board.jobs.reversed() {
      let stalled = board.slots.compactMap { slot -> Placement? in
        guard stage.slots.contains(slot.slot), case .stalled(let placement) = slot.condition else { return nil }
        return placement.execution == job.execution ? placement : nil
      }
      if let victim = stalled.min(by: { ($0.stage, $0.slot) < ($1.stage, $1.slot) }) { return victim.slot }
    }
    return nil
  }
}
