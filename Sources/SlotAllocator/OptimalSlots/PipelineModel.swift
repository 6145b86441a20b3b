internal import Fabric

/// A batch that streams through a chain or a DAG of elements, each configured once into one of some equal slots.
///
/// An element (a task or a bundle) holds a slot from the start of its configuration to its last launch; a single port configures one
/// element at a time, and may run ahead. Launch m of an element begins when it is configured, its launch m - 1 has ended, and item m of
/// every predecessor has been handed on.
public struct PipelineModel: Sendable, Hashable {
  /// A task or a bundle, which holds one slot for the whole batch.
  public struct Element: Sendable, Hashable {
    public let nanosecondsPerLaunch: Int64
    /// How many launches an item goes through: 1 for a task and a serial bundle, the stages for a parallel bundle.
    ///
    /// The batch takes items + stageCount - 1 launches, and item j is handed on by launch j + stageCount - 1.
    public let stageCount: Int
    /// The indexes of the elements whose items this one takes.
    public let predecessors: [Int]

    public init(perLaunch: Duration, stageCount: Int = 1, after predecessors: [Int] = []) {
      self.nanosecondsPerLaunch = perLaunch.nanoseconds
      self.stageCount = stageCount
      self.predecessors = predecessors
    }
  }

  /// The elements in a topological order.
  public let elements: [Element]
  public let itemCount: Int
  public let nanosecondsPerConfiguration: Int64

  /// The most elements that a model takes: the tasks of an application.
  public static let maximumElementCount = Limits.tasksPerApplication
  /// The longest that a model may take on one slot, in nanoseconds (2.3 years); sums over all slots then fit 64 bits.
  static let maximumNanoseconds: Int64 = 1 << 56

  /// Nil when the elements are none, too many or in no topological order, a number is out of its range, or the whole would take longer
  /// than 2^56 nanoseconds on one slot.
  public init?(elements: [Element], itemCount: Int, perConfiguration: Duration) {
    let configuration = perConfiguration.nanoseconds
    guard (1...Self.maximumElementCount).contains(elements.count), (1...Limits.itemsPerBatch).contains(itemCount),
      configuration >= 0, configuration <= Self.maximumNanoseconds
    else { return nil }
    var total: Int64 = 0
    for (index, element) in elements.enumerated() {
      guard element.nanosecondsPerLaunch >= 0, (1...Self.maximumElementCount).contains(element.stageCount),
        element.predecessors.allSatisfy((0..<index).contains)
      else { return nil }
      let launches = Int64(itemCount + element.stageCount - 1)
      let work = element.nanosecondsPerLaunch.multipliedReportingOverflow(by: launches)
      guard !work.overflow, work.partialValue <= Self.maximumNanoseconds else { return nil }
      total += work.partialValue + configuration
      guard total <= Self.maximumNanoseconds else { return nil }
    }
    self.elements = elements
    self.itemCount = itemCount
    self.nanosecondsPerConfiguration = configuration
  }
}
