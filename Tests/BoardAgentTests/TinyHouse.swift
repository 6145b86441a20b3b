import Bitstream
import BoardAgent
import Digests
import Fabric
import Logging
import LoneAgent
import Messages
import SlotAllocator
import SoftFPGA
import TestBench
import Testing

/// A tiny emulated board of a layout with the images of the image-compression kernels, and an agent on it.
struct TinyHouse {
  static let kernels = ["pad-and-block", "dct", "quantize", "dequantize", "inverse-dct", "reconstruct"]

  let descriptor: BoardDescriptor
  let images: [Image]
  let storage: MemoryImages

  /// A Big.Little one has images of the halves in these modes; on a relocatable shell one partial serves all slots.
  init(_ layout: Layout, modes: [BundleMode] = [.serial], isRelocatable: Bool = false) throws {
    let name = layout == .onlyLittle ? "softfpga-tiny-only-little" : "softfpga-tiny-big-little"
    let text = String(decoding: try Repository.bytes("bitstreams/boards/\(name).json"), as: UTF8.self)
    let shell = isRelocatable ? "\"shell\": { \"relocatable\": true," : "\"shell\": {"
    let descriptor = try BoardDescriptor(manifest: Array(text.replacing("\"shell\": {", with: shell).utf8))
    var functions = try Self.kernels.map { ImageFunction.kernel(try #require(KernelName("tessera/\($0)@1"))) }
    if layout == .bigLittle {
      for half in [Self.kernels[..<3], Self.kernels[3...]] {
        for mode in modes {
          functions.append(.bundle(mode, try half.map { try #require(KernelName("tessera/\($0)@1")) }))
        }
      }
    }
    var partials: [Digest: [UInt8]] = [:]
    images = try functions.map { try Self.image($0, on: descriptor, into: &partials) }
    self.descriptor = descriptor
    storage = MemoryImages(partials: partials)
  }

  private static func image(
    _ function: ImageFunction, on descriptor: BoardDescriptor, into partials: inout [Digest: [UInt8]]
  ) throws -> Image {
    let kind: SlotKind = if case .bundle = function { .big } else { .little }
    let prefixes = if case .bundle(.parallel, let kernels) = function { kernels.indices.map { "\($0)." } } else { [""] }
    let registers = try prefixes.enumerated().flatMap { number, prefix in
      [
        ArgumentRegisters(
          name: try #require(ArgumentName("\(prefix)input")), direction: .input, addressOffset: 16 + 32 * number,
          byteCountOffset: 24 + 32 * number),
        ArgumentRegisters(
          name: try #require(ArgumentName("\(prefix)output")), direction: .output, addressOffset: 32 + 32 * number,
          byteCountOffset: 40 + 32 * number),
      ]
    }
    let soft = SoftImage(name: "tiny", function: function, microsecondsPerLaunch: 1000, arguments: registers)
    let slots = descriptor.slots.map(\.slot).filter { descriptor[$0]?.kind == kind }
    let references = try slots.map { slot in
      let builtFor = descriptor.isRelocatable ? slots[0] : slot
      let bytes = try SoftImageBuilder(for: descriptor).partial(of: soft, for: builtFor)
      partials[Digest(of: bytes)] = bytes
      return PartialReference(
        slot: slot, digest: Digest(of: bytes), byteCount: bytes.count, relocatedFrom: slot == builtFor ? nil : builtFor)
    }
    return Image(
      manifest: [], id: ImageID(rawValue: Digest(of: Array("\(function)".utf8))), name: "\(function)",
      function: function, model: descriptor.model, shell: descriptor.shell, slotKind: kind,
      microsecondsPerLaunch: soft.microsecondsPerLaunch, arguments: registers, partials: references)
  }

  func agent(
    on board: SoftBoard, over broker: ScriptedBroker, time: any TimeSource, policy: PolicyName,
    auditLog: any AuditLog = MemoryAuditLog(), storage: (any ImageSource)? = nil
  ) throws -> Agent {
    let configuration = AgentConfiguration(
      board: try #require(BoardID("tiny")), incarnation: Incarnation(rawValue: 1), slotsAreBlank: true,
      endpoint: "tcp://127.0.0.1:2", brokerEndpoint: ScriptedBroker.endpoint, descriptor: descriptor, images: images,
      policy: policy,
      speed: 1)
    return Agent(
      configuration, board: board, storage: storage ?? self.storage, transport: broker, store: MemoryStore(),
      codec: OneWayCodec(),
      auditLog: auditLog, time: time, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  func assignment(
    of application: Application, inputs: [[UInt8]], images: [Image], job: UInt64 = 1, epoch: UInt64 = 1,
    checkpoint: Checkpoint? = nil
  ) throws -> Messages.Assignment {
    Messages.Assignment(
      job: JobID(rawValue: job), epoch: Epoch(rawValue: epoch), incarnation: Incarnation(rawValue: 1),
      request: JobRequest(
        application: application,
        inputs: inputs.map { BlobReference(digest: Digest(of: $0), byteCount: $0.count) }, priority: 1,
        tenant: try #require(TenantName("test"))),
      images: images.map(\.id),
      checkpoint: checkpoint ?? Checkpoint(progress: Progress(of: application, finished: 0), items: []), committed: 0)
  }
}
