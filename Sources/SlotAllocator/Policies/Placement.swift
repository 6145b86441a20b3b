public import Fabric

/// A stage of a job in a slot.
public struct Placement: Sendable, Hashable {
  public let slot: SlotID
  public let assignment: Assignment
  public init(slot: SlotID, assignment: Assignment) {
    self.slot = slot
    self.assignment = assignment
  }
}

/// Whom a slot works for.
public struct Assignment: Sendable, Hashable {
  public let execution: JobEpoch
  /// The stage's position among the job's.
  public let stage: Int
  public init(execution: JobEpoch, stage: Int) {
    self.execution = execution
    self.stage = stage
  }
}
