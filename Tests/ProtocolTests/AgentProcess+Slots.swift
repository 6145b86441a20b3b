import Bitstream
import BoardAgent
import ClusterBroker
import Fabric
import SlotAllocator

/// Port and launches.
extension AgentProcess {
  func performSlotAction(_ action: AgentAction) throws {
    switch action {
    case .fetch(let partial):
      try toy.beginFetch()
      later(1...20) { agent in
        let refusal = agent.fails()
        agent.toy.endFetch(partial, succeeded: refusal == nil)
        try agent.take(.fetched(partial, refusal.map(Outcome.failure) ?? .success(.zero)))
      }
    case .evict(let partial): try toy.evict(partial)
    case .write(let partial):
      try toy.beginWrite(partial)
      later(5...40) { agent in
        let error = agent.portFault(in: partial.slot)
        agent.toy.endWrite(partial, succeeded: error == nil)
        try agent.take(.written(partial.slot, error))
      }
    case .blank(let slot):
      try toy.beginBlank(slot)
      later(5...40) { agent in
        agent.toy.endBlank()
        try agent.take(.blanked(slot, agent.portFault(in: slot)))
      }
    case .launch(let slot, let launch): try self.launch(launch, in: slot)
    case .abort(let slot):
      if let number = toy.abort(slot) { later(0...3) { try $0.end(number, in: slot) } }
    default: break
    }
  }

  private func portFault(in slot: SlotID) -> BoardError? {
    guard world.random.happens(world.weather.fault * 3) else { return nil }
    hadFaults = true
    return .portFault(slot, .unfinished("toy", wordCount: 0))
  }

  private func launch(_ launch: Launch, in slot: SlotID) throws {
    guard !sealed.contains(launch.execution) else {
      throw Violation(description: "a sealed job is launched: \(launch)")
    }
    try checkProgress(launch)
    let number = try toy.beginLaunch(launch, in: slot)
    later(3...60) { try $0.end(number, in: slot) }
  }

  /// Nothing is computed again that the checkpoint has, for any of the tasks in the image.
  private func checkProgress(_ launch: Launch) throws {
    let job = world.broker.core.ledger[launch.execution.job]
    guard let start = starts[launch.execution], let job else {
      throw Violation(description: "nobody assigned \(launch)")
    }
    for work in launch.works {
      for kernel in toy.kernels(of: work, launch.image) {
        guard let task = job.request.application.tasks.first(where: { $0.kernel == kernel }) else {
          throw Violation(description: "the job has no task for \(kernel)")
        }
        guard work.item >= start[task.name] else {
          throw Violation(description: "\(task.name) computes \(work.item) again, it began at \(start[task.name])")
        }
      }
    }
  }

  private func end(_ number: Int, in slot: SlotID) throws {
    let failure: BoardError? =
      world.random.happens(world.weather.fault / 4)
      ? (world.random.happens(0.3) ? .kernelFault(slot, "toy") : .slotDecoupled(slot)) : nil
    if let result = try toy.endLaunch(number, in: slot, failure: failure) { try take(.launched(slot, result)) }
  }
}
