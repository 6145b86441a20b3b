public import Bitstream
internal import Dispatch
public import Fabric
internal import Synchronization

/// An emulated board: its kernels really compute, its port really takes images word by word, and both take the modelled
/// time.
///
/// What is begun ends at the later of its own work's end and of the model's instant, in board time. Work that ends
/// after that instant is an overrun: it is counted in ``BoardHealth/overrunCount``, and the modelled figures of such a
/// run are void. Computing and writing happen outside the lock, so that neither holds up other slots.
///
/// Cancelling the caller's task stops nothing, as it would not stop hardware; ``abort(_:)`` does.
public final class SoftBoard: Board {
  struct State: Sendable {
    var model: SoftBoardModel
    var memory: BoardMemory
    var slots: [SlotHardware]
  }

  public let descriptor: BoardDescriptor
  let time: any TimeSource
  let state: Mutex<State>
  /// By slot; used outside the state's lock, so that the port holds up no other slot.
  let frames: [FrameMemory]
  /// The port writes on a thread of its own: like hardware, it waits for no turn in the pool that kernels and agent share.
  private let port = DispatchQueue(label: "softfpga-port", qos: .userInteractive)

  /// A board whose slots are blank and whose memory is free.
  public init(_ descriptor: BoardDescriptor, time: any TimeSource) {
    self.descriptor = descriptor
    self.time = time
    state = Mutex(
      State(
        model: SoftBoardModel(of: descriptor), memory: BoardMemory(byteCount: descriptor.memoryByteCount),
        slots: descriptor.slots.map { _ in SlotHardware() }))
    frames = descriptor.slots.map { FrameMemory(region: $0.frames) }
    warmUp()
  }

  /// Writes an image of zeros into frames that nobody sees.
  ///
  /// The first write of a process runs through cold code and untouched pages and takes several times as long as the others,
  /// which at a high speed would be an overrun. What may fail here fails by name in the first real write.
  private func warmUp() {
    guard let slot = descriptor.slots.last else { return }
    let zeros = [UInt32](repeating: 0, count: Part.wordsPerFrame)
    let frames = FrameMemory(region: slot.frames)
    do throws(BitstreamError) {
      let image = try PartialWriter(part: descriptor.part, region: slot.frames).partial(design: "blank") { _ in zeros }
      try frames.fill { frames throws(BitstreamError) in
        try ConfigurationPort(part: descriptor.part).write(image, into: &frames)
      }
    } catch {}
  }

  /// Decouples the slot, writes the image through the port and recouples.
  ///
  /// - Throws: ``BoardError/unknownSlot(_:slotCount:)``, ``BoardError/portBusy(_:writing:)`` and
  ///   ``BoardError/slotBusy(_:)`` before anything is touched; ``BoardError/partialDoesNotFit(_:expected:found:)`` and
  ///   ``BoardError/portFault(_:_:)`` leave the slot decoupled.
  @concurrent public func configure(_ slot: SlotID, with partial: VerifiedPartial) async throws(BoardError) {
    let end = try beginConfiguration(of: slot, byteCount: partial.bytes.count)
    let memory = frames[slot.rawValue]
    guard RangeSet(partial.frames) == RangeSet(memory.region) else {
      state.withLock { $0.model.abandonConfiguration(of: slot) }
      throw .partialDoesNotFit(slot, expected: memory.region, found: partial.frames)
    }
    let (fault, workDone) = await write(partial, into: memory)
    await wait(until: end)
    state.withLock { $0.model.endConfiguration(of: slot, isTaken: fault == nil, workDoneAt: workDone) }
    if let fault { throw .portFault(slot, fault) }
  }

  private func write(
    _ partial: VerifiedPartial, into memory: FrameMemory
  ) async -> (fault: BitstreamError?, workDone: BoardInstant) {
    await withCheckedContinuation { caller in
      port.async { [descriptor, time] in
        var fault: BitstreamError?
        do throws(BitstreamError) {
          try memory.fill { frames throws(BitstreamError) in
            try ConfigurationPort(part: descriptor.part).write(partial.bytes, into: &frames)
          }
        } catch { fault = error }
        caller.resume(returning: (fault, time.now.board))
      }
    }
  }

  @concurrent public func blank(_ slot: SlotID) async throws(BoardError) {
    try state.withLock { state throws(BoardError) in
      try state.model.decouple(slot)
      state.slots[slot.rawValue].registers.clear()
    }
    frames[slot.rawValue].erase()
  }

  @concurrent public func allocate(_ byteCount: Int, for job: JobID) async throws(BoardError) -> BufferID {
    try state.withLock { state throws(BoardError) in try state.memory.allocate(byteCount, for: job) }
  }

  @concurrent public func free(_ buffers: [BufferID]) async {
    state.withLock { state in for buffer in buffers { state.memory.release(buffer) } }
  }

  @concurrent public func write(_ bytes: [UInt8], to buffer: BufferID) async throws(BoardError) {
    try state.withLock { state throws(BoardError) in try state.memory.write(bytes, to: buffer) }
  }

  @concurrent public func read(_ byteCount: Int, from buffer: BufferID) async throws(BoardError) -> [UInt8] {
    try state.withLock { state throws(BoardError) in try state.memory.read(byteCount, from: buffer) }
  }

  @concurrent public func health() async -> BoardHealth { state.withLock { $0.model.health } }

  /// Counts work beside the board's own that ended after its modelled time.
  func countOverrun() { state.withLock { $0.model.countOverrun() } }

  private func beginConfiguration(of slot: SlotID, byteCount: Int) throws(BoardError) -> BoardInstant {
    let now = time.now.board
    return try state.withLock { state throws(BoardError) in
      let end = try state.model.beginConfiguration(of: slot, byteCount: byteCount, at: now)
      state.slots[slot.rawValue].registers.clear()
      return end
    }
  }

  /// Waits in a task of its own, which the caller's cancellation does not reach.
  private func wait(until end: BoardInstant) async {
    let time = time
    // Only a task of our own sleeps here, and nobody cancels it.
    await Task { try? await time.sleep(until: .board(end)) }.value
  }
}
