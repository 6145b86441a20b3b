extension ClusterSummary {
  /// The summary as one JSON object, times in seconds; the same bytes for the same summary.
  ///
  /// Without a completed job the response is `null`.
  public var json: String {
    let counts = [
      ("boards", boards), ("jobs", jobs), ("items", items), ("completed", completed), ("failed", failed),
      ("refused", refused), ("retries", retries), ("configurations", configurations), ("itemEvents", itemEvents),
      ("placements", placements), ("events", events),
    ]
    var members = counts.map { "\"\($0)\": \($1)" }
    members.insert("\"seed\": \(seed)", at: 1)
    members.append("\"virtualDuration\": \(DecimalText.seconds(virtualDuration))")
    members.append("\"response\": \(responseText)")
    return "{\(members.joined(separator: ", "))}\n"
  }

  private var responseText: String {
    guard let responses else { return "null" }
    let figures = [
      ("mean", responses.mean), ("median", responses.median), ("p95", responses.p95), ("p99", responses.p99),
      ("max", responses.max),
    ]
    return "{" + figures.map { "\"\($0)\": \(DecimalText.seconds($1))" }.joined(separator: ", ") + "}"
  }
}
