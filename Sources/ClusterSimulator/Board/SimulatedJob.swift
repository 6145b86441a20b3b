internal import Fabric

/// A job of a trace, as one sequence of it brings it to a board.
struct SimulatedJob {
  let execution: JobEpoch
  /// The application as launches time it.
  let application: Application
  let batch: Int
  let priority: Int
  /// Since the sequence's start.
  let arrival: BoardInstant
}
