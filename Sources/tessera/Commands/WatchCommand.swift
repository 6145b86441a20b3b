internal import ArgumentParser
internal import Client
internal import Fabric

/// `tessera watch`.
struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Print a job's progress until it ends.",
    discussion: """
      One line for each change; with --output json each line is a job as 'status' prints it. The exit code is 0 only \
      if the job completed. For example:

        tessera watch 7 && tessera fetch 7 --to results
      """)

  @Argument(help: "The job's number.")
  var job: JobID

  @OptionGroup var client: ClientOptions
  @OptionGroup var output: OutputOption

  func run() async throws {
    let last = try await client.withClient { client in
      try await client.watch(job) { status in try JobReport(status).print(as: output.format) }
    }
    try BrokerClient.requireCompleted(last)
  }
}
