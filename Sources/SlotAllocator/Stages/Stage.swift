public import Fabric

/// What one slot runs for a job: a task, or a bundle of consecutive tasks, through one image.
public struct Stage: Sendable, Hashable {
  /// A buffer argument of the stage and the edge that feeds or drains it.
  public struct Port: Sendable, Hashable, Codable {
    public let argument: ArgumentName
    public let edge: EdgeName
    public init(argument: ArgumentName, edge: EdgeName) {
      self.argument = argument
      self.edge = edge
    }
  }
  /// The tasks, in order; more than one in a bundle.
  public let tasks: [TaskName]
  public let image: ImageID
  public let slotKind: SlotKind
  /// The slots that the image has a partial for.
  public let slots: [SlotID]
  /// The edges that come in from outside the stage.
  public let inputs: [Port]
  /// The edges that go out of the stage.
  public let outputs: [Port]
}

/// One way to run an application on a board: its stages, which cover every task once, in topological order.
public struct StagePlan: Sendable, Hashable {
  public let stages: [Stage]
}
