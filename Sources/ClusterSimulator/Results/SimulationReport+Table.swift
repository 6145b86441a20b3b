extension SimulationReport {
  /// The report for people: a line for each policy below one that names the columns.
  public var table: String {
    var rows = [
      ["policy", "jobs", "mean", "median", "p95", "p99", "max", "configurations", "slots busy"]
    ]
    rows += policies.map(cells)
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var text = "\(printable(trace)) on \(printable(board)); responses in seconds\n"
    for row in rows {
      let padded = zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + space : space + cell.0
      }
      text += padded.joined(separator: "  ") + "\n"
    }
    return text
  }

  private func cells(_ policy: PolicyReport) -> [String] {
    let times: [String] =
      policy.response.map { [$0.mean, $0.median, $0.p95, $0.p99, $0.max].map(DecimalText.milliseconds) }
      ?? Array(repeating: "-", count: 5)
    let busy = DecimalText.fraction(policy.slotUtilisation, scale: 3)
    return [printable(policy.policy), "\(policy.jobs.count)"] + times + ["\(policy.configurations)", busy]
  }

  /// The text with a `?` for each control character, which could steer a terminal.
  private func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }
}
