/// The policies that people can choose.
public enum PolicyName: String, Sendable, Hashable, Codable, CaseIterable {
  case exclusive
  case fcfs
  case roundRobin = "round-robin"
  case prema
  case nimblock
  case versaslot
  case tessera

  /// The policy as an agent runs it: pipelined, with the defects of the published ones mended.
  public func policy() -> any Policy {
    switch self {
    case .exclusive: Exclusive(readiness: .pipelined)
    case .fcfs: FirstComeFirstServed(readiness: .pipelined)
    case .roundRobin: RoundRobin(readiness: .pipelined, order: .priority)
    case .prema: Prema(readiness: .pipelined, eligibility: .reaching)
    case .nimblock: Nimblock(readiness: .pipelined, goals: .optimal, victim: .latestTask)
    case .versaslot: VersaSlot()
    case .tessera: Tessera()
    }
  }

  /// The policy as it was measured on a board (Nimblock, ISCA 2023), defects and all.
  ///
  /// - Parameter slotGoals: how many slots each application is meant to have, by name.
  /// - Returns: nil for the policies that were not.
  public func published(slotGoals: [String: Int]) -> (any Policy)? {
    switch self {
    case .exclusive: Exclusive(readiness: .wholeBatch)
    case .fcfs: FirstComeFirstServed(readiness: .wholeBatch)
    case .roundRobin: RoundRobin(readiness: .wholeBatch, order: .inverted)
    case .prema: Prema(readiness: .wholeBatch, eligibility: .above)
    case .nimblock: Nimblock(readiness: .pipelined, goals: .published(slotGoals), victim: .published)
    case .versaslot, .tessera: nil
    }
  }
}
