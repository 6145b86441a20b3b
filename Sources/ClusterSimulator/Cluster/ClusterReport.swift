internal import Fabric

/// What clusters did with a trace, as it is printed.
public struct ClusterReport: Sendable, Hashable {
  /// The trace's name, as its user spells it.
  public let trace: String
  /// The board descriptor's name, as its user spells it.
  public let board: String
  public let policy: String
  /// The runs that the summary is over.
  public let sequences: Int
  public let summary: ClusterSummary

  public init(trace: String, board: String, policy: String, sequences: Int, summary: ClusterSummary) {
    self.trace = trace
    self.board = board
    self.policy = policy
    self.sequences = sequences
    self.summary = summary
  }

  /// One JSON object; the same bytes for the same report.
  public var json: String {
    "{\"trace\": \(JSONValue.quoted(trace)), \"board\": \(JSONValue.quoted(board)), \"policy\": \(JSONValue.quoted(policy)), "
      + "\"sequences\": \(sequences), \"summary\": \(summary.json.dropLast())}\n"
  }

  /// The report for people, a line for each figure.
  public var table: String {
    var rows = [
      ("boards", "\(summary.boards)"), ("sequences", "\(sequences)"), ("jobs", "\(summary.jobs)"),
      ("completed", "\(summary.completed)"), ("failed", "\(summary.failed)"), ("refused", "\(summary.refused)"),
      ("items", "\(summary.items)"), ("item events", "\(summary.itemEvents)"),
      ("configurations", "\(summary.configurations)"), ("placements", "\(summary.placements)"),
      ("virtual s", DecimalText.milliseconds(summary.virtualDuration)),
    ]
    if let responses = summary.responses {
      rows += [
        ("mean s", responses.mean), ("median s", responses.median), ("p95 s", responses.p95), ("p99 s", responses.p99),
        ("max s", responses.max),
      ].map { ($0, DecimalText.milliseconds($1)) }
    }
    let width = rows.map(\.0.count).max() ?? 0
    let lines = rows.map { name, figure in name + String(repeating: " ", count: width - name.count + 2) + figure }
    return (["\(policy) on boards of \(board)"] + lines).map { $0 + "\n" }.joined()
  }
}
