import Bitstream
import Digests
import Fabric
import Testing

/// Values that stand for an item's bytes: a kernel's output is a function of its inputs, so a wrong buffer shows in the result.
struct Content: Hashable {
  let value: UInt64

  /// The bytes that the item takes; they differ from item to item.
  var byteCount: Int { 8 + Int(value % 7) }
  static let maximumByteCount = 14

  var blob: BlobReference {
    BlobReference(digest: Digest(of: withUnsafeBytes(of: value.littleEndian, Array.init)), byteCount: byteCount)
  }

  /// What a kernel makes of its inputs, in the order of its arguments' names.
  static func output(of kernel: KernelName, _ inputs: [Content]) -> Content {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in kernel.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for input in inputs { hash = (hash ^ input.value) &* 0x100_0000_01B3 ^ hash >> 29 }
    return Content(value: hash)
  }
}

/// The applications that jobs run.
enum Houses {
  static func kernel(_ name: String) throws -> KernelName { try #require(KernelName("test/\(name)@1")) }

  static let kernelNames = ["a", "b", "c", "d", "join"]
  private static let diamondKernels = ["a", "b", "c", "join"]

  /// One task after the other, with a bundle of the first so many, in either mode.
  static func chain(_ kernels: [String], bundled: Int = 0) throws -> Application {
    let names = try kernels.map { try #require(TaskName("task-\($0)")) }
    let edges = try (0...names.count).map { index in
      Edge(
        name: try #require(EdgeName("edge-\(index)")), producer: index == 0 ? nil : try end(names[index - 1], "out"),
        readers: index == names.count ? [] : [try end(names[index], "in")],
        maximumByteCount: Content.maximumByteCount)
    }
    let bundle = Bundle(
      name: try #require(TaskName("bundle")), tasks: Array(names.prefix(bundled)),
      microsecondsPerLaunch: [.serial: 1000, .parallel: 500])
    return Application(
      manifest: Array("\(kernels) \(bundled)".utf8), name: "chain", tasks: try zip(names, kernels).map(task),
      edges: edges, bundles: bundled > 1 ? [bundle] : [])
  }

  /// One task feeds two, and the last one joins them.
  static func diamond() throws -> Application {
    let names = try diamondKernels.map { try #require(TaskName("task-\($0)")) }
    let edge = { (name: String, producer: Edge.End?, readers: [Edge.End]) in
      Edge(
        name: try #require(EdgeName(name)), producer: producer, readers: readers,
        maximumByteCount: Content.maximumByteCount)
    }
    return Application(
      manifest: Array("diamond".utf8), name: "diamond", tasks: try zip(names, diamondKernels).map(task),
      edges: [
        try edge("input", nil, [try end(names[0], "in")]),
        try edge("fork", try end(names[0], "out"), [try end(names[1], "in"), try end(names[2], "in")]),
        try edge("left", try end(names[1], "out"), [try end(names[3], "in")]),
        try edge("right", try end(names[2], "out"), [try end(names[3], "in-2")]),
        try edge("output", try end(names[3], "out"), []),
      ], bundles: [])
  }

  private static func end(_ task: TaskName, _ argument: String) throws -> Edge.End {
    Edge.End(task: task, argument: try #require(ArgumentName(argument)))
  }

  private static func task(_ name: TaskName, _ kernel: String) throws -> ApplicationTask {
    ApplicationTask(
      name: name, kernel: try self.kernel(kernel), estimatedMicrosecondsPerItem: 1000, measuredMicrosecondsPerItem: 1000
    )
  }

  /// A board of some slots, with an image of every kernel for the Little ones and one of each bundle for the Big ones.
  static func board(little: Int, big: Int, memoryByteCount: Int) throws -> (
    descriptor: BoardDescriptor, images: [Image]
  ) {
    let shell = ShellID(rawValue: Digest(of: [UInt8(little), UInt8(big)]))
    let slots = (0..<little + big).map {
      SlotDescriptor(slot: SlotID(rawValue: $0), kind: $0 < little ? .little : .big, frames: [$0..<$0 + 1])
    }
    let part = try Part(name: "toy", device: DeviceID(rawValue: 0x05F5_A0FF), rows: 4, columns: [3, 1, 4, 2])
    let descriptor = BoardDescriptor(
      manifest: [], model: "toy", part: part, shell: shell, layout: big > 0 ? .bigLittle : .onlyLittle, slots: slots,
      memoryByteCount: memoryByteCount, portBytesPerSecond: 1, storageBytesPerSecond: 1)
    var functions = try kernelNames.map { ImageFunction.kernel(try kernel($0)) }
    if big > 0 {
      for mode in BundleMode.allCases {
        functions += try [2, 3].map { .bundle(mode, try kernelNames.prefix($0).map(kernel)) }
      }
    }
    return (descriptor, try functions.map { try image($0, on: descriptor) })
  }

  private static func image(_ function: ImageFunction, on board: BoardDescriptor) throws -> Image {
    let kind: SlotKind = if case .bundle = function { .big } else { .little }
    let names =
      if case .bundle(.parallel, let kernels) = function {
        kernels.indices.flatMap { ["\($0).in", "\($0).out"] }
      } else {
        function == .kernel(try kernel("join")) ? ["in", "in-2", "out"] : ["in", "out"]
      }
    let arguments = try names.map {
      ArgumentRegisters(
        name: try #require(ArgumentName($0)), direction: $0.hasSuffix("out") ? .output : .input, addressOffset: 16,
        byteCountOffset: 24)
    }
    let partials = board.slots.filter { $0.kind == kind }.map {
      PartialReference(
        slot: $0.slot, digest: Digest(of: Array("\(board.shell) \(function) \($0.slot)".utf8)), byteCount: 100)
    }
    return Image(
      manifest: [], id: ImageID(rawValue: Digest(of: Array("\(board.shell) \(function)".utf8))), name: "image",
      function: function, model: board.model, shell: board.shell, slotKind: kind, microsecondsPerLaunch: 1,
      arguments: arguments, partials: partials)
  }
}

extension JobRequest {
  /// The result that the application has for an item.
  func result(for input: Content) -> Content? {
    var contents: [EdgeName: Content] = [:]
    if let edge = application.inputEdge { contents[edge.name] = input }
    for task in application.tasks {
      let ports = application.edges.flatMap { edge in
        edge.readers.filter { $0.task == task.name }.map { (argument: $0.argument, edge: edge.name) }
      }
      let inputs = ports.sorted { $0.argument < $1.argument }.compactMap { contents[$0.edge] }
      for edge in application.edges where edge.producer?.task == task.name {
        contents[edge.name] = .output(of: task.kernel, inputs)
      }
    }
    return application.outputEdge.flatMap { contents[$0.name] }
  }
}
