internal import ArgumentParser

/// How a command prints its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case table, json }

/// The flag of every command that prints a result.
struct OutputOption: ParsableArguments {
  @Option(name: .customLong("output"), help: "Print a table for people, or one line of JSON for programs.")
  var format = OutputFormat.table
}
