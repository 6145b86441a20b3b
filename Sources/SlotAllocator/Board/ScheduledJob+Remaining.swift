internal import Fabric

extension ScheduledJob {
  /// Counts what is left from the flow, the durations and the ``cover``; O(tasks + edges).
  package func countedRemaining() -> RemainingWork {
    var counted = RemainingWork()
    for task in 0..<taskCount { counted.slotSeconds += taskSeconds(task) * Double(itemCount - flow.finished(task)) }
    var ends = [Double](repeating: 0, count: flow.application.edges.count)
    for index in cover {
      var end = 0.0
      for part in stages[index].parts { for port in part.inputs { end = max(end, ends[port.edge]) } }
      for task in stages[index].tasks where flow.finished(task) < itemCount { end += taskSeconds(task) }
      for part in stages[index].parts { for port in part.outputs { ends[port.edge] = end } }
      counted.chainSeconds = max(counted.chainSeconds, end)
    }
    return counted
  }
}
