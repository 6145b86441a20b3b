/// A lower bound on the makespan of every way to go on from a partial order.
///
/// It is the largest of three: no port or slot serves the elements left sooner than these numbers let it (paths); all slots together
/// have to hold the work left (area); and m elements that wait for the same item on k slots take ceil(m / k) turns (waves).
struct SlotOrderBound {
  private let model: PipelineModel
  private let graph: PipelineGraph
  private let slotCount: Int
  /// For each element, the earliest that its input, its first and its last item can be there.
  private var heads: [Int64]
  private var firsts: [Int64]
  private var lasts: [Int64]

  init(_ model: PipelineModel, _ graph: PipelineGraph, slotCount: Int) {
    self.model = model
    self.graph = graph
    self.slotCount = slotCount
    let zeros = Array(repeating: Int64(0), count: model.elements.count)
    (heads, firsts, lasts) = (zeros, zeros, zeros)
  }

  /// The bound once the elements of `placed`, `count` of them, have the times given.
  ///
  /// O(elements + edges).
  mutating func bound(_ times: PipelineTimes, placed: UInt64, count: Int) -> Int64 {
    var bound = max(times.end(afterPlacing: count), area(times, placed, count))
    var sinks: [Int] = []
    for (index, element) in model.elements.enumerated() {
      if placed.has(index) {
        (firsts[index], lasts[index]) = (times.firstItem(of: index), times.lastItem(of: index))
      } else {
        extendPath(to: index, element, times, placed, count)
        bound = max(bound, lasts[index])
        if graph.successors[index] == 0 { sinks.append(index) }
      }
    }
    return max(bound, wave(of: sinks, placed).last)
  }

  private mutating func extendPath(
    to index: Int, _ element: PipelineModel.Element, _ times: PipelineTimes, _ placed: UInt64, _ count: Int
  ) {
    // In a topological order this element's turn comes after those of its ancestors.
    let turn = (graph.ancestors[index] & ~placed).nonzeroBitCount
    let given = max(times.portFree(afterPlacing: count), times.release(0, afterPlacing: count))
    let configured = given + Int64(turn + 1) * model.nanosecondsPerConfiguration
    let wave = wave(of: element.predecessors, placed)
    var head = max(configured, wave.first)
    var lastInput = max(head, wave.last)
    for predecessor in element.predecessors {
      head = max(head, firsts[predecessor])
      lastInput = max(lastInput, lasts[predecessor])
    }
    let launch = element.nanosecondsPerLaunch
    let drain = Int64(element.stageCount - 1) * launch
    heads[index] = head
    firsts[index] = head + launch + drain
    lasts[index] = max(head + Int64(model.itemCount) * launch, lastInput + launch) + drain
  }

  /// When the last of some elements can have handed on its first and its last item, from their turns alone.
  ///
  /// One slot serves at least ceil(m / k) of the m elements that are not placed, one after the other, and between two of them it is
  /// configured; none works before the earliest has input.
  private func wave(of elements: [Int], _ placed: UInt64) -> (first: Int64, last: Int64) {
    var (count, head, shortest, sum) = (0, Int64.max, Int64.max, Int64(0))
    for element in elements where !placed.has(element) {
      count += 1
      head = min(head, heads[element])
      shortest = min(shortest, graph.work[element])
      sum += graph.work[element]
    }
    guard count > 0 else { return (0, 0) }
    let configuration = model.nanosecondsPerConfiguration
    let turns = Int64((count + slotCount - 1) / slotCount)
    let shared = (sum + Int64(max(0, count - slotCount)) * configuration) / Int64(slotCount)
    let before = (turns - 1) * (shortest + configuration)
    return (head + before, head + max(before + shortest, shared))
  }

  /// From when each slot can be given on, the slots' time has to hold all configurations and launches left.
  private func area(_ times: PipelineTimes, _ placed: UInt64, _ count: Int) -> Int64 {
    let left = model.elements.count - count
    guard left > 0 else { return 0 }
    var sum = Int64(left) * model.nanosecondsPerConfiguration
    for index in model.elements.indices where !placed.has(index) { sum += graph.work[index] }
    for rank in 0..<slotCount {
      let port = times.portFree(afterPlacing: count) + Int64(min(rank, left)) * model.nanosecondsPerConfiguration
      sum += max(times.release(rank, afterPlacing: count), port)
    }
    return (sum + Int64(slotCount) - 1) / Int64(slotCount)
  }
}
