import ClusterSimulator
import Foundation
import Testing

@Suite struct ReportTests {
  @Test func `percentiles are nearest rank`() throws {
    let twenty = try #require(ResponseStatistics(of: (1...20).reversed().map { .seconds($0) }))
    #expect(twenty.mean == .milliseconds(10_500))
    #expect(twenty.median == .seconds(10))
    #expect(twenty.p95 == .seconds(19))
    #expect(twenty.p99 == .seconds(20))
    #expect(twenty.max == .seconds(20))
    let many = try #require(ResponseStatistics(of: (1...101).map { .seconds($0) }))
    #expect(many.median == .seconds(51))
    #expect(many.p95 == .seconds(96))
    #expect(many.p99 == .seconds(100))
    let one = try #require(ResponseStatistics(of: [.seconds(7)]))
    #expect([one.mean, one.median, one.p95, one.p99, one.max] == Array(repeating: .seconds(7), count: 5))
    #expect(ResponseStatistics(of: []) == nil)
  }

  @Test func `a mean is rounded to the nearest nanosecond and does not overflow`() {
    #expect(ResponseStatistics(of: [.nanoseconds(1), .nanoseconds(2)])?.mean == .nanoseconds(2))
    #expect(ResponseStatistics(of: [.nanoseconds(1), .nanoseconds(1), .nanoseconds(2)])?.mean == .nanoseconds(1))
    let long = Duration.nanoseconds(Int64.max)
    #expect(ResponseStatistics(of: [long, long, long])?.mean == long)
  }

  @Test func `JSON has the documented keys in their order`() {
    #expect(
      SimulationReport.small.json == """
        {"trace": "two \\"runs\\"", "board": "zcu106-10-little", "policies": [
          {"policy": "fcfs", "response": {"mean": 2.066666667, "median": 1.25, "p95": 3.95, "p99": 3.95, "max": 3.95}, \
        "configurations": 3, "slotUtilisation": 0.622500, "jobs": [
            {"sequence": 0, "index": 0, "application": "lenet", "batch": 30, "arrival": 0, "end": 1.25, "response": 1.25},
            {"sequence": 0, "index": 1, "application": "a<b>&\\"c\\"", "batch": 1, "arrival": 0.05, "end": 4, \
        "response": 3.95},
            {"sequence": 1, "index": 0, "application": "lenet", "batch": 2, "arrival": 0, "end": 1.000000001, \
        "response": 1.000000001}
          ]},
          {"policy": "tessera", "response": null, "configurations": 0, "slotUtilisation": 0.000000, "jobs": []}
        ]}

        """)
  }

  @Test func `JSON is read back by others, whatever the names`() throws {
    var report = SimulationReport.small
    report.trace = "line\nfeed, \u{0}, \u{1F}, \\, \" and \u{1F600}"
    report.policies[0].slotUtilisation = .nan
    let read = try #require(JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    #expect(read["trace"] as? String == report.trace)
    let policies = try #require(read["policies"] as? [[String: Any]])
    #expect(policies[0]["slotUtilisation"] as? Double == 0)
    report.policies = []
    _ = try JSONSerialization.jsonObject(with: Data(report.json.utf8))
  }

  @Test func `the table has a line for each policy`() {
    var report = SimulationReport.small
    report.trace = "t\u{1B}[2J"
    #expect(
      report.table == """
        t?[2J on zcu106-10-little; responses in seconds
        policy   jobs   mean  median    p95    p99    max  configurations  slots busy
        fcfs        3  2.067   1.250  3.950  3.950  3.950               3       0.623
        tessera     0      -       -      -      -      -               0       0.000

        """)
  }
}
