internal import Fabric

/// How many slots serve an application best: the knee of its speedup curve.
///
/// More slots make a batch faster, but each makes less of its time. The count k at the knee maximises speedup(k)^2 / k, which is the
/// ratio of efficiency to execution time (Eager, Zahorjan and Lazowska, "Speedup Versus Efficiency in Parallel Systems", IEEE
/// Transactions on Computers 38(3), 1989, section III).
public struct OptimalSlotCount: Sendable, Hashable {
  /// The count at the knee, the smaller of two equals; from 1 to the number of makespans.
  public let count: Int
  /// The least makespan on one slot, on two, and so on; never growing.
  public let makespans: [Makespan]

  /// Whether every makespan is known to be the minimum.
  public var isExact: Bool { makespans.allSatisfy(\.isExact) }

  /// Looks at 1 to `slotLimit` slots, or as many as there are elements if those are fewer; at least at one.
  ///
  /// So many times ``PipelineModel/makespan(slotCount:searchLimit:startingFrom:)``: in all some 0.03 ms for nine tasks in a row and 0.1 ms for
  /// 38 tasks in layers of equals, but 10 ms and more where tasks of one layer differ slightly, so keep what it gave for one
  /// application and batch.
  public init(
    of model: PipelineModel, slotLimit: Int, searchLimit: Int = PipelineModel.defaultSearchLimit
  ) {
    var makespans: [Makespan] = []
    for slotCount in 1...min(max(1, slotLimit), model.elements.count) {
      makespans.append(
        model.makespan(slotCount: slotCount, searchLimit: searchLimit, startingFrom: makespans.last?.order))
    }
    self.makespans = makespans
    self.count = Self.knee(makespans.map(\.duration.nanoseconds))
  }

  /// The k that minimises k T(k)^2, which maximises speedup(k)^2 / k; exact in 128 bits.
  private static func knee(_ nanoseconds: [Int64]) -> Int {
    var best = (count: 1, cost: UInt128.max)
    for (index, time) in nanoseconds.enumerated() {
      let cost = UInt128(index + 1) * UInt128(time.magnitude) * UInt128(time.magnitude)
      if cost < best.cost { best = (index + 1, cost) }
    }
    return best.count
  }
}
