internal import Fabric

/// Branch and bound over the orders in which a model's elements get slots, longest remaining path first.
struct SlotOrderSearch {
  private let model: PipelineModel
  private let graph: PipelineGraph
  private let longestPathFirst: [Int]
  private let slotCount: Int
  private let limit: Int
  private var times: PipelineTimes
  private var bounds: SlotOrderBound
  private var order: [Int] = []
  private var best: (makespan: Int64, order: [Int]) = (.max, [])
  /// The least bound of what was not looked at because of the limit.
  private var leastSkipped = Int64.max
  private var visited = 0
  /// For each set of elements placed, states that were looked at; one that is nowhere earlier than one of them is not.
  private var seen: [UInt64: [[Int64]]] = [:]

  /// How many states are kept for one set; further ones are looked at again.
  private static let maximumStatesPerSet = 16

  init(_ model: PipelineModel, slotCount: Int, limit: Int) {
    let graph = PipelineGraph(model)
    self.model = model
    self.graph = graph
    self.longestPathFirst = graph.tails.indices.sorted { (graph.tails[$1], $0) < (graph.tails[$0], $1) }
    self.slotCount = slotCount
    self.limit = limit
    self.times = PipelineTimes(model, slotCount: slotCount)
    self.bounds = SlotOrderBound(model, graph, slotCount: slotCount)
  }

  mutating func run(startingFrom knownOrder: [Int]?) -> Makespan {
    if let knownOrder, isTopological(knownOrder) { adopt(knownOrder) }
    goOn(placed: 0)
    return Makespan(
      duration: .nanoseconds(best.makespan), lowerBound: .nanoseconds(min(best.makespan, leastSkipped)),
      order: best.order)
  }

  private mutating func adopt(_ known: [Int]) {
    for (count, element) in known.enumerated() { times.place(element, afterPlacing: count) }
    best = (times.end(afterPlacing: known.count), known)
  }

  private func isTopological(_ order: [Int]) -> Bool {
    var placed: UInt64 = 0
    for element in order {
      guard model.elements.indices.contains(element), !placed.has(element) else { return false }
      guard graph.ancestors[element] & ~placed == 0 else { return false }
      placed |= 1 << UInt64(element)
    }
    return order.count == model.elements.count
  }

  private mutating func goOn(placed: UInt64) {
    let count = order.count
    guard times.end(afterPlacing: count) < best.makespan else { return }
    guard count < model.elements.count else {
      best = (times.end(afterPlacing: count), order)
      return
    }
    let candidates = candidates(placed)
    guard candidates.count == 1 || isWorthBranching(placed, count) else { return }
    for element in candidates {
      times.place(element, afterPlacing: count)
      order.append(element)
      goOn(placed: placed | 1 << UInt64(element))
      order.removeLast()
    }
  }

  private mutating func isWorthBranching(_ placed: UInt64, _ count: Int) -> Bool {
    let bound = bounds.bound(times, placed: placed, count: count)
    guard bound < best.makespan else { return false }
    guard best.makespan == .max || visited < limit else {
      leastSkipped = min(leastSkipped, bound)
      return false
    }
    visited += 1
    return !isDominated(placed, count)
  }

  /// What can be placed next, the longest path to an end first.
  private func candidates(_ placed: UInt64) -> [Int] {
    longestPathFirst.filter { !placed.has($0) && graph.required[$0] & ~placed == 0 }
  }

  private mutating func isDominated(_ placed: UInt64, _ count: Int) -> Bool {
    let state = times.state(afterPlacing: count) { placed.has($0) && graph.successors[$0] & ~placed != 0 }
    let known = seen[placed, default: []]
    if known.contains(where: { zip($0, state).allSatisfy { $0 <= $1 } }) { return true }
    let kept = known.filter { !zip(state, $0).allSatisfy { $0 <= $1 } }
    seen[placed] = (kept.count < Self.maximumStatesPerSet ? kept : Array(kept.dropFirst())) + [state]
    return false
  }
}
