internal import Fabric

/// What the policy is shown.
extension BoardScheduler {
  var view: BoardView {
    BoardView(
      slots: slots.indices.map { index in
        BoardView.Slot(slot: SlotID(rawValue: index), kind: slotKinds[index], condition: condition(of: slots[index]))
      },
      jobs: jobs.filter { $0.mode != .stopped }.map(view(of:)))
  }

  private func condition(of state: SlotState) -> BoardView.Slot.Condition {
    switch state {
    case .free(let image): .free(holding: image)
    case .configuring(let placement, _): .configuring(placement)
    case .ready(let placement, _): launch(for: placement) == nil ? .stalled(placement) : .running(placement)
    case .running(let placement, _): .running(placement)
    case .quarantined: .quarantined
    }
  }

  private func view(of job: Job) -> BoardView.Job {
    let placed = Set(slots.compactMap(\.placement).filter { $0.execution == job.execution }.map(\.stage))
    return BoardView.Job(
      execution: job.execution, priority: job.priority, chosenPlan: job.chosenPlan, isMoving: isMoving(job),
      plans: job.plans.indices.map { plan in
        job.plans[plan].stages.enumerated().map { index, stage in
          let next = job.flow.nextItem(of: stage)
          let isPlaced = job.chosenPlan == plan && placed.contains(index)
          let isRunnable = next?.isReady == true && job.mode == .running
          return BoardView.Job.StageState(
            stage: stage,
            condition: next == nil ? .finished : isPlaced ? .placed : .waiting(isRunnable: isRunnable))
        }
      })
  }

  private func isMoving(_ job: Job) -> Bool {
    slots.contains { slot in
      switch slot {
      case .configuring(let placement, _): placement?.execution == job.execution
      case .running(let placement, _): placement.execution == job.execution
      case .ready(let placement, _):
        placement.execution == job.execution && job.mode == .running
          && job.flow.needsNoOtherStage(job.plans[placement.plan].stages[placement.stage])
      case .free, .quarantined: false
      }
    }
  }
}
