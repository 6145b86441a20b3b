internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// A daemon's loop as a service, which SIGTERM and SIGINT end in order and within a limit.
struct Daemon: Service {
  /// For how long a daemon may take to end in order; after that it is cancelled.
  private static let shutdownLimit = Duration.seconds(10)
  /// For how long it may take to end when cancelled; after that the process is ended.
  private static let cancellationLimit = Duration.seconds(5)

  private let announce: @Sendable () throws -> Void
  private let loop: @Sendable () async throws -> Void
  private let shutdown: @Sendable () async -> Void

  /// Runs a daemon until it ends.
  ///
  /// - Parameters:
  ///   - name: What logs call it.
  ///   - log: Takes the life cycle at `debug`.
  ///   - announce: Says that the daemon listens; called when signals no longer kill the process.
  ///   - loop: Serves until `shutdown` was called.
  ///   - shutdown: Asks the loop to end in order.
  /// - Throws: What the loop throws, and ``CommandError/shutdownTimedOut``.
  static func serve(
    _ name: String, log: Logger, announce: @escaping @Sendable () throws -> Void,
    loop: @escaping @Sendable () async throws -> Void, shutdown: @escaping @Sendable () async -> Void
  ) async throws {
    let daemon = Daemon(announce: announce, loop: loop, shutdown: shutdown)
    var configuration = ServiceGroupConfiguration(
      services: [.init(service: daemon, serviceName: name)], gracefulShutdownSignals: [.sigterm, .sigint], logger: log)
    configuration.maximumGracefulShutdownDuration = shutdownLimit
    configuration.maximumCancellationDuration = cancellationLimit
    try await ServiceGroup(configuration: configuration).run()
  }

  func run() async throws {
    try await withGracefulShutdownHandler {
      try announce()
      try await loop()
    } onGracefulShutdown: {
      Task { await shutdown() }
    }
    if Task.isCancelled { throw CommandError.shutdownTimedOut }
  }
}
