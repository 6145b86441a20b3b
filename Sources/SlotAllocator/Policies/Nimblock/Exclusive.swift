internal import Fabric

/// One job owns the board until it ends; the others wait in the order of arrival.
///
/// The baseline of Nimblock's evaluation on all slots ("better baseline"; ISCA 2023): the owner's tasks take the free slots as they become
/// able to run. VersaSlot's port admits the next job only once the board is idle, so that its response times leave the waiting out; here jobs arrive whenever they do.
struct Exclusive: Policy {
  let readiness: Readiness
  private var owner: JobEpoch?
  private var queue = ReadyQueue()

  init(readiness: Readiness) { self.readiness = readiness }

  var configurationLimit: Int { readiness.configurationLimit }

  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? {
    if !board.activeJobs.contains(where: { $0.execution == owner }) {
      owner = board.activeJobs.first { $0.mode == .running }?.execution
    }
    queue.update(board.activeJobs.filter { [owner] in $0.execution == owner }, readiness, on: board)
    return nil
  }

  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    board.canConfigure ? queue.popFirst(on: board) : nil
  }
}
