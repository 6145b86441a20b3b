import Bitstream
import Digests
import Fabric
import PlainReference
import SoftFPGA
import Testing

/// A board with four rows of four frames: Little slots 0 and 1 (a row each), Big slot 2 (two rows).
enum TinyBoard {
  static let little = SlotID(rawValue: 0)
  static let otherLittle = SlotID(rawValue: 1)
  static let big = SlotID(rawValue: 2)
  static let job = JobID(rawValue: 7)

  static func part(device: UInt32 = 0x05F5_A0FF) throws -> Part {
    try Part(name: "softfpga-tiny", device: DeviceID(rawValue: device), rows: 4, columns: [2, 1, 1])
  }

  static func descriptor(
    device: UInt32 = 0x05F5_A0FF, memoryByteCount: Int = 1 << 20, portBytesPerSecond: Int = 1_000_000,
    storageBytesPerSecond: Int = 1_000_000
  ) throws -> BoardDescriptor {
    BoardDescriptor(
      manifest: [], model: "tiny", part: try part(device: device), shell: ShellID(rawValue: Digest(of: [])),
      layout: .bigLittle,
      slots: [
        SlotDescriptor(slot: little, kind: .little, frames: [0..<4]),
        SlotDescriptor(slot: otherLittle, kind: .little, frames: [4..<8]),
        SlotDescriptor(slot: big, kind: .big, frames: [8..<16]),
      ],
      memoryByteCount: memoryByteCount, portBytesPerSecond: portBytesPerSecond,
      storageBytesPerSecond: storageBytesPerSecond)
  }
}

enum Stage {
  static let names = ["pad-and-block", "dct", "quantize", "dequantize", "inverse-dct", "reconstruct"]

  static func kernel(_ index: Int) throws -> KernelName { try #require(KernelName("tessera/\(names[index])@1")) }

  static func bundle(_ mode: BundleMode, _ indices: ClosedRange<Int>) throws -> ImageFunction {
    .bundle(mode, try indices.map(kernel))
  }
}

/// One input at 0x10 and 0x1C, one output at 0x24 and 0x30, as HLS lays them out.
func argumentRegisters() throws -> [ArgumentRegisters] {
  [
    ArgumentRegisters(
      name: try #require(ArgumentName("input")), direction: .input, addressOffset: 0x10, byteCountOffset: 0x1C),
    ArgumentRegisters(
      name: try #require(ArgumentName("output")), direction: .output, addressOffset: 0x24, byteCountOffset: 0x30),
  ]
}

/// The arguments of a parallel bundle: `0.input` at 0x10 and 0x18, `0.output` at 0x20 and 0x28, then those of stage 1.
func stageArgumentRegisters(stageCount: Int) throws -> [ArgumentRegisters] {
  try (0..<stageCount).flatMap { stage in
    let start = 0x10 + 0x20 * stage
    return [
      ArgumentRegisters(
        name: try #require(ArgumentName("\(stage).input")), direction: .input, addressOffset: start,
        byteCountOffset: start + 8),
      ArgumentRegisters(
        name: try #require(ArgumentName("\(stage).output")), direction: .output, addressOffset: start + 0x10,
        byteCountOffset: start + 0x18),
    ]
  }
}

/// Those of a parallel bundle for its stages, else the two.
func argumentRegisters(of function: ImageFunction) throws -> [ArgumentRegisters] {
  if case .bundle(.parallel, let kernels) = function {
    return try stageArgumentRegisters(stageCount: kernels.count)
  }
  return try argumentRegisters()
}

func softImage(_ function: ImageFunction, microseconds: Int = 1000) throws -> SoftImage {
  SoftImage(
    name: "test", function: function, microsecondsPerLaunch: microseconds,
    arguments: try argumentRegisters(of: function))
}

/// An image for a slot, built and verified.
func verifiedPartial(
  _ function: ImageFunction, for slot: SlotID, of descriptor: BoardDescriptor, microseconds: Int = 1000
) throws -> VerifiedPartial {
  let bytes = try SoftImageBuilder(for: descriptor).partial(
    of: softImage(function, microseconds: microseconds), for: slot)
  return try verify(bytes, for: slot, of: descriptor)
}

func verify(_ bytes: [UInt8], for slot: SlotID, of descriptor: BoardDescriptor) throws -> VerifiedPartial {
  let region = try #require(descriptor[slot]).frames
  return try PartialVerifier(part: descriptor.part, region: region).verify(bytes, digest: Digest(of: bytes))
}

/// The buffer arguments of a launch, with the output's capacity.
func launchArguments(
  input: BufferID, byteCount: Int, output: BufferID, capacity: Int
) throws -> [BufferArgument] {
  let registers = try argumentRegisters()
  return [
    BufferArgument(registers: registers[0], buffer: input, byteCount: byteCount),
    BufferArgument(registers: registers[1], buffer: output, byteCount: capacity),
  ]
}

extension SoftBoard {
  /// Puts an item into a buffer of its own, runs a slot's kernel once, and reads the output.
  func process(_ item: [UInt8], in slot: SlotID, capacity: Int = 64 << 10) async throws -> [UInt8] {
    let input = try await allocate(item.count, for: TinyBoard.job)
    let output = try await allocate(capacity, for: TinyBoard.job)
    try await write(item, to: input)
    let written = try await launch(
      slot, launchArguments(input: input, byteCount: item.count, output: output, capacity: capacity))
    let name = try #require(ArgumentName("output"))
    let result = try await read(try #require(written[name]), from: output)
    await free([input, output])
    return result
  }
}

/// A picture of slopes and noise, as a reference tile at stage 0.
func picture(width: Int, height: Int, channels: Int, seed: UInt64) -> PlainReference.Tile {
  var random = SplitMix64(seed: seed)
  var values: [Int] = []
  for y in 0..<height {
    for x in 0..<width {
      for channel in 0..<channels {
        let slope = (x * (channel + 1) + y * 2) * 255 / max(width * 4 + height * 2, 1)
        let noise = Int(random.next() % 64) - 32
        values.append(max(0, min(255, slope + noise)))
      }
    }
  }
  return PlainReference.Tile(width: width, height: height, channels: channels, values: values)
}
