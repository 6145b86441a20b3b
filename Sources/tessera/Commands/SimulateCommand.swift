internal import ArgumentParser
internal import ClusterSimulator
internal import Fabric
internal import SlotAllocator

/// `tessera simulate`.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run boards in virtual time.",
    discussion: """
      For example:

        tessera simulate trace stress.csv --applications zcu106-nimblock --board zcu106-10-little --policy fcfs,tessera
      """,
    subcommands: [SimulateTraceCommand.self])
}

/// `tessera simulate trace`.
struct SimulateTraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Replay a trace on one board, under one policy or several, or on a cluster.",
    discussion: """
      Each sequence of the trace has a fresh board, with the very scheduler that agents run. The same arguments give the \
      same bytes. For example, a real board once more, and then what another policy makes of it:

        tessera simulate trace runs.csv --applications zcu106-nimblock --board zcu106-10-little \\
          --policy exclusive,fcfs,prema,round-robin,nimblock --blocking --as-published
        tessera simulate trace runs.csv --applications zcu106-nimblock --board zcu106-10-little \\
          --policy nimblock,tessera --configure-time 89.6ms --plot runs.svg

      With --boards each sequence has a fresh cluster: a broker and so many agents that decide as the daemons do, over a \
      modelled network, disks and boards:

        tessera trace generate --gap 5ms --batch 1 --jobs 100000 --applications zcu216-versaslot --sequences 1 --seed 7 \
          --output load.csv
        tessera simulate trace load.csv --applications zcu216-versaslot --board zcu216-only-little --boards 100 --summary
      """)

  @Argument(help: ArgumentHelp("The trace, a CSV file.", valueName: "file"))
  var trace: String

  @OptionGroup var applications: ApplicationsOption
  @OptionGroup var board: SimulatedBoardOption
  @OptionGroup var simulation: SimulationOptionGroup

  @OptionGroup var cluster: ClusterOptionGroup

  @Option(help: "The seed of all draws; a single board needs none.")
  var seed: UInt64 = 0

  @OptionGroup var output: OutputOption

  @Option(help: ArgumentHelp("Draw slots over time and the responses into this file, as SVG.", valueName: "file"))
  var plot: String?

  func run() async throws {
    if let boards = try cluster.boards(under: simulation.policy.names, besides: flagOfOneBoard) {
      return try simulateCluster(of: boards)
    }
    var options = simulation.options
    options.recordsSpans = plot != nil
    let replay = try TraceSimulation(
      of: readTrace(), catalogue: applications.catalogue(), board: board.descriptor(), options: options)
    let policies = try simulation.policy.names.map { try replay.report(under: $0) }
    let report = SimulationReport(trace: trace, board: board.board, policies: policies)
    if let plot { try OutputFile.write(Array(report.plot.utf8), to: plot) }
    switch output.format {
    case .table: try StandardOutput.print(report.table)
    case .json: try StandardOutput.print(report.json)
    }
  }

  /// What was asked for that a cluster has not: its agents learn how long items take, and its boards' storage and ports take what descriptors say.
  private var flagOfOneBoard: String? {
    if simulation.asPublished { return "--as-published" }
    if simulation.blocking { return "--blocking" }
    if simulation.configureTime != nil { return "--configure-time" }
    if simulation.latencies != .measured { return "--latencies estimated" }
    if let sight = simulation.schedulerSees, sight != .learned { return "--scheduler-sees \(sight.rawValue)" }
    return plot == nil ? nil : "--plot"
  }

  private func simulateCluster(of boards: Int) throws {
    var configuration = ClusterConfiguration(boards: boards, seed: seed)
    configuration.policy = simulation.policy.names[0]
    let cost = RunCost()
    let runs = try ClusterTrace(
      of: readTrace(), catalogue: applications.catalogue(), board: board.descriptor(), configuration)
    guard let summary = try runs.summary() else { return }
    let report = ClusterReport(
      trace: trace, board: board.board, policy: configuration.policy.rawValue, sequences: runs.sequences,
      summary: summary)
    StandardError.print("tessera: \(cost.text(itemEvents: summary.itemEvents))\n")
    switch output.format {
    case .table: try StandardOutput.print(report.table)
    case .json: try StandardOutput.print(report.json)
    }
  }

  private func readTrace() throws -> Trace {
    let csv = try InputFile(trace, limit: Trace.maximumByteCount).read()
    do { return try Trace(csv: csv) } catch { throw error.inFile(trace) }
  }
}
