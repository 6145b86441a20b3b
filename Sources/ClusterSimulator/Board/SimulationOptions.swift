public import Fabric
package import Reconfig

/// How a trace is simulated on one board.
public struct SimulationOptions: Sendable {
  /// Which of an application's times launches take.
  public enum Latencies: String, Sendable, CaseIterable { case measured, estimated }
  /// What the scheduler knows of them.
  public enum Sight: String, Sendable, CaseIterable { case measured, estimated, learned }
  /// What a configuration takes.
  public enum Configuration: Sendable, Hashable {
    /// What the board's storage and port need; an image that is in memory only needs the port.
    case modelled(cacheByteLimit: Int)
    /// The same for every one.
    case fixed(Duration)
    /// By slot kind, nothing being kept in memory.
    case fixedByKind(little: Duration, big: Duration)
  }

  public var latencies: Latencies
  public var sight: Sight
  public var configuration: Configuration
  /// Whether the scheduler hears of nothing while an image is brought in, as where one core does both.
  public var isBlocking: Bool
  /// Item buffers of each edge; as many as a batch has items where memory shall not limit anything.
  public var ringCapacity: Int
  /// Whether policies are run as they were measured on the catalogue's board, defects and all; see ``TraceSimulation``.
  public var isAsPublished: Bool
  /// Whether the report says what the slots of the first sequence did.
  public var recordsSpans: Bool
  /// The order in which images leave memory, new for each sequence; the product's own unless it is measured beside
  /// others.
  package var eviction: @Sendable () -> any Eviction = { PlannedEviction() }

  public init(
    latencies: Latencies = .measured, sight: Sight = .measured,
    configuration: Configuration = .modelled(cacheByteLimit: 256 << 20), isBlocking: Bool = false,
    ringCapacity: Int = Limits.itemsPerRing, isAsPublished: Bool = false, recordsSpans: Bool = false
  ) {
    self.latencies = latencies
    self.sight = sight
    self.configuration = configuration
    self.isBlocking = isBlocking
    self.ringCapacity = ringCapacity
    self.isAsPublished = isAsPublished
    self.recordsSpans = recordsSpans
  }
}
