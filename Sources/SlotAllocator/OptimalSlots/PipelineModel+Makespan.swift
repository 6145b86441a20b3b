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
