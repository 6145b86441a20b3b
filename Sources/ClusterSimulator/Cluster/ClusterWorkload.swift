public import Fabric

/// The jobs that a simulated cluster is given, in the order of their arrivals.
public struct ClusterWorkload: Sendable {
  /// A job's arrival.
  public struct Arrival: Sendable, Hashable {
    /// Since the first client began.
    public let at: Duration
    /// The position of its application in ``ClusterWorkload/applications``.
    public let application: Int
    /// Items in its batch, 1 to `Limits.itemsPerBatch`.
    public let itemCount: Int
    /// 1 (least) to 9 (most).
    public let priority: Int
    public init(at: Duration, application: Int, itemCount: Int, priority: Int) {
      self.at = at
      self.application = application
      self.itemCount = itemCount
      self.priority = priority
    }
  }

  /// The most jobs of one simulation.
  public static let jobLimit = 10_000_000

  public let applications: [Application]
  public let arrivals: [Arrival]

  /// Sorts the arrivals by their instants, in O(n log n).
  ///
  /// Those of one instant keep their order.
  ///
  /// - Throws: ``ClusterError/badWorkload(_:)`` for a job that no broker could be given.
  public init(applications: [Application], arrivals: [Arrival]) throws(ClusterError) {
    guard (1...Self.jobLimit).contains(arrivals.count) else {
      throw .badWorkload("it has \(arrivals.count) jobs, not 1 to \(Self.jobLimit)")
    }
    for (index, arrival) in arrivals.enumerated() {
      guard applications.indices.contains(arrival.application) else {
        throw .badWorkload("job \(index) has application \(arrival.application) of \(applications.count)")
      }
      guard arrival.at >= .zero, (1...Limits.itemsPerBatch).contains(arrival.itemCount),
        (1...9).contains(arrival.priority)
      else { throw .badWorkload("job \(index) is out of range: \(arrival)") }
    }
    self.applications = applications
    self.arrivals = arrivals.indices
      .sorted { (arrivals[$0].at, $0) < (arrivals[$1].at, $1) }.map { arrivals[$0] }
  }
}
