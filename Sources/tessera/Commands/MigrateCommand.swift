internal import ArgumentParser
internal import Client
internal import Fabric

/// `tessera migrate`.
struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Move a running job to another board.",
    discussion: """
      The job stops at item boundaries and goes on from there on the other board; 'tessera watch' shows when. For \
      example:

        tessera migrate 7 --to lab-2
      """)

  @Argument(help: "The job's number.")
  var job: JobID

  @Option(name: .customLong("to"), help: ArgumentHelp("The board to move it to.", valueName: "board"))
  var board: BoardID

  @OptionGroup var client: ClientOptions
  @OptionGroup var output: OutputOption

  func run() async throws {
    try await client.withClient { try await $0.migrate(job, to: board) }
    try AcceptedReport(job, "is moving to \(board)").print(as: output.format)
  }
}
