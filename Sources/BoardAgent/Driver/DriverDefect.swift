internal import Digests
internal import Fabric

/// A defect of the driver: the core asked for something that is not there.
enum DriverDefect: TesseraError {
  case partialNotInMemory(Digest)
  case noRing(JobEpoch, EdgeName)

  var code: String { "agent.defect" }
  var message: String {
    switch self {
    case .partialNotInMemory(let digest): "the partial \(digest) was to be written, but is not in memory"
    case .noRing(let execution, let edge): "job \(execution) has no ring for the edge '\(edge)'"
    }
  }
  var hint: String { "this is a defect of the agent; please report it with its log" }
}
