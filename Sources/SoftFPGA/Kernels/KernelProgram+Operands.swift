internal import Fabric

extension KernelProgram {
  /// Reads the registers at the kernels' own offsets and resolves the addresses, as hardware does once started.
  ///
  /// A stage of a parallel bundle is idle where both of its addresses are 0, at which memory has no buffer.
  ///
  /// - Returns: The operands of what has work, in the order of the lanes; never empty.
  /// - Throws: ``KernelFault`` where a stage is given one address only, two write to one buffer, no stage is given any,
  ///   or an address is none of a buffer of the job's of that many bytes.
  func operands(
    in registers: RegisterFile, of memory: borrowing BoardMemory, for job: JobID?
  ) throws(KernelFault) -> [KernelOperands] {
    var given: [KernelOperands] = []
    for (index, lane) in lanes.enumerated() {
      guard let stage = lane.stage else { return [try operands(ofLane: index, in: registers, of: memory, for: job)] }
      let hasInput = try registers.readAddress(lane.registers.inputAddress) != 0
      let hasOutput = try registers.readAddress(lane.registers.outputAddress) != 0
      guard hasInput || hasOutput else { continue }
      guard hasInput else { throw KernelFault("\(stage) is given an output and no input") }
      guard hasOutput else { throw KernelFault("\(stage) is given an input and no output") }
      do throws(KernelFault) {
        given.append(try operands(ofLane: index, in: registers, of: memory, for: job))
      } catch { throw KernelFault("\(stage): \(error.sentence)") }
    }
    guard !given.isEmpty else { throw KernelFault("none of its \(lanes.count) stages is given an item") }
    for (index, operands) in given.enumerated() {
      guard let other = given[..<index].first(where: { $0.output == operands.output }) else { continue }
      throw KernelFault("the stages \(other.lane) and \(operands.lane) are given the same output buffer")
    }
    return given
  }

  private func operands(
    ofLane index: Int, in registers: RegisterFile, of memory: borrowing BoardMemory, for job: JobID?
  ) throws(KernelFault) -> KernelOperands {
    let offsets = lanes[index].registers
    let (input, inputByteCount) = try registers.buffer(
      offsets.inputAddress, offsets.inputByteCount, in: memory, for: job)
    guard inputByteCount <= Limits.blobByteCount else {
      throw KernelFault("its input has \(inputByteCount) bytes, at most \(Limits.blobByteCount) are taken")
    }
    let (output, capacity) = try registers.buffer(offsets.outputAddress, offsets.outputByteCount, in: memory, for: job)
    do throws(BoardError) {
      return KernelOperands(
        lane: index, input: try memory.read(inputByteCount, from: input), output: output, outputCapacity: capacity,
        outputByteCountOffset: offsets.outputByteCount)
    } catch { throw KernelFault(error.message) }
  }
}

extension RegisterFile {
  fileprivate func buffer(
    _ addressOffset: Int, _ byteCountOffset: Int, in memory: borrowing BoardMemory, for job: JobID?
  ) throws(KernelFault) -> (BufferID, byteCount: Int) {
    let address = try readAddress(addressOffset)
    let byteCount = Int(try read(byteCountOffset))
    guard let job, let buffer = memory.buffer(at: address, holding: byteCount, of: job) else {
      throw KernelFault(
        "the registers at \(hexadecimal(addressOffset)) hold the address \(hexadecimal(address)), "
          + "where no buffer of \(byteCount) bytes begins")
    }
    return (buffer, byteCount)
  }
}
