public import Fabric

/// A line of the agent's journal: promises that must outlive the process.
public enum AgentRecord: Sendable, Hashable, Codable {
  /// The agent began under this incarnation.
  case began(Incarnation)
  /// The agent took a job under this epoch, and will never take it under this or an earlier one again.
  case accepted(JobEpoch)
  /// The agent computes and commits nothing more of the job under this epoch.
  case sealed(JobEpoch, Checkpoint)
  /// The slot failed and is out of use until it is reset, over restarts of the agent too.
  case quarantined(SlotID, QuarantineReason)
  /// The slot is blank, and in use again.
  case reset(SlotID)
}
