internal import ArgumentParser
internal import Fabric
internal import Glibc

/// How the program says that it failed.
enum FailureReport {
  /// Prints the error and ends the process with the exit code of its kind; what the `parser` says is its own: usage, help, the version.
  static func exit(with error: any Error, parser: (some ParsableCommand).Type) -> Never {
    if !(error is any TesseraError), isParserError(error, parser) { parser.exit(withError: error) }
    let refusal = Refusal.about(error)
    StandardError.print("tessera: \(refusal.code): \(refusal.message)\nhint: \(refusal.hint)\n")
    Glibc.exit(ExitStatus(of: refusal.code).rawValue)
  }

  private static func isParserError(_ error: any Error, _ parser: (some ParsableCommand).Type) -> Bool {
    error is ValidationError || error is CleanExit || error is ExitCode
      || parser.exitCode(for: error) != .failure
  }
}
