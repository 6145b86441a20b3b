public import ArgumentParser
public import ClusterSimulator
internal import Fabric
internal import SlotAllocator

/// How a board is simulated.
struct SimulationOptionGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Policies with commas between them: \(PolicyName.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name,..."))
  var policy = PolicyList(names: [.tessera])

  @Option(
    help: ArgumentHelp(
      "What every configuration takes, such as 89.6ms; else what the board's storage and port need, images being kept in memory.",
      valueName: "duration"))
  var configureTime: DurationArgument?

  @Option(help: "Whether items take the times that were measured or those that were estimated.")
  var latencies = SimulationOptions.Latencies.measured

  @Option(
    help: ArgumentHelp(
      "What the scheduler knows of items' times: measured, estimated, or learned from the estimates on. (default: measured)",
      valueName: "sight"))
  var schedulerSees: SimulationOptions.Sight?

  @Flag(help: "Deliver arrivals and completions only when no configuration runs, as one core for both does.")
  var blocking = false

  @Flag(
    help: "Run the policies as they were measured on a board, defects and all; with --applications zcu106-nimblock.")
  var asPublished = false

  func validate() throws {
    guard asPublished else { return }
    guard configureTime == nil else {
      throw ValidationError("--configure-time goes not with --as-published, which takes the catalogue's times.")
    }
    guard schedulerSees == nil else {
      throw ValidationError("--scheduler-sees goes not with --as-published, whose schedulers see estimates.")
    }
  }

  var options: SimulationOptions {
    var options = SimulationOptions(
      latencies: latencies, sight: schedulerSees ?? .measured, isBlocking: blocking, isAsPublished: asPublished)
    if let configureTime { options.configuration = .fixed(configureTime.duration) }
    return options
  }
}

/// Policies to compare, each once.
struct PolicyList: ExpressibleByArgument {
  let names: [PolicyName]

  init(names: [PolicyName]) { self.names = names }

  init?(argument: String) {
    let texts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let names = texts.compactMap { PolicyName(rawValue: String($0)) }
    guard names.count == texts.count, Set(names).count == names.count else { return nil }
    self.names = names
  }

  var defaultValueDescription: String { names.map(\.rawValue).joined(separator: ",") }
}

/// Where the descriptor of a simulated board comes from.
struct SimulatedBoardOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A board descriptor: a file, or \(BuiltIn.boardNames.joined(separator: ", ")).", valueName: "descriptor"))
  var board: String

  /// A built-in name comes before a file of that name.
  func descriptor() throws -> BoardDescriptor {
    if let builtIn = BuiltIn.board(board) { return try BoardDescriptor(manifest: builtIn) }
    return try BoardDescriptor(file: board)
  }
}

extension SimulationOptions.Latencies: ExpressibleByArgument {}
extension SimulationOptions.Sight: ExpressibleByArgument {}
