import Digests
import Fabric
import Messages

/// The boards, images and applications of a ``BrokerHouse``.
enum HouseValues {
  /// A name of this file that is none, or a descriptor that does not decode: a defect of the benchmark.
  struct Defect: Error { let text: String }

  /// Kernels in all.
  private static let kernelCount = 12
  /// Bytes of one item on an edge, so that memory binds before the number of jobs does on the smaller boards.
  private static let itemByteCount = 2_000_000

  static func tenant() throws -> TenantName { try need(TenantName("tenant")) }

  /// A chain of 2 to 5 tasks, with about a kilobyte of manifest.
  static func application(_ number: Int, itemByteCount: Int = itemByteCount) throws -> Application {
    let names = try (0..<2 + number % 4).map { try need(TaskName("task\($0)")) }
    let tasks = try names.enumerated().map { index, name in
      ApplicationTask(
        name: name, kernel: try kernel((number + index) % kernelCount),
        estimatedMicrosecondsPerItem: 1_000 * (number + 1), measuredMicrosecondsPerItem: 1_000)
    }
    let edges = try (0...names.count).map { index in
      Edge(
        name: try need(EdgeName("edge\(index)")),
        producer: index == 0 ? nil : Edge.End(task: names[index - 1], argument: try need(ArgumentName("output"))),
        readers: index == names.count ? [] : [Edge.End(task: names[index], argument: try need(ArgumentName("input")))],
        maximumByteCount: itemByteCount)
    }
    let manifest = Array("application \(number) \(itemByteCount)".utf8) + [UInt8](repeating: 0x20, count: 1_000)
    return Application(manifest: manifest, name: "application\(number)", tasks: tasks, edges: edges, bundles: [])
  }

  /// All kernels, or all but some: half of the offers cover every application, half lack kernels.
  static func images(offer: Int) throws -> [Image] {
    let shell = try descriptor(memoryByteCount: 1 << 30).shell
    return try (0..<kernelCount).filter { offer % 2 == 0 || $0 % 4 != offer % 4 }.map { number in
      let manifest = Array("image \(number) of offer \(offer)".utf8)
      let arguments = try [("input", ArgumentRegisters.Direction.input), ("output", .output)].map { name, direction in
        ArgumentRegisters(
          name: try need(ArgumentName(name)), direction: direction, addressOffset: 16, byteCountOffset: 24)
      }
      return Image(
        manifest: manifest, id: ImageID(rawValue: Digest(of: manifest)), name: "image\(number)",
        function: .kernel(try kernel(number)), model: "benchmark", shell: shell, slotKind: .little,
        microsecondsPerLaunch: 1_000, arguments: arguments,
        partials: (0..<8).map {
          PartialReference(slot: SlotID(rawValue: $0), digest: Digest(of: manifest), byteCount: 1)
        })
    }
  }

  static func registration(_ number: Int, images: [Image], speed: Double) throws -> Registration {
    Registration(
      board: try need(BoardID("board-\(number)")), incarnation: Incarnation(rawValue: 1),
      endpoint: "tcp://board-\(number)", descriptor: try descriptor(memoryByteCount: (1 + number % 3) << 27),
      images: images, speed: speed, jobs: [], slots: [])
  }

  private static func kernel(_ number: Int) throws -> KernelName { try need(KernelName("benchmark/kernel\(number)@1")) }

  private static func descriptor(memoryByteCount: Int) throws -> BoardDescriptor {
    let slots = (0..<8).map { #"{ "kind": "little", "rows": [\#($0)] }"# }.joined(separator: ", ")
    let text = #"""
      {
        "schema": 1, "model": "benchmark",
        "part": { "name": "benchmark", "device": "0x05F5B0FF", "rows": 8, "columns": [4] },
        "shell": { "name": "benchmark", "layout": "onlyLittle", "slots": [\#(slots)] },
        "memoryByteCount": \#(memoryByteCount),
        "configurationPort": { "bytesPerSecond": 1000000 }, "storage": { "bytesPerSecond": 1000000 }
      }
      """#
    return try BoardDescriptor(manifest: Array(text.utf8))
  }

  private static func need<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw Defect(text: "\(Value.self)") }
    return value
  }
}
