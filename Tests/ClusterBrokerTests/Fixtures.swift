import Bitstream
import ClusterBroker
import Digests
import Fabric
import Messages
import Testing

func boardID(_ text: String) throws -> BoardID { try #require(BoardID(text)) }
func kernel(_ text: String) throws -> KernelName { try #require(KernelName("test/\(text)@1")) }

func blob(_ text: String) -> BlobReference {
  BlobReference(digest: Digest(of: Array(text.utf8)), byteCount: text.utf8.count)
}

func peer(_ text: String) -> Peer { .accepted(connection: Array(text.utf8)) }

let client = peer("client")

/// A chain of tasks, one per kernel, and optionally a serial bundle of all of them.
func chain(
  _ kernels: [String], hasBundle: Bool = false, microsecondsPerItem: Int = 1_000, output outputName: String = "out",
  itemByteCount: Int = 100
) throws -> Application {
  let names = try kernels.indices.map { try #require(TaskName("t\($0)")) }
  let tasks = try zip(names, kernels).map { name, text in
    ApplicationTask(
      name: name, kernel: try kernel(text), estimatedMicrosecondsPerItem: microsecondsPerItem,
      measuredMicrosecondsPerItem: microsecondsPerItem)
  }
  let input = try #require(ArgumentName("in"))
  let output = try #require(ArgumentName(outputName))
  let edges = try (0...names.count).map { index in
    Edge(
      name: try #require(EdgeName("e\(index)")),
      producer: index == 0 ? nil : Edge.End(task: names[index - 1], argument: output),
      readers: index == names.count ? [] : [Edge.End(task: names[index], argument: input)],
      maximumByteCount: itemByteCount)
  }
  let bundles =
    hasBundle
    ? [Bundle(name: try #require(TaskName("all")), tasks: names, microsecondsPerLaunch: [.serial: 10])] : []
  let manifest = Array("\(kernels) \(hasBundle) \(microsecondsPerItem) \(outputName) \(itemByteCount)".utf8)
  return Application(manifest: manifest, name: "chain", tasks: tasks, edges: edges, bundles: bundles)
}

/// A submission of so many items.
func submission(
  _ key: String = "key", _ application: Application, items: Int = 3, priority: Int = 5
) throws -> Submit {
  let request = JobRequest(
    application: application, inputs: (0..<items).map { blob("input \($0)") }, priority: priority,
    tenant: try #require(TenantName("tenant")))
  return Submit(idempotencyKey: key, request: request)
}

let shell = ShellID(rawValue: Digest(of: [1]))

/// A board of so many Little slots and two Big ones.
func descriptor(littleSlots: Int = 4, shell: ShellID = shell, memory: Int = 1 << 20) throws -> BoardDescriptor {
  let slots = (0..<littleSlots + 2).map {
    SlotDescriptor(slot: SlotID(rawValue: $0), kind: $0 < littleSlots ? .little : .big, frames: [$0..<$0 + 1])
  }
  return BoardDescriptor(
    manifest: [], model: "toy",
    part: try Part(name: "softfpga-tiny", device: DeviceID(rawValue: 0x05F5_A0FF), rows: 4, columns: [3, 1, 4, 2]),
    shell: shell, layout: .bigLittle, slots: slots, memoryByteCount: memory, portBytesPerSecond: 1,
    storageBytesPerSecond: 1)
}

/// An image for the boards of ``descriptor(littleSlots:shell:memory:)`` that reads `in` and writes `out`.
func image(_ function: ImageFunction, kind: SlotKind = .little) throws -> Image {
  let slot = SlotID(rawValue: kind == .little ? 0 : 4)
  let manifest = Array("\(function) \(kind)".utf8)
  let arguments = try [("in", ArgumentRegisters.Direction.input), ("out", .output)].map { name, direction in
    ArgumentRegisters(
      name: try #require(ArgumentName(name)), direction: direction, addressOffset: 16, byteCountOffset: 24)
  }
  return Image(
    manifest: manifest, id: ImageID(rawValue: Digest(of: manifest)), name: "image", function: function, model: "toy",
    shell: shell, slotKind: kind, microsecondsPerLaunch: 1, arguments: arguments,
    partials: [PartialReference(slot: slot, digest: Digest(of: manifest), byteCount: 1)])
}

func images(_ kernels: [String]) throws -> [Image] { try kernels.map { try image(.kernel(try kernel($0))) } }

func registration(
  _ board: String, incarnation: UInt64 = 1, kernels: [String] = ["a", "b"], speed: Double = 1, memory: Int = 1 << 20,
  offer: [Image]? = nil, jobs: [HeldJob] = [], slots: [SlotStatus] = []
) throws -> Registration {
  Registration(
    board: try boardID(board), incarnation: Incarnation(rawValue: incarnation), endpoint: "tcp://\(board)",
    descriptor: try descriptor(memory: memory), images: try offer ?? images(kernels), speed: speed, jobs: jobs,
    slots: slots)
}
