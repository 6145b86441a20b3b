import ClusterBroker
import ClusterSimulator

/// How long one kind of event kept the processor, each time.
///
/// The processor time, so that what else runs on the machine does not count.
struct Timings {
  private var durations: [Duration] = []

  /// Times the handling of an event; for one that places several jobs, counts the time of one placement.
  @discardableResult
  mutating func time(_ body: () throws -> [BrokerAction]) rethrows -> [BrokerAction] {
    let start = ThisProcess.processorTime
    let actions = try body()
    let duration = ThisProcess.processorTime - start
    let placements = actions.count { if case .persist(.owned, _) = $0 { true } else { false } }
    durations.append(duration / max(1, placements))
    return actions
  }

  mutating func append(_ other: Timings) { durations += other.durations }

  /// Median, 99th percentile (nearest rank), greatest and mean, in microseconds.
  func line(_ name: String) -> String {
    guard let statistics = ResponseStatistics(of: durations) else { return "\(name): none" }
    func text(_ duration: Duration) -> String { Figures.text(duration / .microseconds(1)) }
    let columns = [
      "\(durations.count) times", "p50 \(text(statistics.median))", "p99 \(text(statistics.p99))",
      "max \(text(statistics.max))", "mean \(text(statistics.mean)) us",
    ]
    let padding = String(repeating: " ", count: max(0, 34 - name.count))
    return name + padding + columns.joined(separator: "  ")
  }
}
