internal import Fabric

extension BrokerCore {
  /// Where the indexes differ from what they follow from, in words; for tests.
  ///
  /// O(jobs x boards).
  package var indexFaults: [String] {
    var faults: [String] = []
    for id in ledger.open {
      guard let job = ledger[id] else { continue }
      let (found, best) = (choice(for: job), placement(of: job).choice)
      if found != best { faults.append("\(id) would go to \(found as Any), not to \(best as Any)") }
      if job.phase.isQueued, let best { faults.append("\(id) waits, but \(best) could take it") }
    }
    for (board, member) in members.pairs {
      let candidate = candidate(member)
      let load = index.load(of: board)
      if load.jobCount != candidate.jobCount
        || member.descriptor.memoryByteCount - load.ringByteCount != candidate.freeByteCount
        || Double(load.remainingMicroseconds) != candidate.remainingMicroseconds
      {
        faults.append("\(board) has \(candidate), not \(load)")
      }
      if deadlines[.lease(board)] != member.lease.end { faults.append("the lease of \(board) is not watched") }
    }
    let waiting = index.waiting.lines.values.flatMap { Array($0.elements) }.sorted()
    if waiting != ledger.queue { faults.append("\(waiting) wait, not \(ledger.queue)") }
    return faults
  }
}
