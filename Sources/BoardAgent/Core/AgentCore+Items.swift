internal import Fabric
internal import Messages
internal import Migration
internal import Reconfig
internal import SlotAllocator

/// A job's bytes: memory, inputs in, results out, checkpoints.
extension AgentCore {
  mutating func allocated(
    _ execution: JobEpoch, _ outcome: Outcome<Nothing>, at now: Now, into actions: inout Actions<AgentAction>
  ) throws(AgentError) {
    guard let job = job(execution) else { return }
    if case .failure(let refusal) = outcome {
      return handBack(execution, cause: .board, reason: refusal, into: &actions)
    }
    switch job.phase {
    case .reserved(var destination):
      try AgentError.wrap { () throws(MigrationError) in try destination.reserved() }
      withJob(execution) { $0.phase = .reserved(destination) }
      admit(job, flow: job.initialFlow, isReserved: true, at: now.board)
    case .allocating: begin(job, replacing: nil, at: now.board, into: &actions)
    case .restoring, .running, .migrating: break
    }
  }

  private mutating func admit(
    _ job: AgentJob, flow: JobFlow, isReserved: Bool, replacing reservation: JobEpoch? = nil, at now: BoardInstant
  ) {
    scheduler.admit(
      job.execution, priority: job.request.priority, tenant: job.request.tenant, stages: job.stages, flow: flow,
      isReserved: isReserved, replacing: reservation, at: now)
  }

  /// Memory is there: restore what the checkpoint carries, then run.
  mutating func begin(
    _ job: AgentJob, replacing reservation: JobEpoch?, at now: BoardInstant, into actions: inout Actions<AgentAction>
  ) {
    let flow = job.initialFlow
    let needed = job.neededItems(at: flow)
    withJob(job.execution) { $0.phase = needed.isEmpty ? .running : .restoring }
    admit(job, flow: flow, isReserved: !needed.isEmpty, replacing: reservation, at: now)
    if needed.isEmpty {
      moveItems(of: job.execution, into: &actions)
    } else {
      actions.append(.restore(job.execution, needed))
    }
  }

  mutating func restored(_ execution: JobEpoch, _ outcome: Outcome<Nothing>, into actions: inout Actions<AgentAction>) {
    guard let job = job(execution), case .restoring = job.phase else { return }
    switch outcome {
    case .failure(let refusal): handBack(execution, cause: .board, reason: refusal, into: &actions)
    case .success:
      withJob(execution) { $0.phase = .running }
      scheduler.run(execution)
      moveItems(of: execution, into: &actions)
    }
  }

  /// Starts what can be moved of a job: one input in and one result out at a time.
  ///
  /// Called after each event that can make it possible: the job runs, a move or a launch has ended, a result is needed again.
  mutating func moveItems(of execution: JobEpoch, into actions: inout Actions<AgentAction>) {
    guard let index = position(of: execution), jobs[index].isRunning, let flow = scheduler.flow(of: execution) else {
      return
    }
    if !jobs[index].isLoading, let item = flow.nextLoad, let edge = flow.inputEdge {
      jobs[index].isLoading = true
      actions.append(.load(execution, flow.place(of: item, on: edge), jobs[index].request.inputs[item]))
    }
    let result = jobs[index].nextStore
    if !jobs[index].isStoring, result < flow.resultCount, let edge = flow.outputEdge {
      jobs[index].isStoring = true
      let byteCount = flow.byteCount(of: result, on: edge)
      actions.append(.store(execution, flow.place(of: result, on: edge), byteCount: byteCount))
    }
  }

  mutating func loaded(_ execution: JobEpoch, _ outcome: Outcome<Int>, into actions: inout Actions<AgentAction>) {
    withJob(execution) { $0.isLoading = false }
    switch outcome {
    case .success(let byteCount):
      scheduler.itemLoaded(execution, byteCount: byteCount)
      moveItems(of: execution, into: &actions)
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
      moveItems(of: execution, into: &actions)
    }
  }

  // MARK: Small steps

  func job(_ execution: JobEpoch) -> AgentJob? { position(of: execution).map { jobs[$0] } }

  mutating func withJob(_ execution: JobEpoch, _ body: (inout AgentJob) -> Void) {
    guard let index = position(of: execution) else { return }
    body(&jobs[index])
  }

  /// The jobs of which `isWanted` says so; a loop over the jobs themselves would copy them all if it changed one.
  func executions(where isWanted: (borrowing AgentJob) -> Bool) -> [JobEpoch] {
    var wanted: [JobEpoch] = []
    for index in jobs.indices where isWanted(jobs[index]) { wanted.append(jobs[index].execution) }
    return wanted
  }

  func position(of execution: JobEpoch) -> Int? { jobs.firstIndex { $0.execution == execution } }
}

extension AgentJob {
  /// Where the job's items are when it begins.
  var initialFlow: JobFlow {
    JobFlow(
      application: request.application, itemCount: request.inputs.count, checkpoint: checkpoint, committed: committed)
  }

  /// The board memory that the job needs.
  var rings: [Ring] {
    let capacity = JobFlow.capacity(itemCount: request.inputs.count)
    return request.application.edges.map {
      Ring(edge: $0.name, capacity: capacity, byteCount: $0.maximumByteCount)
    }
  }

  /// The checkpoint's items that are still needed: a result that was committed meanwhile is not.
  func neededItems(at flow: JobFlow) -> [SavedItem] {
    checkpoint.items.filter { saved in
      request.application.edges.firstIndex { $0.name == saved.edge }.map { saved.item >= flow.consumed($0) } ?? false
    }
  }
}

extension JobFlow {
  /// Where an item lies on an edge.
  func place(of item: Int, on edge: Int) -> RingItem {
    RingItem(edge: application.edges[edge].name, item: item, ringIndex: item % capacity)
  }
}
