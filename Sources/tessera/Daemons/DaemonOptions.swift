internal import ArgumentParser
internal import Fabric
internal import Logging

/// The flags that both daemons have.
struct DaemonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write everything that the core is told and says to this file, over what is there.", valueName: "file"))
  var record: String?

  @Option(help: ArgumentHelp("Write the endpoint to this file when the daemon listens.", valueName: "file"))
  var readyFile: String?

  @OptionGroup var log: LogOption

  /// Sees what a core does, if --record asks for it.
  func recorder<Core>(of core: Core.Type, log: Logger) throws -> EventRecorder<Core>? {
    guard let record else { return nil }
    let file = try RecordFile(record)
    return EventRecorder(to: { try file.append($0) }) { error in
      log.error("the recording ends here", metadata: ["file": "\(record)", "error": "\(error)"])
    }
  }

  /// Takes the ready file of a former run away, so that nobody reads an old endpoint.
  func clearReadyFile() throws {
    if let readyFile { try OutputFile.remove(readyFile) }
  }

  /// Says where the daemon listens.
  func announce(_ endpoint: String, log: Logger) throws {
    log.info("listening on \(endpoint)")
    if let readyFile { try OutputFile.write(Array((endpoint + "\n").utf8), to: readyFile) }
  }
}
