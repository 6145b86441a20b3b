internal import ArgumentParser
internal import BoardAgent
internal import Fabric
internal import Glibc
internal import Logging
internal import Messages
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
      The board is emulated by SoftFPGA: its descriptor says what it is, and the images whose partials are in --images \
      say what it can compute. Images that are not built yet are left out, with a warning. For example:

        tessera agent --board bitstreams/boards/softfpga-big-little.json --name lab-2 --speed 10
      """)

  @Option(help: ArgumentHelp("The board's descriptor.", valueName: "file"))
  var board: String

  @Option(help: "The board's name in the cluster; the descriptor's file name if not given.")
  var name: BoardID?

  @Option(help: ArgumentHelp("The folder of partials that 'tessera image build' wrote.", valueName: "directory"))
  var images = Places.images

  @Option(
    help: ArgumentHelp(
      "The folder of image manifests; 'images' beside the descriptor's folder if not given.", valueName: "directory"))
  var manifests: String?

  @Option(help: ArgumentHelp("Where other agents reach this one.", valueName: "endpoint"))
  var listen = "tcp://127.0.0.1:*"

  @Option(
    help: ArgumentHelp(
      "The folder of journal and blobs; \(Places.agentState("NAME")) if not given.", valueName: "directory"))
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
    let folder = ImageDirectory(path: images)
    let offered = try images(of: descriptor, in: folder, log: log)

    let brokerEndpoint = try broker.endpoint().description
    let store = try SQLiteStore(folder: state ?? Places.agentState(name.text))
    try daemon.clearReadyFile()
    let transport = try ZeroMQTransport(listen: listen, logger: log)
    let endpoint = transport.boundEndpoint ?? listen
    let configuration = AgentConfiguration(
      board: name, incarnation: Self.freshIncarnation(), endpoint: endpoint,
      brokerEndpoint: brokerEndpoint, descriptor: descriptor, images: offered, policy: policy, speed: speed,
      heartbeatInterval: heartbeat.duration)
    let time = SystemTime(speed: speed)
    let board = SoftBoard(descriptor, faults: faults, time: time)
    let agent = Agent(
      configuration, board: board, storage: SoftStorage(folder, of: board), transport: transport, store: store,
      codec: AgentRecordCodec(), time: time, observer: try daemon.recorder(of: AgentCore.self, log: log), log: log)
    try await Daemon.serve(
      "agent", log: log, announce: { [log] in try daemon.announce(endpoint, log: log) },
      loop: { try await agent.run() },
      shutdown: { await agent.shutdown() })
    try await store.close()
  }

  /// The images for this board whose partials are all there.
  private func images(of descriptor: BoardDescriptor, in folder: ImageDirectory, log: Logger) throws -> [Image] {
    let manifests = ManifestFolder(path: manifests ?? Places.imageManifests(besideBoard: board))
    let fitting = try manifests.read(Image.self)
      .filter { $0.value.model == descriptor.model && $0.value.shell == descriptor.shell }
    guard !fitting.isEmpty else {
      throw CommandError.noImages(manifests.path, model: descriptor.model, shell: descriptor.shell)
    }
    guard fitting.count <= Limits.imagesPerBoard else {
      throw CommandError.tooManyImages(count: fitting.count, limit: Limits.imagesPerBoard)
    }
    var built: [Image] = []
    for (path, image) in fitting {
      do throws(ImageSourceError) {
        for partial in image.partials { try folder.check(partial) }
        built.append(image)
      } catch {
        log.warning("image left out", metadata: ["manifest": "\(path)", "error": "\(error)"])
      }
    }
    guard !built.isEmpty else { throw CommandError.noPartials(folder: images) }
    return built
  }

  /// An emulated board's fabric is lost with the process, so each start is another incarnation: its time in nanoseconds
  /// since 1970, which fits until the year 2554.
  private static func freshIncarnation() -> Incarnation {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Incarnation(rawValue: UInt64(max(0, now.tv_sec)) * 1_000_000_000 + UInt64(max(0, now.tv_nsec)))
  }
}
