public import ArgumentParser
public import Logging

/// The flag of every command that logs.
struct LogOption: ParsableArguments {
  @Option(name: .customLong("log-level"), help: "Log from this level on, to standard error.")
  var level: Logger.Level?

  /// A logger to standard error.
  func logger(_ label: String, default level: Logger.Level) -> Logger {
    var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = self.level ?? level
    return logger
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
