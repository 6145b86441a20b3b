import ClusterBroker
import Glibc

/// How long one kind of event kept the processor, each time.
///
/// The thread's processor time, so that what else runs on the machine does not count.
struct Timings {
  private var durations: [Duration] = []

  /// Times the handling of an event; for one that places several jobs, counts the time of one placement.
  @discardableResult
  mutating func time(_ body: () throws -> [BrokerAction]) rethrows -> [BrokerAction] {
    let start = Self.processorTime()
    let actions = try body()
    let duration = Self.processorTime() - start
    let placements = actions.count { if case .persist(.owned, _) = $0 { true } else { false } }
    durations.append(duration / max(1, placements))
    return actions
  }

  private static func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  mutating func append(_ other: Timings) { durations += other.durations }

  /// Median, 99th percentile (nearest rank), greatest and mean, in microseconds.
  func line(_ name: String) -> String {
    let sorted = durations.sorted()
    guard let last = sorted.last else { return "\(name): none" }
    let total = sorted.reduce(Duration.zero, +)
    let columns = [
      "\(sorted.count) times", "p50 \(Self.text(sorted[rank(50)]))", "p99 \(Self.text(sorted[rank(99)]))",
      "max \(Self.text(last))", "mean \(Self.text(total / sorted.count)) us",
    ]
    let padding = String(repeating: " ", count: max(0, 34 - name.count))
    return name + padding + columns.joined(separator: "  ")
  }

  private func rank(_ percent: Int) -> Int { max(0, (durations.count * percent + 99) / 100 - 1) }

  /// Microseconds with two digits.
  private static func text(_ duration: Duration) -> String {
    let hundredths = duration.components.seconds * 100_000_000 + duration.components.attoseconds / 10_000_000_000
    let fraction = String(hundredths % 100)
    return "\(hundredths / 100).\(fraction.count < 2 ? "0" : "")\(fraction)"
  }
}
