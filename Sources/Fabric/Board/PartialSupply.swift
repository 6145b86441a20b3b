/// How a configuration came by its partial, and how long it waited for that.
public enum PartialSupply: Sendable, Hashable, Codable {
  /// It was in memory.
  case hit
  /// Storage was reading it already, ahead or for another slot.
  case joined(Wait)
  /// It was read because the configuration asked for it.
  case cold(Wait)

  /// What a configuration waited for its partial, in the board's time; neither part is negative.
  public struct Wait: Sendable, Hashable, Codable {
    /// For as long storage read it.
    public var fetch: Duration
    /// For as long it was verified.
    public var verification: Duration

    public static let none = Self(fetch: .zero, verification: .zero)

    public init(fetch: Duration, verification: Duration) {
      self.fetch = fetch
      self.verification = verification
    }
  }

  /// None for a hit.
  public var wait: Wait {
    switch self {
    case .hit: .none
    case .joined(let wait), .cold(let wait): wait
    }
  }
}
