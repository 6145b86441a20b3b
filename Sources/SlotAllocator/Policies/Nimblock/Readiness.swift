internal import Fabric

/// When a published scheduler considers a task able to run: once each predecessor is an item ahead, or, without pipelining, has finished its batch.
enum Readiness: Sendable, Hashable {
  case pipelined
  case wholeBatch

  /// Published schedulers bring one image in, and decide again when it is there; here one more may wait for storage, as for every policy.
  var configurationLimit: Int { 1 }

  /// The job's tasks that have no slot and could begin.
  func available(of job: ScheduledJob, on board: BoardState) -> [Assignment] {
    job.cover.map { Assignment(execution: job.execution, stage: $0) }.filter { isAvailable($0, of: job, on: board) }
  }

  func isAvailable(_ assignment: Assignment, on board: BoardState) -> Bool {
    board.job(assignment.execution).map { isAvailable(assignment, of: $0, on: board) } ?? false
  }

  private func isAvailable(_ assignment: Assignment, of job: ScheduledJob, on board: BoardState) -> Bool {
    job.isReady(assignment.stage) && !board.slots.contains { $0.assignment == assignment }
      && (self == .pipelined || hasWholeBatch(assignment.stage, of: job))
  }

  private func hasWholeBatch(_ stage: Int, of job: ScheduledJob) -> Bool {
    job.stages[stage].parts.allSatisfy { part in
      part.inputs.allSatisfy { job.flow.produced($0.edge) == job.itemCount }
    }
  }
}

extension BoardState {
  /// The free slot of the lowest number that the stage fits.
  func lowestFreeSlot(for assignment: Assignment) -> SlotID? {
    guard let stage = job(assignment.execution)?.stages[assignment.stage] else { return nil }
    return slots.first { $0.isFree && stage.slots.contains($0.slot) }?.slot
  }
}
