internal import Fabric

/// A job's wish for one more slot.
struct Claim {
  /// The job's position on the board.
  let position: Int
  let stage: Int
  /// The job's place in the order.
  let rank: Int
  /// Whether no slot that does well is taken for it: for a group's second Big slot, and for a launch that would be filled badly.
  var isSecond = false

  func placement(in slot: Int, on board: BoardState) -> Placement {
    Placement(
      slot: board.slots[slot].slot, assignment: Assignment(execution: board.jobs[position].execution, stage: stage))
  }
}
