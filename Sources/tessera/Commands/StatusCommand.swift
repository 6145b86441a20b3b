internal import ArgumentParser
internal import Client
internal import Fabric

/// `tessera status`.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show one job, or the newest jobs.",
    discussion: """
      DONE counts the results that the broker has committed; TASKS says how many items each task has finished. For \
      example:

        tessera status 7
        tessera status --output json
      """)

  @Argument(help: "The job's number.")
  var job: JobID?

  @OptionGroup var client: ClientOptions
  @OptionGroup var output: OutputOption

  func run() async throws {
    let jobs = try await client.withClient { client in
      if let job { [try await client.status(of: job)] } else { try await client.jobs() }
    }
    try JobListReport(jobs).print(as: output.format)
  }
}
