internal import Fabric

/// The kernel's side of one slot of an emulated board: its registers, and who waits for it.
struct SlotHardware: Sendable {
  /// The bytes that each output argument received, or why there are none.
  typealias Outcome = Result<[ArgumentName: Int], BoardError>

  /// A launch's caller, and the task that computes for it.
  struct Waiter: Sendable {
    let caller: CheckedContinuation<Outcome, Never>
    let computation: Task<Void, Never>
  }

  private(set) var registers = RegisterFile()
  /// Whose launch the registers are for: the kernel reaches this job's buffers and no others.
  private(set) var job: JobID?
  var waiter: Waiter?

  /// Forgets the launch before, so that no other can reach its arguments.
  mutating func clear() {
    registers.clear()
    job = nil
  }

  mutating func start() { registers.start() }

  /// Writes a launch's arguments into the registers, as a host does.
  ///
  /// - Throws: ``BoardError`` where a buffer or a register does not exist, or the buffers belong to more than one job.
  mutating func load(
    _ arguments: [BufferArgument], of slot: SlotID, from memory: borrowing BoardMemory
  ) throws(BoardError) {
    clear()
    let owners = Set(arguments.compactMap { memory.owner(of: $0.buffer) })
    guard owners.count <= 1 else {
      throw .kernelFault(slot, "its arguments are buffers of \(owners.count) jobs, one job's are allowed")
    }
    job = owners.first
    for argument in arguments {
      let address = try memory.address(of: argument.buffer, holding: argument.byteCount)
      guard let byteCount = UInt32(exactly: argument.byteCount) else {
        throw .kernelFault(slot, "\(argument.byteCount) bytes do not fit a register of 32 bits")
      }
      do throws(KernelFault) {
        try registers.writeAddress(address, at: argument.registers.addressOffset)
        try registers.write(byteCount, at: argument.registers.byteCountOffset)
      } catch { throw .kernelFault(slot, error.sentence) }
    }
  }

  /// Leaves the results in memory and their sizes in the outputs' registers, as the kernel does when done.
  ///
  /// - Returns: What the registers of the output arguments say then.
  /// - Throws: ``BoardError`` where an output buffer was freed meanwhile, or an argument has no register.
  mutating func store(
    _ results: [[UInt8]], of slot: SlotID, for operands: [KernelOperands], arguments: [BufferArgument],
    in memory: inout BoardMemory
  ) throws(BoardError) -> [ArgumentName: Int] {
    for (operands, result) in zip(operands, results) { try memory.write(result, to: operands.output) }
    do throws(KernelFault) {
      for (operands, result) in zip(operands, results) {
        try registers.write(UInt32(truncatingIfNeeded: result.count), at: operands.outputByteCountOffset)
      }
      registers.finish()
      var written: [ArgumentName: Int] = [:]
      for argument in arguments where argument.registers.direction == .output {
        written[argument.registers.name] = Int(try registers.read(argument.registers.byteCountOffset))
      }
      return written
    } catch { throw .kernelFault(slot, error.sentence) }
  }
}
