public import Fabric

/// A way to share a board's slots.
public protocol Policy: Sendable {
  /// The next stage to bring into a slot, or nil where the slots should stay as they are; asked again until nil.
  func nextPlacement(on board: BoardView) -> Placement?
}

/// A stage of a job in a slot.
public struct Placement: Sendable, Hashable {
  public let slot: SlotID
  public let execution: JobEpoch
  /// Which of the job's plans; once a job has a slot, its plan stays.
  public let plan: Int
  public let stage: Int
  public init(slot: SlotID, execution: JobEpoch, plan: Int, stage: Int) {
    self.slot = slot
    self.execution = execution
    self.plan = plan
    self.stage = stage
  }
}

/// What a policy sees of a board.
public struct BoardView: Sendable, Hashable {
  public struct Slot: Sendable, Hashable {
    public enum Condition: Sendable, Hashable {
      /// Nobody's; it may still hold an image.
      case free(holding: ImageID?)
      /// Configured for a stage that can launch nothing at the moment.
      case stalled(Placement)
      /// An image is on its way, for nobody any more where there is no placement.
      case configuring(Placement?)
      /// An item is in flight, or can be launched now.
      case running(Placement)
      case quarantined
    }
    public let slot: SlotID
    public let kind: SlotKind
    public let condition: Condition
  }
  public struct Job: Sendable, Hashable {
    public struct StageState: Sendable, Hashable {
      public enum Condition: Sendable, Hashable {
        case waiting(isRunnable: Bool)
        case placed
        case finished
      }
      public let stage: Stage
      public let condition: Condition
    }
    public let execution: JobEpoch
    public let priority: Int
    /// The plan that the job has begun with, if it has a slot or had one.
    public let chosenPlan: Int?
    /// Whether the slots that the job has will do something for it without another one: launch, be configured, or go on once an input is
    /// loaded or a result committed.
    public let isMoving: Bool
    /// Each plan's stages, the preferred plan first.
    public let plans: [[StageState]]
  }
  public let slots: [Slot]
  /// The jobs in the order of their arrival.
  public let jobs: [Job]
}
