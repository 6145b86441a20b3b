public import Fabric

/// What one slot runs for a job through one image: a task, or a bundle of tasks.
public struct Stage: Sendable, Hashable {
  /// A buffer argument of the stage and the edge that feeds or drains it.
  public struct Port: Sendable, Hashable {
    public let argument: ArgumentName
    /// The edge, by its position in the application.
    public let edge: Int
  }

  /// The tasks that one item passes in one launch, and the edges that it comes from and goes to.
  ///
  /// A task by itself and a serial bundle are one part; a parallel bundle has one part for each of its tasks, each of which works on an item of
  /// its own in a launch.
  public struct Part: Sendable, Hashable {
    /// The tasks, by their positions in the application, in order.
    public let tasks: [Int]
    public let inputs: [Port]
    public let outputs: [Port]
  }

  public let parts: [Part]
  public let image: ImageID
  public let slotKind: SlotKind
  /// The slots that the image has a partial for.
  public let slots: Set<SlotID>
  /// What one launch is assumed to take, in seconds, until launches of the image have been seen to end.
  public let estimatedSeconds: Double
  /// The bundle's place in the application and how its tasks run, or nil for a task by itself.
  public let bundle: BundleStage?

  /// Which bundle a stage is, and in which mode.
  public struct BundleStage: Sendable, Hashable {
    /// The bundle's position in the application.
    public let index: Int
    public let mode: BundleMode
  }

  /// The tasks of all parts, by their positions in the application.
  public var tasks: some Sequence<Int> { parts.lazy.flatMap(\.tasks) }
  /// The first task's position in the application.
  public var firstTask: Int { parts[0].tasks[0] }
}
