internal import Fabric

extension SimulationReport {
  /// The report as JSON, times in seconds: a line for each policy and each job, the same bytes for the same report.
  ///
  /// A policy without jobs has the response `null`. O(jobs log jobs).
  public var json: String {
    var text = "{\"trace\": \(JSONValue.quoted(trace)), \"board\": \(JSONValue.quoted(board)), \"policies\": ["
    for (index, policy) in policies.enumerated() {
      text += index == 0 ? "\n" : ",\n"
      append(policy, to: &text)
    }
    text += policies.isEmpty ? "]}\n" : "\n]}\n"
    return text
  }

  private func append(_ policy: PolicyReport, to text: inout String) {
    text += "  {\"policy\": \(JSONValue.quoted(policy.policy)), \"response\": \(policy.response?.json ?? "null")"
    text += ", \"configurations\": \(policy.configurations)"
    text += ", \"slotUtilisation\": \(DecimalText.fraction(policy.slotUtilisation, scale: 6)), \"jobs\": ["
    for (index, job) in policy.jobs.enumerated() {
      text += index == 0 ? "\n" : ",\n"
      text += "    {\"sequence\": \(job.sequence), \"index\": \(job.index)"
      text += ", \"application\": \(JSONValue.quoted(job.application)), \"batch\": \(job.batch)"
      text += ", \"arrival\": \(DecimalText.seconds(job.arrival)), \"end\": \(DecimalText.seconds(job.end))"
      text += ", \"response\": \(DecimalText.seconds(job.response))}"
    }
    text += policy.jobs.isEmpty ? "]}" : "\n  ]}"
  }
}
