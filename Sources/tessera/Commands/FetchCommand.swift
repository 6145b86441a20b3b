internal import ArgumentParser
internal import Client
internal import Digests
internal import Fabric

/// `tessera fetch`.
struct FetchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Write a completed job's results into a folder.",
    discussion: """
      The files are item-00000.bin, item-00001.bin and so on, each whole or not there; what is there is written over. \
      A job that has not completed is refused. For example:

        tessera fetch 7 --to results
      """)

  @Argument(help: "The job's number.")
  var job: JobID

  @Option(name: .customLong("to"), help: ArgumentHelp("The folder, made if it is not there.", valueName: "directory"))
  var folder: String

  @OptionGroup var client: ClientOptions
  @OptionGroup var output: OutputOption

  func run() async throws {
    let items = try await client.withClient { client in
      let results = try await client.results(of: job)
      try OutputFile.makeFolder(folder)
      var items: [FetchReport.Item] = []
      for (item, result) in results.enumerated() {
        let file = "\(folder)/\(Self.fileName(of: item))"
        try OutputFile.write(try await client.get(result), to: file)
        items.append(.init(item: item, file: file, byteCount: result.byteCount, sha256: result.digest.hexadecimal))
      }
      return items
    }
    try FetchReport(job: job.description, items: items).print(as: output.format)
  }

  private static func fileName(of item: Int) -> String {
    let digits = String(item)
    return "item-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".bin"
  }
}

/// The files that `fetch` wrote.
struct FetchReport: Report {
  struct Item: Encodable {
    let item: Int
    let file: String
    let byteCount: Int
    let sha256: String
  }

  let job: String
  let items: [Item]

  var table: Table {
    var table = Table("ITEM", "BYTES", "SHA256", "FILE")
    for item in items { table.add("\(item.item)", "\(item.byteCount)", item.sha256, item.file) }
    return table
  }
}
