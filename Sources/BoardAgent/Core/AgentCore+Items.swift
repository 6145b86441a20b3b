internal import Fabric
internal import Messages
internal import Migration
internal import SlotAllocator

/// A job's bytes: memory, inputs in, results out, checkpoints.
extension AgentCore {
  mutating func allocated(
    _ execution: JobEpoch, _ outcome: Outcome<Nothing>, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    guard var job = job(execution) else { return }
    if case .failure(let refusal) = outcome {
      return handBack(execution, cause: .board, reason: refusal, into: &actions)
    }
    switch job.phase {
    case .reserved(var destination):
      try AgentError.wrap { () throws(MigrationError) in try destination.reserved() }
      withJob(execution) { $0.phase = .reserved(destination) }
      scheduler.admit(
        execution, priority: job.request.priority, plans: job.plans, flow: job.initialFlow, isReserved: true)
    case .allocating: begin(&job, replacing: nil, into: &actions)
    case .restoring, .running, .migrating: break
    }
  }

  /// Memory is there: restore what the checkpoint carries, then run.
  mutating func begin(_ job: inout AgentJob, replacing reservation: JobEpoch?, into actions: inout Actions<AgentAction>)
  {
    let needed = job.neededItems
    job.phase = needed.isEmpty ? .running : .restoring
    let begun = job
    withJob(job.execution) { $0 = begun }
    scheduler.admit(
      job.execution, priority: job.request.priority, plans: job.plans, flow: job.initialFlow,
      isReserved: !needed.isEmpty, replacing: reservation)
    if !needed.isEmpty { actions.append(.restore(job.execution, needed)) }
  }

  mutating func restored(_ execution: JobEpoch, _ outcome: Outcome<Nothing>, into actions: inout Actions<AgentAction>) {
    guard let job = job(execution), case .restoring = job.phase else { return }
    switch outcome {
    case .failure(let refusal): handBack(execution, cause: .board, reason: refusal, into: &actions)
    case .success:
      withJob(execution) { $0.phase = .running }
      scheduler.run(execution)
    }
  }

  /// Starts what can be moved: one input in and one result out of each job at a time.
  mutating func moveItems(into actions: inout Actions<AgentAction>) {
    for job in jobs {
      guard case .running = job.phase, let flow = scheduler.flow(of: job.execution) else { continue }
      if !job.isLoading, let item = flow.nextLoad, let edge = flow.application.inputEdge {
        withJob(job.execution) { $0.isLoading = true }
        let place = RingItem(edge: edge.name, item: item, ringIndex: item % flow.capacity)
        actions.append(.load(job.execution, place, job.request.inputs[item]))
      }
      if !job.isStoring, let edge = flow.application.outputEdge, job.nextStore < flow.produced(edge) {
        withJob(job.execution) { $0.isStoring = true }
        let place = RingItem(edge: edge.name, item: job.nextStore, ringIndex: job.nextStore % flow.capacity)
        actions.append(
          .store(job.execution, place, byteCount: flow.byteCount(of: job.nextStore, on: edge.name)))
      }
    }
  }

  mutating func loaded(_ execution: JobEpoch, _ outcome: Outcome<Int>, into actions: inout Actions<AgentAction>) {
    withJob(execution) { $0.isLoading = false }
    switch outcome {
    case .success(let byteCount): scheduler.itemLoaded(execution, byteCount: byteCount)
    case .failure(let refusal): handBack(execution, cause: .board, reason: refusal, into: &actions)
    }
  }

  mutating func stored(
    _ execution: JobEpoch, item: Int, _ outcome: Outcome<BlobReference>, into actions: inout Actions<AgentAction>
  ) {
    withJob(execution) { $0.isStoring = false }
    switch outcome {
    case .failure(let refusal): handBack(execution, cause: .board, reason: refusal, into: &actions)
    case .success(let result):
      withJob(execution) { if $0.nextStore == item { $0.results.append(result) } }
      if let job = job(execution), item < job.nextStore, item >= job.committed {
        tellResult(item, of: job, into: &actions)
      }
    }
  }

  // MARK: Small steps

  func job(_ execution: JobEpoch) -> AgentJob? { jobs.first { $0.execution == execution } }

  mutating func withJob(_ execution: JobEpoch, _ body: (inout AgentJob) -> Void) {
    guard let index = jobs.firstIndex(where: { $0.execution == execution }) else { return }
    body(&jobs[index])
  }
}

extension AgentJob {
  /// Where the job's items are when it begins.
  var initialFlow: JobFlow {
    JobFlow(
      application: request.application, itemCount: request.inputs.count, checkpoint: checkpoint, committed: committed)
  }

  /// The board memory that the job needs.
  var rings: [Ring] {
    let flow = initialFlow
    return request.application.edges.map {
      Ring(edge: $0.name, capacity: flow.capacity, byteCount: $0.maximumByteCount)
    }
  }

  /// The checkpoint's items that are still needed: a result that was committed meanwhile is not.
  var neededItems: [SavedItem] {
    let flow = initialFlow
    return checkpoint.items.filter { saved in
      request.application.edges.first { $0.name == saved.edge }.map { saved.item >= flow.consumed($0) } ?? false
    }
  }
}
