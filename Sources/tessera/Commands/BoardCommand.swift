internal import ArgumentParser
internal import Client
internal import Fabric

/// `tessera board`.
struct BoardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "board",
    abstract: "Show boards and their slots.",
    discussion: """
      For example:

        tessera board list
        tessera board timeline lab-2
      """,
    subcommands: [BoardListCommand.self, BoardTimelineCommand.self])
}

/// `tessera board list`.
struct BoardListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the boards with what is in each slot.",
    discussion: """
      A board is 'lost' when the broker has not heard from its agent for a lease. For example:

        tessera board list --output json
      """)

  @OptionGroup var client: ClientOptions
  @OptionGroup var output: OutputOption

  func run() async throws {
    let boards = try await client.withClient { try await $0.boards() }
    try BoardListReport(boards).print(as: output.format)
  }
}

/// `tessera board timeline`.
struct BoardTimelineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timeline",
    abstract: "Show which slot was configured with what and when, and where the time went.",
    discussion: """
      The newest configurations of each board, in seconds of its own time, which --speed of its agent scales: when each \
      was asked for, and for how long it waited for its turn, waited for storage to read and the agent to verify its \
      partial, and was at the port. A partial is a hit in memory, joined while it was being read, or cold. For example:

        tessera board timeline
      """)

  @Argument(help: "One board only.")
  var board: BoardID?

  @OptionGroup var client: ClientOptions
  @OptionGroup var output: OutputOption

  func run() async throws {
    let boards = try await client.withClient { client in
      if let board { [try await client.board(board)] } else { try await client.boards() }
    }
    try TimelineReport(boards).print(as: output.format)
  }
}
