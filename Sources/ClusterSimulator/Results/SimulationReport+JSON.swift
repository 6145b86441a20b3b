extension SimulationReport {
  /// The report as JSON, times in seconds: a line for each policy and each job, the same bytes for the same report.
  ///
  /// A policy without jobs has the response `null`. O(jobs log jobs).
  public var json: String {
    var text = "{\"trace\": \(quoted(trace)), \"board\": \(quoted(board)), \"policies\": ["
    for (index, policy) in policies.enumerated() {
      text += index == 0 ? "\n" : ",\n"
      append(policy, to: &text)
    }
    text += policies.isEmpty ? "]}\n" : "\n]}\n"
    return text
  }

  private func append(_ policy: PolicyReport, to text: inout String) {
    text += "  {\"policy\": \(quoted(policy.policy)), \"response\": \(figures(policy.response))"
    text += ", \"configurations\": \(policy.configurations)"
    text += ", \"slotUtilisation\": \(DecimalText.fraction(policy.slotUtilisation, scale: 6)), \"jobs\": ["
    for (index, job) in policy.jobs.enumerated() {
      text += index == 0 ? "\n" : ",\n"
      text += "    {\"sequence\": \(job.sequence), \"index\": \(job.index), \"application\": \(quoted(job.application))"
      text += ", \"batch\": \(job.batch), \"arrival\": \(DecimalText.seconds(job.arrival))"
      text += ", \"end\": \(DecimalText.seconds(job.end)), \"response\": \(DecimalText.seconds(job.response))}"
    }
    text += policy.jobs.isEmpty ? "]}" : "\n  ]}"
  }

  private func figures(_ response: ResponseStatistics?) -> String {
    guard let response else { return "null" }
    let figures = [
      ("mean", response.mean), ("median", response.median), ("p95", response.p95), ("p99", response.p99),
      ("max", response.max),
    ]
    return "{" + figures.map { "\"\($0)\": \(DecimalText.seconds($1))" }.joined(separator: ", ") + "}"
  }

  /// A text in quotes, escaped as RFC 8259 section 7 demands.
  private func quoted(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += ["\\", scalar]
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        out += "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".unicodeScalars
      default: out.append(scalar)
      }
    }
    return "\"\(String(out))\""
  }
}
