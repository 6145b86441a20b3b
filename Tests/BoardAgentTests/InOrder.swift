import Fabric
import SlotAllocator

/// Each job's tasks in turn in so many slots each, configured ahead: what it does is easily foreseen.
struct InOrder: Policy {
  var slotsPerTask = 1
  /// Says when it wants to be asked again, however long that is.
  var interval: Duration?

  var configurationLimit = 8

  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? { interval.map { now + $0 } }

  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    for job in board.activeJobs {
      for stage in job.cover where !job.isExhausted(stage) {
        let assignment = SlotAllocator.Assignment(execution: job.execution, stage: stage)
        guard board.slots.count(where: { $0.assignment == assignment }) < slotsPerTask else { continue }
        let free = board.slots.filter { $0.isFree && job.stages[stage].slots.contains($0.slot) }
        if let slot = free.first(where: { $0.image == job.stages[stage].image }) ?? free.first {
          return Placement(slot: slot.slot, assignment: assignment)
        }
      }
    }
    return nil
  }
}
