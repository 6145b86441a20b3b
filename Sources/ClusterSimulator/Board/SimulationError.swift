public import Fabric

/// Why a simulation of a board could not go on.
public enum SimulationError: TesseraError, Hashable {
  /// Nothing is under way, but jobs wait.
  case standstill(policy: String, open: Int)
  /// Images come and go, but no item ends, or virtual time has come to an end.
  case noProgress(policy: String, open: Int, at: BoardInstant)
  case unknownApplication(String, known: [String])
  /// No image of the catalogue runs some task on the board.
  case notCovered(application: String, board: String)
  case notPublished(policy: String)
  /// Published policies were measured on one board, with one catalogue.
  case publishedCatalogue(board: String)

  public var code: String {
    switch self {
    case .standstill: "simulation.standstill"
    case .noProgress: "simulation.noProgress"
    case .unknownApplication: "simulation.unknownApplication"
    case .notCovered: "simulation.notCovered"
    case .notPublished: "simulation.notPublished"
    case .publishedCatalogue: "simulation.publishedCatalogue"
    }
  }

  public var message: String {
    switch self {
    case .standstill(let policy, let open): "under '\(policy)' nothing happens any more, and \(open) jobs are open"
    case .noProgress(let policy, let open, let instant):
      "under '\(policy)' \(open) jobs are open after \(instant.nanoseconds / 1_000_000_000) s of virtual time, and nothing goes on"
    case .unknownApplication(let name, let known):
      "the catalogue has no application '\(name)'; it has \(known.joined(separator: ", "))"
    case .notCovered(let application, let board): "no slot of \(board) can run a task of '\(application)'"
    case .notPublished(let policy): "'\(policy)' has no published form that was measured on a board"
    case .publishedCatalogue(let board):
      "published policies were measured with the catalogue '\(ApplicationCatalogue.publishedName)', not with this one of \(board)"
    }
  }

  public var hint: String {
    switch self {
    case .standstill: "this is a defect of the policy; please report it with the trace"
    case .noProgress:
      "give times that a century is enough for; else this is a defect of the policy, please report it with the trace"
    case .unknownApplication: "give the catalogue that the trace was made with by --applications"
    case .notCovered: "give a board whose slots have the kinds that the catalogue has images for"
    case .notPublished: "leave it out, or leave --as-published out"
    case .publishedCatalogue: "give that catalogue by --applications, or leave --as-published out"
    }
  }
}
