public import Fabric

/// What a catalogue of applications cannot give.
public enum CatalogueError: TesseraError, Hashable {
  case unknownLoadClass(String, known: [String])
  /// Applications with batches of one item come once in a sequence at most, and there are no others.
  case tooFewApplications(found: Int, jobsPerSequence: Int)

  public var code: String {
    switch self {
    case .unknownLoadClass: "catalogue.unknownLoadClass"
    case .tooFewApplications: "catalogue.tooFewApplications"
    }
  }

  public var message: String {
    switch self {
    case .unknownLoadClass(let name, let known):
      "the catalogue has no load class '\(name)'; it has \(known.joined(separator: ", "))"
    case .tooFewApplications(let found, let jobs):
      "a sequence of \(jobs) jobs is asked for, and the \(found) applications of the catalogue come once in each"
    }
  }

  public var hint: String {
    switch self {
    case .unknownLoadClass: "choose a class of the catalogue, or another catalogue"
    case .tooFewApplications: "ask for shorter sequences"
    }
  }
}
