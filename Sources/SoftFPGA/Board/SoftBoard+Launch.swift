public import Fabric
internal import Synchronization

extension SoftBoard {
  /// What a launch computes, read from the slot's first frame and registers when it began.
  private struct Work: Sendable {
    let launch: SoftBoardModel.Launch
    let program: KernelProgram
    let operands: [KernelOperands]
    let arguments: [BufferArgument]
  }

  /// Runs the slot's kernel once.
  ///
  /// The kernel takes its input as it is when the launch begins, and its output can be read when the launch has
  /// returned.
  ///
  /// A parallel bundle works every stage that is given an input and an output, each on its own item, in the time of one
  /// launch; a stage that is given neither is idle. Each stage takes its input as it is when the launch begins, also
  /// where another one writes there in the same launch. If one stage stops, the launch has no result.
  ///
  /// - Throws: ``BoardError/unknownSlot(_:slotCount:)``, ``BoardError/slotDecoupled(_:)``, ``BoardError/slotBusy(_:)``;
  ///   ``BoardError/unknownKernel(_:_:)`` by what the slot's first frame says; ``BoardError/unknownBuffer(_:)``,
  ///   ``BoardError/bufferTooSmall(_:byteCount:neededByteCount:)``; ``BoardError/kernelFault(_:_:)``;
  ///   ``BoardError/aborted(_:)``.
  @concurrent public func launch(
    _ slot: SlotID, _ arguments: [BufferArgument]
  ) async throws(BoardError) -> [ArgumentName: Int] {
    let outcome = await withCheckedContinuation { caller in
      do throws(BoardError) {
        try begin(slot, arguments, for: caller)
      } catch { caller.resume(returning: .failure(error)) }
    }
    return try outcome.get()
  }

  public func abort(_ slot: SlotID) {
    let waiter = state.withLock { state -> SlotHardware.Waiter? in
      guard state.model.abort(slot) != nil else { return nil }
      state.slots[slot.rawValue].clear()
      return state.slots[slot.rawValue].waiter.take()
    }
    waiter?.computation.cancel()
    waiter?.caller.resume(returning: .failure(.aborted(slot)))
  }

  private func begin(
    _ slot: SlotID, _ arguments: [BufferArgument], for caller: CheckedContinuation<SlotHardware.Outcome, Never>
  ) throws(BoardError) {
    let now = time.now.board
    try state.withLock { state throws(BoardError) in
      let work = try prepare(slot, arguments, at: now, in: &state)
      state.slots[slot.rawValue].waiter = SlotHardware.Waiter(
        caller: caller, computation: Task { await self.perform(work) })
    }
  }

  private func prepare(
    _ slot: SlotID, _ arguments: [BufferArgument], at now: BoardInstant, in state: inout State
  ) throws(BoardError) -> Work {
    try state.model.checkIsLaunchable(slot)
    let index = slot.rawValue
    let (frame, program) = try contents(of: slot)
    try state.slots[index].load(arguments, of: slot, from: state.memory)
    let operands: [KernelOperands]
    do throws(KernelFault) {
      operands = try program.operands(
        in: state.slots[index].registers, of: state.memory, for: state.slots[index].job)
    } catch { throw .kernelFault(slot, error.sentence) }
    let launch = try state.model.beginLaunch(in: slot, microseconds: frame.microsecondsPerLaunch, at: now)
    state.slots[index].start()
    return Work(launch: launch, program: program, operands: operands, arguments: arguments)
  }

  private func contents(of slot: SlotID) throws(BoardError) -> (KernelFrame, KernelProgram) {
    let first = descriptor[slot]?.frames.map(\.lowerBound).min() ?? 0
    let frame: KernelFrame
    do throws(SoftFPGAError) {
      frame = try KernelFrame(words: port.readback(first..<first + 1))
    } catch { throw .unknownKernel(slot, error.message) }
    do throws(KernelFault) {
      return (frame, try KernelProgram(frame))
    } catch { throw .unknownKernel(slot, error.sentence) }
  }

  /// Computes, waits for the modelled end, and tells the caller.
  @concurrent private func perform(_ work: Work) async {
    let result: Result<[[UInt8]], KernelFault>
    do throws(KernelFault) {
      result = .success(try work.program.run(work.operands))
    } catch { result = .failure(error) }
    let workDone = time.now.board
    // Only an abort cancels this task; the launch is over then, and `finish` finds nothing to do.
    try? await time.sleep(until: .board(work.launch.end))
    finish(work, with: result, workDoneAt: workDone)
  }

  private func finish(_ work: Work, with result: Result<[[UInt8]], KernelFault>, workDoneAt now: BoardInstant) {
    typealias Answer = (caller: CheckedContinuation<SlotHardware.Outcome, Never>?, outcome: SlotHardware.Outcome)
    let slot = work.launch.slot
    let answer = state.withLock { state -> Answer? in
      guard state.model.endLaunch(work.launch, workDoneAt: now) else { return nil }
      let outcome: SlotHardware.Outcome =
        switch result {
        case .success(let results):
          Result { () throws(BoardError) in
            try state.slots[slot.rawValue].store(
              results, of: slot, for: work.operands, arguments: work.arguments, in: &state.memory)
          }
        case .failure(let fault): .failure(.kernelFault(slot, fault.sentence))
        }
      return (state.slots[slot.rawValue].waiter.take()?.caller, outcome)
    }
    if let answer { answer.caller?.resume(returning: answer.outcome) }
  }
}
