extension ResponseStatistics {
  /// One JSON object, in seconds.
  var json: String {
    let figures = [("mean", mean), ("median", median), ("p95", p95), ("p99", p99), ("max", max)]
    return "{" + figures.map { "\"\($0)\": \(DecimalText.seconds($1))" }.joined(separator: ", ") + "}"
  }
}
