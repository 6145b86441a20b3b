import ClusterSimulator
import Digests
import Fabric

/// A board of eight Little slots, chains of tasks, and an image of every kernel.
struct ToyHouse {
  private struct Invalid: Error { let name: String }

  let board: BoardDescriptor
  let images: [Image]
  private let applications: [Application]
  private let slotMicrosecondsPerItem: Int

  /// Makes so many chains of so many tasks, each task with a kernel of its own that takes so long for an item.
  init(applications: Int, tasks: Int, microseconds: Int) throws {
    let board = try BoardDescriptor(manifest: Array(Self.boardText.utf8))
    self.board = board
    self.slotMicrosecondsPerItem = tasks * microseconds
    self.applications = try (0..<applications).map {
      try Self.chain($0, tasks: tasks, microseconds: microseconds)
    }
    self.images = try self.applications.flatMap(\.tasks).map { try Self.image(of: $0, on: board) }
  }

  /// One-application jobs that arrive with gaps drawn uniformly, so that they need a percentage of the slots' time.
  func workload(jobs: Int, items: Int, boards: Int, loadPercent: Int, seed: UInt64) throws -> ClusterWorkload {
    var random = Draws(state: seed)
    let slots = boards * board.slots.count
    let gap = UInt64(slotMicrosecondsPerItem * items * 1_000 * 100 / (slots * loadPercent))
    var nanoseconds: UInt64 = 0
    let arrivals = (0..<jobs).map { _ in
      nanoseconds += random.next(below: 2 * gap + 1)
      return ClusterWorkload.Arrival(
        at: .nanoseconds(nanoseconds), application: Int(random.next(below: UInt64(applications.count))),
        itemCount: items, priority: 1 + Int(random.next(below: 9)))
    }
    return try ClusterWorkload(applications: applications, arrivals: arrivals)
  }

  private static func chain(_ number: Int, tasks: Int, microseconds: Int) throws -> Application {
    let names = try (0..<tasks).map { try name("task-\($0)", TaskName.init) }
    let kernels = try (0..<tasks).map { try name("bench/chain-\(number)-\($0)@1", KernelName.init) }
    let (input, output) = (try name("in", ArgumentName.init), try name("out", ArgumentName.init))
    let edges = try (0...tasks).map { index in
      Edge(
        name: try name("edge-\(index)", EdgeName.init),
        producer: index == 0 ? nil : Edge.End(task: names[index - 1], argument: output),
        readers: index == tasks ? [] : [Edge.End(task: names[index], argument: input)], maximumByteCount: 4096)
    }
    return Application(
      manifest: Array("chain \(number)".utf8), name: "chain-\(number)",
      tasks: zip(names, kernels).map {
        ApplicationTask(
          name: $0, kernel: $1, estimatedMicrosecondsPerItem: microseconds, measuredMicrosecondsPerItem: microseconds)
      }, edges: edges, bundles: [])
  }

  private static func image(of task: ApplicationTask, on board: BoardDescriptor) throws -> Image {
    let (input, output) = (try name("in", ArgumentName.init), try name("out", ArgumentName.init))
    return Image(
      manifest: [], id: ImageID(rawValue: Digest(of: Array(task.kernel.text.utf8))), name: task.kernel.text,
      function: .kernel(task.kernel), model: board.model, shell: board.shell, slotKind: .little,
      microsecondsPerLaunch: task.measuredMicrosecondsPerItem,
      arguments: [
        ArgumentRegisters(name: input, direction: .input, addressOffset: 16, byteCountOffset: 24),
        ArgumentRegisters(name: output, direction: .output, addressOffset: 32, byteCountOffset: 40),
      ],
      partials: board.slots.map {
        PartialReference(
          slot: $0.slot, digest: Digest(of: Array("\(task.kernel) \($0.slot)".utf8)), byteCount: 1_035_240)
      })
  }

  private static func name<Made>(_ text: String, _ make: (String) -> Made?) throws -> Made {
    guard let made = make(text) else { throw Invalid(name: text) }
    return made
  }

  private static let boardText = """
    {
      "schema": 1,
      "description": "eight Little slots",
      "model": "bench-1",
      "part": {"name": "bench-1", "device": "0x05F5A0FF", "rows": 8, "columns": [76, 76]},
      "shell": {
        "name": "only-little", "layout": "onlyLittle",
        "slots": [\((0..<8).map { #"{"kind": "little", "rows": [\#($0)]}"# }.joined(separator: ", "))]
      },
      "memoryByteCount": 1073741824,
      "configurationPort": {"bytesPerSecond": 750000000, "provenance": "assumed"},
      "storage": {"bytesPerSecond": 11700000, "provenance": "assumed"}
    }
    """
}

/// Knuth's linear congruential generator of MMIX, whose high bits are good enough to spread arrivals.
private struct Draws {
  var state: UInt64

  mutating func next(below limit: UInt64) -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state.multipliedFullWidth(by: limit).high
  }
}
