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

  /// What a kernel found in its registers.
  struct Operands: Sendable {
    let input: [UInt8]
    let output: BufferID
    let outputCapacity: Int
  }

  var registers = RegisterFile()
  var waiter: Waiter?

  /// Writes a launch's arguments into the registers, as a host does.
  ///
  /// - Throws: ``BoardError`` where a buffer or a register does not exist, or the buffers belong to more than one job.
  mutating func load(
    _ arguments: [BufferArgument], of slot: SlotID, from memory: borrowing BoardMemory
  ) throws(BoardError) {
    registers.clear()
    let owners = Set(arguments.compactMap { memory.owner(of: $0.buffer) })
    guard owners.count <= 1 else {
      throw .kernelFault(slot, "its arguments are buffers of \(owners.count) jobs, one job's are allowed")
    }
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

  /// Reads the registers at the kernel's own offsets and resolves the addresses, as the kernel does once started.
  func operands(at offsets: KernelRegisters, in memory: borrowing BoardMemory) throws(KernelFault) -> Operands {
    let (input, inputByteCount) = try buffer(offsets.inputAddress, offsets.inputByteCount, in: memory)
    let (output, capacity) = try buffer(offsets.outputAddress, offsets.outputByteCount, in: memory)
    do throws(BoardError) {
      return Operands(
        input: try memory.read(inputByteCount, from: input), output: output, outputCapacity: capacity)
    } catch { throw KernelFault(error.message) }
  }

  /// Leaves the result in memory and its size in the output's register, as the kernel does when done.
  ///
  /// - Returns: What the registers of the output arguments say then.
  mutating func store(
    _ result: [UInt8], of slot: SlotID, to output: BufferID, at offsets: KernelRegisters, arguments: [BufferArgument],
    in memory: inout BoardMemory
  ) -> Outcome {
    do throws(BoardError) {
      try memory.write(result, to: output)
      do throws(KernelFault) {
        try registers.write(UInt32(truncatingIfNeeded: result.count), at: offsets.outputByteCount)
        registers.finish()
        var written: [ArgumentName: Int] = [:]
        for argument in arguments where argument.registers.direction == .output {
          written[argument.registers.name] = Int(try registers.read(argument.registers.byteCountOffset))
        }
        return .success(written)
      } catch { throw BoardError.kernelFault(slot, error.sentence) }
    } catch { return .failure(error) }
  }

  private func buffer(
    _ addressOffset: Int, _ byteCountOffset: Int, in memory: borrowing BoardMemory
  ) throws(KernelFault) -> (BufferID, byteCount: Int) {
    let address = try registers.readAddress(addressOffset)
    let byteCount = Int(try registers.read(byteCountOffset))
    guard let buffer = memory.buffer(at: address, holding: byteCount) else {
      throw KernelFault(
        "the registers at \(hexadecimal(addressOffset)) hold the address \(hexadecimal(address)), "
          + "where no buffer of \(byteCount) bytes begins")
    }
    return (buffer, byteCount)
  }
}
