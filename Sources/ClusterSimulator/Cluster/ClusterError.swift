public import BoardAgent
public import ClusterBroker
public import Fabric

/// Why a simulation of a cluster could not go on.
public enum ClusterError: TesseraError, Hashable {
  case badConfiguration(String)
  case badWorkload(String)
  /// No job has arrived or ended for so long, though some are open.
  case stalled(open: Int, after: Duration)
  /// A core asked for what nothing in a simulated cluster leads to.
  case unexpectedAction(String)
  case agent(BoardID, AgentError)
  case board(BoardID, BoardError)
  case broker(BrokerError)

  public var code: String {
    switch self {
    case .badConfiguration: "cluster.badConfiguration"
    case .badWorkload: "cluster.badWorkload"
    case .stalled: "cluster.stalled"
    case .unexpectedAction: "cluster.unexpectedAction"
    case .agent(_, let error): error.code
    case .board(_, let error): error.code
    case .broker(let error): error.code
    }
  }

  public var message: String {
    switch self {
    case .badConfiguration(let reason): "the cluster cannot be simulated: \(reason)"
    case .badWorkload(let reason): "the workload cannot be simulated: \(reason)"
    case .stalled(let open, let duration): "\(open) jobs are open, and none has arrived or ended for \(duration)"
    case .unexpectedAction(let action): "a core asked for '\(action)', which nothing here leads to"
    case .agent(let board, let error): "the agent of \(board): \(error.message)"
    case .board(let board, let error): "\(board): \(error.message)"
    case .broker(let error): "the broker: \(error.message)"
    }
  }

  public var hint: String {
    switch self {
    case .badConfiguration: "correct the cluster's options"
    case .badWorkload: "correct the trace or the catalogue of applications"
    case .stalled: "check that the boards have images for every application of the trace"
    case .unexpectedAction: "this is a defect of the simulator; please report it with the seed"
    case .agent(_, let error): error.hint
    case .board(_, let error): error.hint
    case .broker(let error): error.hint
    }
  }
}
