internal import Bitstream
internal import Digests
internal import Fabric
internal import SoftFPGA
internal import TestBench

/// A board of two tenants, and what the neighbour has on it.
struct SharedBoard {
  static let tenant = JobID(rawValue: 1)
  static let neighbour = JobID(rawValue: 2)
  /// Room for a tile before and after the kernel, so that only whose a buffer is can refuse it.
  static let bufferByteCount = 256
  /// The side of the tiles, in pixels.
  private static let side = 8

  let descriptor: BoardDescriptor
  let board: SoftBoard
  let tenantSlots: [SlotID]
  /// A tile of the tenant's and room for a result; neither is ever freed.
  let input, output: BufferID
  /// Half of the memory, so that its count reaches most addresses when it lands in an address register.
  let large: BufferID
  /// Tiles that a kernel would take, if it could get at them.
  let secrets: [BufferID]
  /// Where they lie: buffers are taken first fit from ``BoardMemory/baseAddress`` on.
  let secretAddresses: [Int]
  /// Where the next buffer of a tile's size would lie.
  let firstFreeAddress: Int

  private let honestPartials: [SlotID: VerifiedPartial]
  private let verifiers: [SlotID: PartialVerifier]
  private let neighbourFrames: [Range<Int>]
  private let neighbourWords: [[UInt32]]

  init(_ descriptor: BoardDescriptor) async throws {
    let board = SoftBoard(descriptor, time: JumpingTime())
    let bigSlot = descriptor.slots.first { $0.kind == .big }?.slot
    let tenantSlots = [SlotID(rawValue: 1)] + (bigSlot.map { [$0] } ?? [])
    var partials: [SlotID: VerifiedPartial] = [:]
    var verifiers: [SlotID: PartialVerifier] = [:]
    for slot in descriptor.slots {
      let image = try SoftImageBuilder(for: descriptor).partial(of: Self.image(), for: slot.slot)
      let verifier = PartialVerifier(part: descriptor.part, region: slot.frames)
      let partial = try verifier.verify(image, digest: Digest(of: image))
      try await board.configure(slot.slot, with: partial)
      (partials[slot.slot], verifiers[slot.slot]) = (partial, verifier)
    }
    (self.descriptor, self.board, self.tenantSlots) = (descriptor, board, tenantSlots)
    (honestPartials, self.verifiers) = (partials, verifiers)
    let own = RangeSet(tenantSlots.flatMap { descriptor[$0]?.frames ?? [] })
    neighbourFrames = Array(RangeSet(0..<descriptor.part.frameCount).subtracting(own).ranges)
    neighbourWords = neighbourFrames.map { board.readback($0) }

    let byteCount = Self.bufferByteCount
    var secrets: [BufferID] = []
    for _ in 0..<3 {
      let buffer = try await board.allocate(byteCount, for: Self.neighbour)
      try await board.write(Self.secretTile, to: buffer)
      secrets.append(buffer)
    }
    self.secrets = secrets
    input = try await board.allocate(byteCount, for: Self.tenant)
    output = try await board.allocate(byteCount, for: Self.tenant)
    // A hole below the large buffer, which a count can name.
    let hole = try await board.allocate(byteCount, for: Self.neighbour)
    large = try await board.allocate(descriptor.memoryByteCount / 2, for: Self.tenant)
    await board.free([hole])
    // Buffers lie one after the other, and this size is a multiple of what they are aligned to.
    secretAddresses = secrets.indices.map { BoardMemory.baseAddress + $0 * byteCount }
    firstFreeAddress = BoardMemory.baseAddress + (secrets.count + 2) * byteCount
  }

  func honestPartial(of slot: SlotID) throws -> VerifiedPartial {
    guard let partial = honestPartials[slot] else { throw UnfitBoard() }
    return partial
  }

  func verifier(of slot: SlotID) -> PartialVerifier {
    verifiers[slot] ?? PartialVerifier(part: descriptor.part, region: [])
  }

  /// What of the neighbour's was changed or stopped, or can be read by the tenant.
  func damage() async throws -> String? {
    guard board.status == .operating else { return "the device was stopped, its status is \(board.status)" }
    for (range, words) in zip(neighbourFrames, neighbourWords) where board.readback(range) != words {
      return "frames \(range) of the neighbour were changed"
    }
    for secret in secrets where try await board.read(Self.secretTile.count, from: secret) != Self.secretTile {
      return "buffer \(secret.rawValue) of the neighbour was changed"
    }
    for own in [input, output] {
      let bytes = try await board.read(Self.secretTile.count, from: own)
      if Self.holdsSecret(bytes) { return "buffer \(own.rawValue) holds what the neighbour wrote" }
    }
    return nil
  }

  /// Whether the device, without the verifier, would stop, or change frames that are not the slot's.
  func harmsNeighbour(_ image: [UInt8], from slot: SlotID) -> Bool {
    let port = ConfigurationPort(part: descriptor.part)
    if port.write(image) == nil, port.status != .operating { return true }
    let own = RangeSet(descriptor[slot]?.frames ?? [])
    return RangeSet(0..<descriptor.part.frameCount).subtracting(own).ranges.contains { range in
      port.readback(range).contains { $0 != 0 }
    }
  }

  static let tile = tile(of: 0x11)
  static let secretTile = tile(of: 0xC5)

  /// Whether bytes hold a row of the secret's pixels, or of what a kernel makes of them.
  static func holdsSecret(_ bytes: [UInt8]) -> Bool {
    let shifted = (0..<side).flatMap { _ in [0xC5 - 0x80, 0] as [UInt8] }
    return [Array(repeating: 0xC5, count: side), shifted].contains { row in bytes.containsRun(row) }
  }

  /// A tile of one grey, as the first kernel takes it.
  private static func tile(of grey: UInt8) -> [UInt8] {
    let header = Array("TILE".utf8) + [UInt8(side), 0, UInt8(side), 0, 1, 0, 0, 0, 0, 0, 0, 0]
    return header + Array(repeating: grey, count: side * side)
  }

  private static func image() throws -> SoftImage {
    guard let kernel = KernelName("tessera/pad-and-block@1") else { throw UnfitBoard() }
    return SoftImage(
      name: "tenant", function: .kernel(kernel), microsecondsPerLaunch: 1, arguments: try KernelArguments().registers)
  }
}

/// The board has no slot for the tenant.
struct UnfitBoard: Error {}

extension [UInt8] {
  fileprivate func containsRun(_ run: [UInt8]) -> Bool {
    guard let first = run.first, count >= run.count else { return false }
    return indices.dropLast(run.count - 1).contains { start in
      self[start] == first && self[start..<start + run.count].elementsEqual(run)
    }
  }
}
