internal import ArgumentParser
internal import ClusterBroker
internal import Fabric
internal import Logging
internal import Messages
internal import Store
internal import Wire
internal import SystemClock

/// `tessera broker`.
struct BrokerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "broker",
    abstract: "Run the broker until SIGTERM or SIGINT.",
    discussion: """
      The broker admits jobs, gives them to boards and commits their results. A second start with the same --state goes \
      on where the first one ended. As long as there are no keys, it listens on the loopback interface only. For \
      example:

        tessera broker --state /var/lib/tessera/broker --log-level debug
      """)

  @Option(help: ArgumentHelp("Where to listen; the port * is any free one.", valueName: "endpoint"))
  var listen = Endpoint.defaultBroker.description

  @Option(help: ArgumentHelp("The folder of journal and blobs.", valueName: "directory"))
  var state = Places.brokerState

  @Option(help: ArgumentHelp("For how long an agent may go on without an answer, 500ms to 20s.", valueName: "duration"))
  var lease = DurationArgument(BrokerConfiguration().leaseDuration)

  @OptionGroup var daemon: DaemonOptions

  func validate() throws {
    // The broker's margin of one second covers the clocks' rate error for leases up to 20 seconds.
    guard (.milliseconds(500)...(.seconds(20))).contains(lease.duration) else {
      throw ValidationError("--lease is not between 500ms and 20s.")
    }
  }

  func run() async throws {
    let log = daemon.log.logger("tessera.broker", default: .info)
    let store = try SQLiteStore(folder: state)
    try daemon.clearReadyFile()
    let transport = try ZeroMQTransport(listen: listen, logger: log)
    var configuration = BrokerConfiguration()
    configuration.leaseDuration = lease.duration
    let broker = Broker(
      configuration: configuration, transport: transport, store: store, codec: BrokerRecordCodec(),
      time: SystemTime(), observer: try daemon.recorder(of: BrokerCore.self, log: log), logger: log)
    let endpoint = transport.boundEndpoint ?? listen
    try await Daemon.serve(
      "broker", log: log, announce: { try daemon.announce(endpoint, log: log) }, loop: { try await broker.run() },
      shutdown: { await broker.shutdown() })
    try await store.close()
  }
}
