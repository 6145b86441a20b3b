internal import ArgumentParser
internal import Client
internal import Fabric

/// `tessera submit`.
struct SubmitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Submit a job and print its number.",
    discussion: """
      Each input file is one item of the job's batch. The job is durable when its number is printed; the same --key \
      again prints the same number. For example:

        tessera submit Applications/image-compression.json --input tile-0.bin tile-1.bin
      """)

  @Argument(help: "The application's manifest.")
  var manifest: String

  @Option(name: .customLong("input"), parsing: .upToNextOption, help: "The items, one file each, in their order.")
  var inputs: [String] = []

  @Option(help: "1 (least) to 9 (most).")
  var priority = 5

  @Option(help: "Who owns the job.")
  var tenant: TenantName?

  @Option(help: "The submission's own name, up to 128 bytes; random if not given.")
  var key: String?

  @OptionGroup var client: ClientOptions
  @OptionGroup var output: OutputOption

  func validate() throws {
    guard (1...9).contains(priority) else { throw ValidationError("--priority is \(priority), not 1 to 9.") }
  }

  func run() async throws {
    let application = try Application(file: manifest)
    let key = key ?? BrokerClient.randomKey()
    try BrokerClient.check(idempotencyKey: key)
    let files = try checkedInputs(for: application)
    guard let tenant = tenant ?? TenantName("default") else { throw CommandError.badName("default") }
    let job = try await client.withClient { client in
      var references: [BlobReference] = []
      // One after another, so that only one item is in memory.
      for file in files { references.append(try await client.put(try file.read())) }
      let request = JobRequest(application: application, inputs: references, priority: priority, tenant: tenant)
      return try await client.submit(request, idempotencyKey: key)
    }
    try AcceptedReport(job, "submitted").print(as: output.format)
  }

  /// The input files, each of a size that the application takes.
  private func checkedInputs(for application: Application) throws -> [InputFile] {
    try BrokerClient.check(itemCount: inputs.count)
    return try inputs.map { path in
      let file = try InputFile(path, limit: Limits.blobByteCount)
      try BrokerClient.check(item: path, byteCount: file.byteCount, for: application)
      return file
    }
  }
}
