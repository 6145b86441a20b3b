internal import ArgumentParser
internal import Fabric
internal import Store

/// `tessera audit`.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Check an agent's audit log, and print it.",
    discussion: """
      Each line holds the SHA-256 of the line before. Where one was changed, taken out or put in, the log is refused with \
      the number of that line or of the next. What it begins with is printed; that the newest lines are all there is \
      shown by the last SHA-256 only, so keep that elsewhere. Give the older file first. For example:

        tessera audit .tessera/agents/lab-2/audit.log.1 .tessera/agents/lab-2/audit.log
      """)

  @Argument(help: ArgumentHelp("The files of one log, the oldest first.", valueName: "file"))
  var files: [String]

  @OptionGroup var output: OutputOption

  func run() async throws {
    var chain = AuditChain()
    var entries: [AuditEntry] = []
    for file in files {
      let bytes = try InputFile(file, limit: 2 * AuditFile.byteLimit).read()
      try chain.follow(file: bytes) { entries.append($0) }
    }
    try AuditReport(entries, lastDigest: chain.lastDigest).print(as: output.format)
  }
}
