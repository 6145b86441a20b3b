import Bitstream
import BoardAgent
import Digests
import Fabric
import Logging
import LoneAgent
import Messages
import PlainReference
import SlotAllocator
import SoftFPGA
import SystemClock

/// An emulated board with few slots, the picture kernels' images for it, and agents on it in the wall's time.
///
/// Few slots, so that each job's image must come through the port. The board is derived from `softfpga-1`: its part, a
/// slot of 2,770 frames in each row, whose partial has 1.03 MB, the card that was measured, and a port at a stated rate.
struct ConfigurationHouse {
  static let kernels = ["pad-and-block", "dct", "quantize", "dequantize", "inverse-dct", "reconstruct"]
  /// As slow as a card is on a real board (`bitstreams/boards/softfpga-only-little.json` has its source).
  static let storageBytesPerSecond = 11_700_000
  private static let launchMicroseconds = 20_000

  let descriptor: BoardDescriptor
  let images: [Image]
  let partials: MemoryImages
  /// An item for each kernel: what those before it make of a small picture.
  private let items: [[UInt8]]

  /// The bytes of each image's partial.
  var partialByteCount: Int { images[0].partials[0].byteCount }

  init(slotCount: Int, portBytesPerSecond: Int) throws {
    let part = try BenchmarkPartials.part()
    let slots = (0..<slotCount).map { number in
      let first = number * part.framesPerRow
      return SlotDescriptor(slot: SlotID(rawValue: number), kind: .little, frames: [first..<first + 2_770])
    }
    descriptor = BoardDescriptor(
      manifest: [], model: part.name, part: part,
      shell: ShellID(rawValue: Digest(of: Array("\(slotCount) slots".utf8))), layout: .onlyLittle, slots: slots,
      memoryByteCount: 64 << 20, portBytesPerSecond: portBytesPerSecond,
      storageBytesPerSecond: Self.storageBytesPerSecond)
    var bytes: [Digest: [UInt8]] = [:]
    images = try Self.kernels.map { [descriptor] in try Self.image($0, on: descriptor, into: &bytes) }
    partials = MemoryImages(partials: bytes)
    items = Self.items()
  }

  private static func image(
    _ name: String, on descriptor: BoardDescriptor, into bytes: inout [Digest: [UInt8]]
  ) throws -> Image {
    let arguments = try [ArgumentRegisters.Direction.input, .output].map { direction in
      let offset = direction == .input ? 16 : 32
      return ArgumentRegisters(
        name: try Self.name("\(direction)"), direction: direction, addressOffset: offset, byteCountOffset: offset + 8)
    }
    let soft = SoftImage(
      name: name, function: .kernel(try kernel(name)), microsecondsPerLaunch: launchMicroseconds, arguments: arguments)
    let partials = try descriptor.slots.map { slot in
      let partial = try SoftImageBuilder(for: descriptor).partial(of: soft, for: slot.slot)
      let digest = Digest(of: partial)
      bytes[digest] = partial
      return PartialReference(slot: slot.slot, digest: digest, byteCount: partial.count)
    }
    return Image(
      manifest: [], id: ImageID(rawValue: partials[0].digest), name: name, function: soft.function,
      model: descriptor.model, shell: descriptor.shell, slotKind: .little, microsecondsPerLaunch: launchMicroseconds,
      arguments: arguments, partials: partials)
  }

  private static func items() -> [[UInt8]] {
    let steps = [
      PlainReference.padAndBlock, PlainReference.dct, PlainReference.quantize, PlainReference.dequantize,
      PlainReference.inverseDCT,
    ]
    var tile = PlainReference.noise(width: 16, height: 16, channels: 1, seed: 1)
    var items = [PlainReference.item(tile, stage: 0)]
    for (number, step) in steps.enumerated() {
      tile = step(tile)
      items.append(PlainReference.item(tile, stage: number + 1))
    }
    return items
  }

  /// The configurations that came of one sequence of a trace, on a board and an agent of their own, and how often the
  /// board's work took longer than its model says.
  func run(_ arrivals: [Trace.Entry]) async throws -> (entries: [ConfigurationEntry], overrunCount: Int) {
    let time = SystemTime()
    let broker = ScriptedBroker(inputs: items)
    let board = SoftBoard(descriptor, time: time)
    let agent = Agent(
      AgentConfiguration(
        board: try Self.name("board"), incarnation: Incarnation(rawValue: 1), slotsAreBlank: true,
        endpoint: "tcp://127.0.0.1:2", brokerEndpoint: ScriptedBroker.endpoint, descriptor: descriptor,
        images: images, speed: time.speed,
        heartbeatInterval: .milliseconds(100)),
      board: board, storage: SoftStorage(partials, of: board), transport: broker, store: MemoryStore(),
      codec: OneWayCodec(), auditLog: MemoryAuditLog(), time: time,
      log: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
    let assignments = try arrivals.enumerated().map { ($1.arrival, try assignment(of: $1, job: UInt64($0 + 1))) }
    async let ended: Void = agent.run()
    async let told: Void = tell(assignments, to: broker, time)
    let entries = try await timeline(from: broker, itemCount: arrivals.reduce(0) { $0 + $1.batch })
    try await told
    await agent.shutdown()
    try await ended
    return (entries, await board.health().overrunCount)
  }

  /// Hands jobs out as they arrive.
  private func tell(
    _ assignments: [(arrival: Duration, Messages.Assignment)], to broker: ScriptedBroker, _ time: SystemTime
  ) async throws {
    let begin = time.now.board
    for (arrival, assignment) in assignments {
      try await time.sleep(until: .board(begin + arrival))
      broker.say(.assign(assignment))
    }
  }

  /// What the first heartbeat after the last item says.
  private func timeline(from broker: ScriptedBroker, itemCount: Int) async throws -> [ConfigurationEntry] {
    var finished: Set<ItemFinished> = []
    for await message in broker.heard {
      switch message {
      case .itemFinished(let item): finished.insert(item)
      case .heartbeat(let heartbeat) where finished.count == itemCount: return heartbeat.configurations
      case .handBack(let handBack): throw ConfigurationTableError.handedBack(handBack.reason)
      default: break
      }
    }
    throw ConfigurationTableError.agentEnded
  }

  /// A job of an application of the trace: a chain of kernels, whose names a dot separates.
  private func assignment(of entry: Trace.Entry, job: UInt64) throws -> Messages.Assignment {
    let kernels = entry.application.split(separator: ".").map(String.init)
    let needed = kernels.compactMap { name in images.first { $0.name == name } }
    guard let first = kernels.first, let stage = Self.kernels.firstIndex(of: first), needed.count == kernels.count
    else {
      throw ConfigurationTableError.unknownApplication(entry.application)
    }
    let application = try Self.chain(kernels, named: entry.application)
    let item = BlobReference(digest: Digest(of: items[stage]), byteCount: items[stage].count)
    return Messages.Assignment(
      job: JobID(rawValue: job), epoch: Epoch(rawValue: 1), incarnation: Incarnation(rawValue: 1),
      request: JobRequest(
        application: application, inputs: Array(repeating: item, count: entry.batch), priority: entry.priority,
        tenant: try Self.name("tenant")),
      images: needed.map(\.id),
      checkpoint: Checkpoint(progress: Progress(of: application, finished: 0), items: []), committed: 0)
  }

  private static func chain(_ kernels: [String], named text: String) throws -> Application {
    let tasks = try kernels.map { name in
      ApplicationTask(
        name: try Self.name(name), kernel: try kernel(name), estimatedMicrosecondsPerItem: launchMicroseconds,
        measuredMicrosecondsPerItem: launchMicroseconds)
    }
    let edges = try (0...tasks.count).map { number in
      Edge(
        name: try Self.name("edge-\(number)"),
        producer: number == 0 ? nil : Edge.End(task: tasks[number - 1].name, argument: try Self.name("output")),
        readers: number == tasks.count ? [] : [Edge.End(task: tasks[number].name, argument: try Self.name("input"))],
        maximumByteCount: 4_096)
    }
    return Application(manifest: Array(text.utf8), name: text, tasks: tasks, edges: edges, bundles: [])
  }

  private static func kernel(_ name: String) throws -> KernelName {
    guard let kernel = KernelName("tessera/\(name)@1") else { throw ConfigurationTableError.unknownApplication(name) }
    return kernel
  }

  private static func name<Kind: Name>(_ text: String) throws -> Kind {
    guard let name = Kind(text) else { throw ConfigurationTableError.unknownApplication(text) }
    return name
  }
}

/// Why there is no table.
enum ConfigurationTableError: Error {
  case handedBack(Refusal)
  case agentEnded
  case unknownApplication(String)
}
