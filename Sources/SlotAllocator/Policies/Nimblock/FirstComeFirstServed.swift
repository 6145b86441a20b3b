internal import Fabric

/// Tasks that can run take free slots in the order in which they became able to, and keep them until their batch is done.
///
/// The first-come-first-served scheduler of Nimblock's evaluation (ISCA 2023, repository UIUC-ChenLab/Nimblock); no configuring ahead and no preemption. VersaSlot's
/// port starts a task's first item whether its input is there or not; this one never does.
struct FirstComeFirstServed: Policy {
  let readiness: Readiness
  private var queue = ReadyQueue()

  init(readiness: Readiness) { self.readiness = readiness }

  var configurationLimit: Int { readiness.configurationLimit }

  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? {
    queue.update(board.activeJobs, readiness, on: board)
    return nil
  }

  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    board.canConfigure ? queue.popFirst(on: board) : nil
  }
}
