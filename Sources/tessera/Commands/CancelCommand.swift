internal import ArgumentParser
internal import Client
internal import Fabric

/// `tessera cancel`.
struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "End a job that has not ended.",
    discussion: """
      Its slots are free for others as soon as the items in flight are done. For example:

        tessera cancel 7
      """)

  @Argument(help: "The job's number.")
  var job: JobID

  @OptionGroup var client: ClientOptions
  @OptionGroup var output: OutputOption

  func run() async throws {
    try await client.withClient { try await $0.cancel(job) }
    try AcceptedReport(job, "cancelled").print(as: output.format)
  }
}
