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
  /// Used outside the state's lock, so that an image on its way holds up no other slot.
  let port: ConfigurationPort
  /// The port writes on a thread of its own: like hardware, it waits for no turn in the pool that kernels and agent share.
  let portThread = DispatchQueue(label: "softfpga-port", qos: .userInteractive)

  /// A board whose slots are blank and whose memory is free.
  public init(_ descriptor: BoardDescriptor, faults: FaultPlan = FaultPlan(), time: any TimeSource) {
    self.descriptor = descriptor
    self.time = time
    state = Mutex(
      State(
        model: SoftBoardModel(of: descriptor, faults: faults),
        memory: BoardMemory(byteCount: descriptor.memoryByteCount),
        slots: descriptor.slots.map { _ in SlotHardware() }))
    port = ConfigurationPort(part: descriptor.part)
    warmUp()
  }

  /// Writes an image of zeros into the last slot, which is zero.
  ///
  /// The first write of a process runs through cold code and takes several times as long as the others, which at a high
  /// speed would be an overrun. What may fail here fails by name in the first real write.
  private func warmUp() {
    guard let slot = descriptor.slots.last else { return }
    do throws(BitstreamError) {
      let writer = try PartialWriter(part: descriptor.part, region: slot.frames)
      let zeros = [UInt32](repeating: 0, count: writer.frameCount * Part.wordsPerFrame)
      _ = port.write(try writer.partial(design: "blank", words: zeros))
    } catch {}
  }

  /// The device's status register.
  public var status: ConfigurationStatus { port.status }

  /// The words of configuration frames, `Part.wordsPerFrame` each, in O(frames); empty for ordinals that the part does
  /// not have.
  public func readback(_ frames: Range<Int>) -> [UInt32] { port.readback(frames) }

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
}
