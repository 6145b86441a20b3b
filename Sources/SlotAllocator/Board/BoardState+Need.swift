internal import Fabric

extension BoardState {
  /// How much a stage's image is waited for.
  func need(of assignment: Assignment) -> ConfigurationNeed {
    guard let position = position(of: assignment.execution), jobs[position].isReady(assignment.stage) else {
      return .ahead
    }
    let goesOn = slots.contains {
      $0.assignment?.execution == assignment.execution && ($0.isRunning || canGoOn($0))
    }
    return goesOn ? .progressing : .standingStill
  }

  /// Whether a job has something to run and no slot for it, not even one that is being configured.
  var hasStandingJob: Bool {
    jobs.contains { job in
      !job.isStopped && occupancy(of: job.execution) == 0 && job.stages.indices.contains(where: job.isReady)
    }
  }
}
