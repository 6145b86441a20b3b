public import Bitstream

/// One buffer argument of a launch: the registers that take it, and the buffer.
public struct BufferArgument: Sendable, Hashable {
  public let registers: ArgumentRegisters
  public let buffer: BufferID
  /// For an input the bytes that hold data, for an output the bytes that may be written.
  public let byteCount: Int
  public init(registers: ArgumentRegisters, buffer: BufferID, byteCount: Int) {
    self.registers = registers
    self.buffer = buffer
    self.byteCount = byteCount
  }
}

/// The state of a board's wear and errors.
public struct BoardHealth: Sendable, Hashable, Codable {
  /// Images configured since the board began; blanking images do not count.
  public var configurationCount: Int
  /// Writes that the port refused.
  public var portErrorCount: Int
  /// Computations and configurations that ended after their modelled time; 0 on real boards.
  public var overrunCount: Int
  public init(configurationCount: Int = 0, portErrorCount: Int = 0, overrunCount: Int = 0) {
    self.configurationCount = configurationCount
    self.portErrorCount = portErrorCount
    self.overrunCount = overrunCount
  }
}

/// A board, real or emulated; order, retry, quarantine and watchdogs are the caller's.
public protocol Board: Sendable {
  var descriptor: BoardDescriptor { get }

  /// Decouples the slot, writes the image through the port and recouples; on an error the slot stays decoupled.
  @concurrent func configure(_ slot: SlotID, with partial: VerifiedPartial) async throws(BoardError)

  /// Takes the slot's function away by an image of zeros through the port; it stays decoupled.
  @concurrent func blank(_ slot: SlotID) async throws(BoardError)

  /// Reserves zeroed board memory for a job.
  @concurrent func allocate(_ byteCount: Int, for job: JobID) async throws(BoardError) -> BufferID

  /// Gives buffers back, whose bytes nobody reads again; unknown ones are ignored.
  @concurrent func free(_ buffers: [BufferID]) async

  /// Writes at the start of a buffer.
  @concurrent func write(_ bytes: [UInt8], to buffer: BufferID) async throws(BoardError)

  /// Reads the first `byteCount` bytes of a buffer.
  @concurrent func read(_ byteCount: Int, from buffer: BufferID) async throws(BoardError) -> [UInt8]

  /// Runs the slot's kernel once, and returns when it is done with the bytes it wrote into each output.
  @concurrent func launch(_ slot: SlotID, _ arguments: [BufferArgument]) async throws(BoardError) -> [ArgumentName: Int]

  /// Ends the launch in the slot, which then throws ``BoardError/aborted(_:)``; without one it does nothing.
  func abort(_ slot: SlotID)

  @concurrent func health() async -> BoardHealth
}
