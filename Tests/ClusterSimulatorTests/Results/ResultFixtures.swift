import ClusterSimulator
import Fabric

extension SimulationReport {
  /// Two policies and a name that wants escaping.
  static var small: SimulationReport {
    let jobs = [
      PolicyReport.Job(
        sequence: 0, index: 0, application: "lenet", batch: 30, arrival: .zero, end: .milliseconds(1_250)),
      PolicyReport.Job(
        sequence: 0, index: 1, application: "a<b>&\"c\"", batch: 1, arrival: .milliseconds(50), end: .seconds(4)),
      PolicyReport.Job(
        sequence: 1, index: 0, application: "lenet", batch: 2, arrival: .zero, end: .nanoseconds(1_000_000_001)),
    ]
    let spans = [
      span(slot: 0, .configuring, "lenet", 0, 90), span(slot: 0, .running, "lenet", 90, 1_250),
      span(slot: 1, .configuring, "a<b>&\"c\"", 90, 180), span(slot: 1, .running, "a<b>&\"c\"", 180, 4_000),
      span(sequence: 1, slot: 0, .running, "lenet", 90, 9_000),
    ]
    return SimulationReport(
      trace: "two \"runs\"", board: "zcu106-10-little",
      policies: [
        PolicyReport(policy: "fcfs", jobs: jobs, configurations: 3, slotUtilisation: 0.6225, spans: spans),
        PolicyReport(policy: "tessera", jobs: [], configurations: 0, slotUtilisation: 0),
      ])
  }

  static func span(
    sequence: Int = 0, slot: Int, _ kind: PolicyReport.Span.Kind, _ application: String, _ begin: Int, _ end: Int
  ) -> PolicyReport.Span {
    PolicyReport.Span(
      sequence: sequence, slot: SlotID(rawValue: slot), kind: kind, application: application,
      begin: .milliseconds(begin), end: .milliseconds(end))
  }
}
