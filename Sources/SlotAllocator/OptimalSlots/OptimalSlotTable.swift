internal import Fabric

/// Jobs' optimal slot counts (``OptimalSlotCount``), which take a search and are kept.
struct OptimalSlotTable: Sendable, Hashable {
  private struct Question: Hashable {
    let model: PipelineModel
    let slotLimit: Int
  }
  private var known: [Question: Int] = [:]

  /// Applications times batches that are in use together; beyond it the table begins anew.
  private static let maximumCount = 512

  /// How many slots serve these stages of a job best, at least 1; all of them where they are no pipeline that can be computed.
  ///
  /// O(stages + edges) where it is known, else as long as ``OptimalSlotCount/init(of:slotLimit:searchLimit:)`` takes.
  mutating func count(
    of stages: [Int], of job: ScheduledJob, slotLimit: Int, secondsPerConfiguration: Double
  ) -> Int {
    let model = PipelineModel(stages, of: job, perConfiguration: .seconds(secondsPerConfiguration))
    guard let model else { return max(1, stages.count) }
    let question = Question(model: model, slotLimit: slotLimit)
    if let count = known[question] { return count }
    let count = OptimalSlotCount(of: model, slotLimit: slotLimit).count
    if known.count >= Self.maximumCount { known.removeAll() }
    known[question] = count
    return count
  }
}

extension PipelineModel {
  /// Some of a job's stages, with the times that the scheduler knows.
  fileprivate init?(_ stages: [Int], of job: ScheduledJob, perConfiguration: Duration) {
    var producers: [Int: Int] = [:]
    for (index, stage) in stages.enumerated() {
      for port in job.stages[stage].parts.flatMap(\.outputs) { producers[port.edge] = index }
    }
    let elements = stages.enumerated().map { index, stage in
      let parts = job.stages[stage].parts
      let predecessors = Set(parts.flatMap(\.inputs).compactMap { producers[$0.edge] }).subtracting([index])
      return Element(
        perLaunch: .seconds(job.launchSeconds[stage]), stageCount: parts.count, after: predecessors.sorted())
    }
    self.init(elements: elements, itemCount: job.itemCount, perConfiguration: perConfiguration)
  }
}
