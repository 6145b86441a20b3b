public import Fabric

/// A way to share a board's slots.
///
/// A policy decides only what the slots hold; whatever is in its slot and has an item is launched. It is asked whenever something has happened, before anything is launched, so a slot
/// between two items can be given to another stage.
public protocol Policy: Sendable {
  /// How many configurations may be under way at once, with the one at the port.
  var configurationLimit: Int { get }

  /// Takes note of what has happened, once before each round of decisions.
  ///
  /// - Returns: When to ask again though nothing happens.
  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant?

  /// The next stage to bring into a slot, or nil where the slots should stay as they are; asked again until nil.
  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement?
}

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
