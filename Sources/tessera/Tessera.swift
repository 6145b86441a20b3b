internal import ArgumentParser

/// The command line: it parses, wires the rooms together and prints.
@main struct Tessera: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tessera",
    abstract: "Share FPGA boards, slot by slot.",
    discussion: """
      A job goes to the broker, which gives it to a board agent; the agent configures the slots that the job needs \
      and streams its items through them. For example, in three terminals:

        tessera image build && tessera broker
        tessera agent --board bitstreams/boards/softfpga-big-little.json --speed 10
        tessera submit Applications/image-compression.json --input tile.bin

      Results go to standard output, logs and errors to standard error. Exit codes: Documentation/errors.md.
      """,
    version: "0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "Jobs",
        subcommands: [
          SubmitCommand.self, StatusCommand.self, WatchCommand.self, FetchCommand.self, CancelCommand.self,
          MigrateCommand.self,
        ]),
      CommandGroup(name: "Boards and images", subcommands: [BoardCommand.self, SlotCommand.self, ImageCommand.self]),
      CommandGroup(name: "Simulation", subcommands: [SimulateCommand.self, TraceCommand.self]),
      CommandGroup(name: "Daemons", subcommands: [BrokerCommand.self, AgentCommand.self, AuditCommand.self]),
      CommandGroup(name: "Documentation", subcommands: [ErrorsCommand.self]),
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      FailureReport.exit(with: error, parser: Tessera.self)
    }
  }
}
