internal import Fabric

extension BoardState {
  /// The way out where nothing moves: rings shorter than a batch fill, and tasks whose readers have no slot hold all slots.
  ///
  /// Then the earliest job's first task that could run takes a slot that stands still, the latest job's first. No policy has to care, and each job ends
  /// whatever the policy does. Nil while anything moves. A free slot is left to a policy that waits for something, and taken where nothing can come any more.
  func standstillPlacement(isPolicyWaiting: Bool) -> Placement? {
    guard !slots.contains(where: { $0.isRunning || $0.isConfiguring || canGoOn($0) }) else { return nil }
    let isFinal = !isPolicyWaiting && !jobs.contains(where: \.isMovingItems)
    for job in jobs where !job.isStopped {
      for index in job.stages.indices where job.isReady(index) {
        let stage = job.stages[index]
        let fitting = slots.filter { stage.slots.contains($0.slot) && $0.state != .quarantined }
        let free =
          fitting.first { $0.isFree && $0.holds(stage.image, for: job.tenant) } ?? fitting.first(where: \.isFree)
        guard free == nil || isFinal, let slot = free?.slot ?? mostIdle(of: fitting) else { continue }
        return Placement(slot: slot, assignment: Assignment(execution: job.execution, stage: index))
      }
    }
    return nil
  }

  /// The slot of the latest job, and of that its most upstream stage, which has the most room to wait.
  private func mostIdle(of candidates: [BoardSlot]) -> SlotID? {
    candidates.compactMap { slot in
      slot.assignment.flatMap { assignment in
        position(of: assignment.execution).map { (job: -$0, stage: assignment.stage, slot: slot.slot) }
      }
    }.min { ($0.job, $0.stage, $0.slot) < ($1.job, $1.stage, $1.slot) }?.slot
  }
}

extension ScheduledJob {
  /// Whether an input can still be loaded, or a result waits to be committed.
  fileprivate var isMovingItems: Bool {
    mode == .running && (flow.nextLoad != nil || flow.committed < flow.resultCount)
  }
}
