internal import Fabric

/// How many slots a policy would give a job.
public enum SlotGoals: Sendable, Hashable {
  /// What a publication states for its applications, by name.
  case published([String: Int])
  /// The knee of the job's speedup curve; see ``OptimalSlotCount``.
  case optimal
}

/// Finds jobs' slot goals, and keeps those that took a search.
struct SlotGoalTable: Sendable, Hashable {
  let goals: SlotGoals
  private var known: [PipelineModel: Int] = [:]

  /// Applications times batches that are in use together; beyond it the table begins anew.
  private static let maximumCount = 512

  init(_ goals: SlotGoals) { self.goals = goals }

  /// A job's goal, at least 1.
  ///
  /// O(stages + edges) where it is published or known, else as long as ``OptimalSlotCount/init(of:slotLimit:searchLimit:)`` takes.
  mutating func goal(of job: ScheduledJob, on board: BoardState) -> Int {
    switch goals {
    case .published(let counts): return counts[job.flow.application.name] ?? job.cover.count
    case .optimal:
      guard let model = PipelineModel(coverOf: job, on: board) else { return max(1, job.cover.count) }
      if let goal = known[model] { return goal }
      let goal = OptimalSlotCount(of: model, slotLimit: board.slots.count { $0.state != .quarantined }).count
      if known.count >= Self.maximumCount { known.removeAll() }
      known[model] = goal
      return goal
    }
  }
}

extension PipelineModel {
  /// The stages of a job's cover, with the times that the scheduler knows.
  fileprivate init?(coverOf job: ScheduledJob, on board: BoardState) {
    let stages = job.cover.map { job.stages[$0] }
    var producers: [Int: Int] = [:]
    for (index, stage) in stages.enumerated() {
      for port in stage.parts.flatMap(\.outputs) { producers[port.edge] = index }
    }
    let elements = stages.enumerated().map { index, stage in
      let predecessors = Set(stage.parts.flatMap(\.inputs).compactMap { producers[$0.edge] }).subtracting([index])
      return Element(
        perLaunch: .seconds(job.launchSeconds[job.cover[index]]), stageCount: stage.parts.count,
        after: predecessors.sorted())
    }
    let configuration = stages.map { board.configurationTimes.seconds($0.slotKind) }.max() ?? 0
    self.init(elements: elements, itemCount: job.itemCount, perConfiguration: .seconds(configuration))
  }
}
