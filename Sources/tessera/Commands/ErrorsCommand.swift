internal import ArgumentParser

/// `tessera errors`: the source of Documentation/errors.md.
struct ErrorsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "errors",
    abstract: "Print every error code with its exit code and hint, as Markdown.",
    discussion: """
      For example, after a change of the errors:

        tessera errors > Documentation/errors.md
      """,
    shouldDisplay: false)

  func run() async throws { try StandardOutput.print(ErrorTable.markdown) }
}
