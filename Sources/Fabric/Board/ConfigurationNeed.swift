/// How much a configuration is waited for, the least first.
public enum ConfigurationNeed: Int, Sendable, Hashable, Codable, Comparable, CaseIterable {
  /// Nothing could run in the slot yet.
  case ahead
  /// The job has something to run in the slot, and goes on elsewhere meanwhile.
  case progressing
  /// The job has something to run in the slot, and nothing else of it runs.
  case standingStill

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
