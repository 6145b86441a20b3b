internal import ArgumentParser
internal import Client
internal import Fabric
internal import SystemClock

/// `tessera slot`.
struct SlotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slot",
    abstract: "Show slots, and bring quarantined ones back.",
    discussion: """
      For example:

        tessera slot list lab-2
        tessera slot reset lab-2 3
      """,
    subcommands: [SlotListCommand.self, SlotResetCommand.self])
}

/// `tessera slot list`.
struct SlotListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the slots of all boards, or of one.",
    discussion: """
      A slot whose configurations fail three times in a row is quarantined: nothing is loaded into it until it is reset. \
      REASON says what the last fault was. For example:

        tessera slot list --output json
      """)

  @Argument(help: "One board only.")
  var board: BoardID?

  @OptionGroup var client: ClientOptions
  @OptionGroup var output: OutputOption

  func run() async throws {
    let boards = try await client.withClient { client in
      if let board { [try await client.board(board)] } else { try await client.boards() }
    }
    try SlotListReport(boards, at: SystemTime.timeOfDay).print(as: output.format)
  }
}

/// `tessera slot reset`.
struct SlotResetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset",
    abstract: "Blank a quarantined slot, and use it again.",
    discussion: """
      Returns when the slot is blank and in use again; one that cannot be blanked stays quarantined. For example:

        tessera slot reset lab-2 3
      """)

  @Argument(help: "The board.")
  var board: BoardID

  @Argument(help: "The slot's number.")
  var slot: SlotID

  @OptionGroup var client: ClientOptions
  @OptionGroup var output: OutputOption

  func run() async throws {
    try await client.withClient { try await $0.reset(slot, of: board) }
    try SlotResetReport(board, slot).print(as: output.format)
  }
}
