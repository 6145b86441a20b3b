import Fabric
import SlotAllocator
import Synchronization

/// Each job's stages in turn, in so many slots each, configured ahead; a free slot that holds the image before any other.
///
/// As little policy as a test of the scheduler needs.
struct GivenOrder: Policy {
  var slotsPerStage = 1

  var configurationLimit: Int { 8 }

  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? { nil }

  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    for job in board.activeJobs {
      for stage in job.cover where !job.isExhausted(stage) {
        let assignment = Assignment(execution: job.execution, stage: stage)
        guard board.slots.count(where: { $0.assignment == assignment }) < slotsPerStage else { continue }
        let free = board.slots.filter { $0.isFree && job.stages[stage].slots.contains($0.slot) }
        if let slot = free.first(where: { $0.image == job.stages[stage].image }) ?? free.first {
          return Placement(slot: slot.slot, assignment: assignment)
        }
      }
    }
    return nil
  }
}

/// Places what a test wishes, and counts how often it is asked.
final class Script: Policy, Sendable {
  private struct State {
    var wish: Placement?
    var asked = 0
    var nextUpdate: BoardInstant?
  }
  private let state = Mutex(State())

  var configurationLimit: Int { 8 }
  var asked: Int { state.withLock { $0.asked } }
  var nextUpdate: BoardInstant? {
    get { state.withLock { $0.nextUpdate } }
    set { state.withLock { $0.nextUpdate = newValue } }
  }
  func wish(_ placement: Placement) { state.withLock { $0.wish = placement } }

  func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? {
    state.withLock {
      $0.asked += 1
      return $0.nextUpdate
    }
  }
  func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    state.withLock { $0.wish.take() }
  }
}
