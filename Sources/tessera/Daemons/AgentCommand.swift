internal import ArgumentParser
internal import BoardAgent
internal import Fabric
internal import Logging
internal import Messages
internal import Reconfig
internal import SlotAllocator
internal import SoftFPGA
internal import Store
internal import Wire
internal import SystemClock

/// `tessera agent`.
struct AgentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent",
    abstract: "Run the agent of one board until SIGTERM or SIGINT.",
    discussion: """
      The board is emulated by SoftFPGA: its descriptor says what it is, and the images in the store --images say what \
      it can compute. Images that no trusted key signed, or that are not whole, are refused with a warning; \
      'tessera image resolve' tells which one is used where. For example:

        tessera agent --board bitstreams/boards/softfpga-big-little.json --name lab-2 --speed 10
      """)

  @Option(help: ArgumentHelp("The board's descriptor.", valueName: "file"))
  var board: String

  @Option(help: "The board's name in the cluster; the descriptor's file name if not given.")
  var name: BoardID?

  @OptionGroup var images: ImageStoreOption
  @OptionGroup var variants: PreferredVariants

  @Option(help: ArgumentHelp("Where other agents reach this one.", valueName: "endpoint"))
  var listen = "tcp://127.0.0.1:*"

  @Option(
    help: ArgumentHelp(
      "The folder of journal, blobs and audit log; \(Places.agentState("NAME")) if not given.", valueName: "directory"))
  var state: String?

  @Option(help: "How the board's slots are shared.")
  var policy = PolicyName.tessera

  @Option(help: "Board seconds per second, up to 1000.")
  var speed = 1.0

  @Option(help: ArgumentHelp("The time between two heartbeats, 50ms to 10s.", valueName: "duration"))
  var heartbeat = DurationArgument(.milliseconds(500))

  @OptionGroup(title: "Faults of the emulated board") var faults: FaultOptionGroup
  @OptionGroup var broker: BrokerOption
  @OptionGroup var daemon: DaemonOptions

  func validate() throws {
    guard speed >= 0.001, speed <= 1_000 else { throw ValidationError("--speed is not between 0.001 and 1000.") }
    guard (.milliseconds(50)...(.seconds(10))).contains(heartbeat.duration) else {
      throw ValidationError("--heartbeat is not between 50ms and 10s.")
    }
  }

  func run() async throws {
    var log = daemon.log.logger("tessera.agent", default: .info)
    let descriptor = try BoardDescriptor(file: board)
    let stem = Places.stem(of: board)
    guard let name = name ?? BoardID(stem) else { throw CommandError.badName(stem) }
    log[metadataKey: "board"] = "\(name)"
    let faults = try faults.plan(for: descriptor)
    let reader = try ImageStoreReader(images.store)
    let offered = try images(for: descriptor, log: log)

    let brokerEndpoint = try broker.endpoint().description
    let stateFolder = state ?? Places.agentState(name.text)
    let store = try SQLiteStore(folder: stateFolder)
    let auditLog = try AuditFile(folder: stateFolder)
    if auditLog.cutByteCount > 0 {
      let metadata: Logger.Metadata = ["bytes": "\(auditLog.cutByteCount)"]
      log.warning("the audit log's last line was not finished and is cut off", metadata: metadata)
    }
    try daemon.clearReadyFile()
    let transport = try ZeroMQTransport(listen: listen, logger: log)
    let endpoint = transport.boundEndpoint ?? listen
    let time = SystemTime(speed: speed)
    let configuration = AgentConfiguration(
      board: name, incarnation: Self.freshIncarnation(), slotsAreBlank: true, endpoint: endpoint,
      brokerEndpoint: brokerEndpoint, descriptor: descriptor, images: offered, policy: policy, speed: speed,
      heartbeatInterval: heartbeat.duration, wallZero: time.wallZero)
    let board = SoftBoard(descriptor, faults: faults, time: time)
    let agent = Agent(
      configuration, board: board, storage: SoftStorage(images.store.partials, of: board), transport: transport,
      store: store, codec: AgentRecordCodec(), auditLog: auditLog, time: time,
      observer: try daemon.recorder(of: AgentCore.self, log: log), log: log)
    try await Daemon.serve(
      "agent", log: log, announce: { [log] in try daemon.announce(endpoint, log: log) },
      loop: { try await agent.run() },
      shutdown: { await agent.shutdown() })
    reader.end()
    try await store.close()
  }

  /// The images that this board uses, of those in the store; what is refused is named in the log.
  private func images(for descriptor: BoardDescriptor, log: Logger) throws -> [Image] {
    let contents = try images.store.contents()
    for error in contents.damaged { log.warning("image store damaged", metadata: ["error": "\(error)"]) }
    let resolver = ImageResolver(
      board: descriptor, trusted: contents.trusted, preferredVariants: variants.prefer)
    let resolution = resolver.resolve(contents.images)
    let refused = resolution.refusedForThisBoard
    for (image, refusal) in refused {
      let facts: Logger.Metadata = ["name": "\(image.name)", "image": "\(image.id)", "error": "\(refusal)"]
      log.warning("image refused", metadata: facts)
    }
    let offered = resolution.images
    guard !offered.isEmpty else {
      guard let first = refused.first?.refusal else {
        throw CommandError.noImages(images.path, model: descriptor.model, shell: descriptor.shell)
      }
      throw CommandError.noUsableImages(images.path, count: refused.count, first: Refusal(first))
    }
    guard offered.count <= Limits.imagesPerBoard else {
      throw CommandError.tooManyImages(count: offered.count, limit: Limits.imagesPerBoard)
    }
    return offered
  }

  /// An emulated board's fabric is lost with the process, so each start is another incarnation: its time in nanoseconds
  /// since 1970.
  private static func freshIncarnation() -> Incarnation {
    Incarnation(rawValue: UInt64(max(0, SystemTime.timeOfDay.nanoseconds)))
  }
}
