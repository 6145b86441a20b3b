internal import ArgumentParser
internal import ClusterSimulator
internal import Fabric

/// `tessera trace`.
struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Make lists of arrivals that a simulation replays.",
    discussion: """
      A trace is a CSV text: sequence,arrival_s,application,batch,priority. For example:

        tessera trace generate --class standard --applications zcu216-versaslot --sequences 30 --seed 1
        tessera trace record broker.jsonl
      """,
    subcommands: [TraceGenerateCommand.self, TraceRecordCommand.self])
}

/// `tessera trace generate`.
struct TraceGenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Draw the arrivals of a load class, or of any load.",
    discussion: """
      The same arguments give the same bytes. For example:

        tessera trace generate --class stress --applications zcu106-nimblock --sequences 10 --seed 7 --output stress.csv
        tessera trace generate --gap 5ms --batch 1 --jobs 100000 --applications zcu216-versaslot --sequences 1 --seed 7
      """)

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp("A load class of the catalogue, such as loose, standard, stress or realtime.", valueName: "name")
  )
  var loadClass: String?

  @Option(
    help: ArgumentHelp(
      "The mean gap between arrivals, such as 20us, in place of a class: each is drawn from 0 to twice that.",
      valueName: "duration"))
  var gap: DurationArgument?

  @OptionGroup var applications: ApplicationsOption

  @Option(help: "Independent sequences.")
  var sequences: Int

  @Option(help: "The seed of all draws.")
  var seed: UInt64

  @Option(help: "Jobs of each sequence.")
  var jobs = 20

  @Option(help: "Items of each job; drawn up to the application's most if not given.")
  var batch: Int?

  @OptionGroup var output: TraceOutputOption

  func validate() throws {
    guard sequences > 0 else { throw ValidationError("--sequences is not 1 or more.") }
    guard jobs > 0 else { throw ValidationError("--jobs is not 1 or more.") }
    guard (loadClass == nil) != (gap == nil) else { throw ValidationError("Give either --class or --gap.") }
    guard batch.map({ 1...Limits.itemsPerBatch ~= $0 }) ?? true else {
      throw ValidationError("--batch is not 1 to \(Limits.itemsPerBatch).")
    }
  }

  func run() async throws {
    try output.write(generator().trace(sequences: sequences, jobs: jobs, batch: batch, seed: seed))
  }

  private func generator() throws -> TraceGenerator {
    let catalogue = try applications.catalogue()
    if let gap { return TraceGenerator(meanGap: gap.duration, of: catalogue) }
    return try TraceGenerator(loadClass: loadClass ?? "", of: catalogue)
  }
}

/// `tessera trace record`.
struct TraceRecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Turn what a daemon recorded with --record into a trace.",
    discussion: """
      Of a broker's recording it takes the submissions that it accepted, of an agent's the jobs that it took, with \
      arrivals relative to the first. For example:

        tessera trace record broker.jsonl --output monday.csv
      """)

  /// The most bytes of a recording.
  static let recordingLimit = 4 << 30

  @Argument(help: ArgumentHelp("The file that --record wrote.", valueName: "recording"))
  var recording: String

  @OptionGroup var output: TraceOutputOption

  func run() async throws {
    let bytes = try InputFile(recording, limit: Self.recordingLimit).read()
    let trace: Trace
    do { trace = try Trace(recording: bytes) } catch let error as any TesseraError { throw error.inFile(recording) }
    try output.write(trace)
  }
}

/// Where a catalogue of applications comes from.
struct ApplicationsOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A catalogue of applications: a file, or \(BuiltIn.catalogueNames.joined(separator: " or ")).",
      valueName: "catalogue"))
  var applications: String

  /// A built-in name comes before a file of that name.
  func catalogue() throws -> ApplicationCatalogue {
    if let builtIn = BuiltIn.catalogue(applications) { return try ApplicationCatalogue(json: builtIn) }
    let json = try InputFile(applications, limit: Limits.manifestByteCount).read()
    do { return try ApplicationCatalogue(json: json) } catch { throw error.inFile(applications) }
  }
}

/// Where a trace goes.
struct TraceOutputOption: ParsableArguments {
  @Option(help: ArgumentHelp("The file for the trace; standard output if not given.", valueName: "file"))
  var output: String?

  func write(_ trace: Trace) throws {
    if let output { return try OutputFile.write(trace.csv, to: output) }
    try StandardOutput.print(String(decoding: trace.csv, as: UTF8.self))
  }
}
