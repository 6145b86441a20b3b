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

/// The least time from the first configuration to the last item, over the orders in which elements get slots.
public struct Makespan: Sendable, Hashable {
  /// What ``order`` takes.
  public let duration: Duration
  /// What no order falls below.
  ///
  /// Equal to ``duration`` unless the search gave up.
  public let lowerBound: Duration
  /// The elements in the order in which they are configured.
  public let order: [Int]

  /// Whether ``duration`` is known to be the minimum.
  public var isExact: Bool { duration == lowerBound }

  /// How far the minimum may lie below ``duration``, as a fraction of the lower bound; 0 when exact.
  public var gap: Double { isExact ? 0 : duration / lowerBound - 1 }
}

extension PipelineModel {
  /// How many orders, complete or begun, a search looks at unless told otherwise.
  public static let defaultSearchLimit = 200

  /// The least makespan on so many equal slots, by branch and bound over the orders.
  ///
  /// O(elements^2 + edges) where the order is forced, as in a chain or in layers of equal tasks; times the items if there is a parallel
  /// bundle. Otherwise that much for each of at most `searchLimit` orders begun (the first is always ended), and the result says how far
  /// from the optimum it may be.
  ///
  /// - Parameters:
  ///   - slotCount: At least 1; more slots than elements change nothing.
  ///   - searchLimit: How many orders to look at.
  ///   - knownOrder: A topological order to start from, such as the best for fewer slots.
  /// - Returns: The best order found, and how good another could be.
  public func makespan(
    slotCount: Int, searchLimit: Int = defaultSearchLimit, startingFrom knownOrder: [Int]? = nil
  ) -> Makespan {
    var search = SlotOrderSearch(self, slotCount: min(max(1, slotCount), elements.count), limit: searchLimit)
    let found = search.run(startingFrom: knownOrder)
    guard !found.isExact, let levelled else { return found }
    let bound = levelled.makespan(slotCount: slotCount, searchLimit: searchLimit).lowerBound
    return Makespan(duration: found.duration, lowerBound: max(found.lowerBound, bound), order: found.order)
  }
}
