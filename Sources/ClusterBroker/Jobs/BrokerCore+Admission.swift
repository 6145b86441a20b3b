internal import Digests
internal import Fabric
internal import Messages

extension BrokerCore {
  /// How many digests a refusal for missing inputs lists.
  private static let listedDigests = 8

  /// Admits a job and answers with its number once that is durable; the same submission again gets the same answer.
  mutating func admit(
    _ submit: Submit, request: UInt64, from peer: Peer, at now: WallInstant, into actions: inout Actions<BrokerAction>
  ) throws(BrokerError) {
    let key = SubmissionKey(tenant: submit.request.tenant, text: submit.idempotencyKey)
    if let job = ledger.job(under: key) {
      guard job.request == submit.request else {
        return refuse(.idempotencyConflict(key: key.text, job: job.id), request: request, to: peer, into: &actions)
      }
      let answer = Envelope(.submitted(job.id), request: request)
      return actions.append(.send(answer, to: peer, after: job.submitted))
    }
    if let refusal = refusal(of: submit, at: now) { return refuse(refusal, request: request, to: peer, into: &actions) }
    let id = ledger.nextJob
    try persist(.submitted(id, idempotencyKey: submit.idempotencyKey, submit.request), into: &actions)
    send(.submitted(id), request: request, to: peer, into: &actions)
    while ledger.knownCount > configuration.retainedJobs, let oldest = ledger.oldestEnded {
      try persist(.forgotten(oldest), into: &actions)
    }
  }

  /// Why a submission is not admitted.
  private func refusal(of submit: Submit, at now: WallInstant) -> BrokerError? {
    if let fault = submit.fault { return .badRequest(fault) }
    guard ledger.openCount < configuration.openJobs else { return .queueFull(limit: configuration.openJobs) }
    guard !isBusy else { return .busy(limit: configuration.unsyncedRecords) }
    let missing = submit.request.inputs.filter { !blobs.contains($0) }
    guard missing.isEmpty else {
      return .missingInputs(count: missing.count, first: missing.prefix(Self.listedDigests).map(\.digest))
    }
    let job = submit.request
    guard let lack = gap(in: job.application) ?? shortage(for: job) else { return nil }
    return isRestarting(at: now) ? .starting : lack
  }

  /// Why the first task that no known board covers is covered by none: O(1) for an application that is known and covered, else O(different
  /// sets of images).
  ///
  /// That no single board covers all of them is no reason to refuse: such a board may come.
  private func gap(in application: Application) -> BrokerError? {
    if let key = ledger.applications.key(of: application), index.isCovered(key) { return nil }
    let start = Progress(of: application, finished: 0)
    let coverages = index.coverages
    var uncovered = application.tasks
    for coverage in coverages where !uncovered.isEmpty {
      let missing = Set(coverage.uncovered(in: application, at: start).map(\.name))
      uncovered.removeAll { !missing.contains($0.name) }
    }
    guard let task = uncovered.first else { return nil }
    for coverage in coverages {
      if case .wrongArguments(let mismatch) = coverage.gap(at: task, in: application) {
        return .wrongArguments(mismatch)
      }
    }
    return .noImage(task.kernel)
  }

  /// That no known board could hold the job even if it were empty.
  private func shortage(for request: JobRequest) -> BrokerError? {
    let needed = request.application.ringByteCount(itemCount: request.inputs.count)
    let largest = index.largestMemoryByteCount
    return needed > largest ? .noMemory(needed: needed, largest: largest) : nil
  }
}

extension Submit {
  /// What is wrong with the submission itself.
  fileprivate var fault: String? {
    let keyByteCount = idempotencyKey.utf8.count
    guard (1...MessageLimits.idempotencyKeyByteCount).contains(keyByteCount) else {
      return "the idempotency key has \(keyByteCount) bytes, not 1 to \(MessageLimits.idempotencyKeyByteCount)"
    }
    guard (1...Limits.itemsPerBatch).contains(request.inputs.count) else {
      return "the batch has \(request.inputs.count) items, not 1 to \(Limits.itemsPerBatch)"
    }
    guard (1...9).contains(request.priority) else { return "the priority is \(request.priority), not 1 to 9" }
    let limit = request.application.inputEdge?.maximumByteCount ?? 0
    if let item = request.inputs.firstIndex(where: { $0.byteCount > limit }) {
      return "item \(item) has \(request.inputs[item].byteCount) bytes, the application takes \(limit)"
    }
    return nil
  }
}
