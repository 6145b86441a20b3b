public import Bitstream
internal import Dispatch
public import Fabric
internal import Synchronization

extension SoftBoard {
  /// Decouples the slot, writes the image through the port and recouples.
  ///
  /// - Throws: ``BoardError/unknownSlot(_:slotCount:)``, ``BoardError/portBusy(_:writing:)`` and
  ///   ``BoardError/slotBusy(_:)`` before anything is touched; ``BoardError/partialDoesNotFit(_:expected:found:)``,
  ///   ``BoardError/crcError(_:_:)``, ``BoardError/idError(_:_:)``, ``BoardError/portFault(_:_:)``,
  ///   ``BoardError/portTimedOut(_:after:_:)``, ``BoardError/deviceStopped(_:_:)`` and
  ///   ``BoardError/recoupleFault(_:_:)`` leave the slot decoupled.
  @concurrent public func configure(_ slot: SlotID, with partial: VerifiedPartial) async throws(BoardError) {
    let now = time.now.board
    let writing = try begin(slot) { model throws(BoardError) in
      try model.beginConfiguration(of: slot, byteCount: partial.bytes.count, at: now)
    }
    let region = RangeSet(descriptor[slot]?.frames ?? [])
    guard RangeSet(partial.frames) == region else {
      state.withLock { $0.model.abandonConfiguration(of: slot) }
      throw .partialDoesNotFit(slot, expected: Array(region.ranges), found: partial.frames)
    }
    try await write(partial.bytes, writing)
  }

  /// Decouples the slot and writes zeros into its frames, through the port and in its time; the slot stays decoupled.
  ///
  /// - Throws: As ``configure(_:with:)``.
  @concurrent public func blank(_ slot: SlotID) async throws(BoardError) {
    guard let region = descriptor[slot] else { throw .unknownSlot(slot, slotCount: descriptor.slots.count) }
    let image: [UInt8]
    do throws(BitstreamError) { image = try descriptor.blankingImage(of: region) } catch {
      throw .portFault(slot, error)
    }
    let now = time.now.board
    let writing = try begin(slot) { model throws(BoardError) in
      try model.beginBlanking(of: slot, byteCount: image.count, at: now)
    }
    try await write(image, writing)
  }

  private func begin(
    _ slot: SlotID, _ begin: (inout SoftBoardModel) throws(BoardError) -> SoftBoardModel.Writing
  ) throws(BoardError) -> SoftBoardModel.Writing {
    try state.withLock { state throws(BoardError) in
      let writing = try begin(&state.model)
      state.slots[slot.rawValue].clear()
      return writing
    }
  }

  private func write(_ image: [UInt8], _ writing: SoftBoardModel.Writing) async throws(BoardError) {
    let (fault, workDone) = await withCheckedContinuation { caller in
      portThread.async { [port, time] in
        let fault = port.write(image, disturbedBy: writing.fault)
        caller.resume(returning: (fault, time.now.board))
      }
    }
    await wait(until: writing.end)
    let error = writing.error(of: fault, port.status)
    state.withLock { $0.model.endWriting(of: writing.slot, isTaken: error == nil, workDoneAt: workDone) }
    if let error { throw error }
  }

  /// Waits in a task of its own, which the caller's cancellation does not reach.
  private func wait(until end: BoardInstant) async {
    let time = time
    // Only a task of our own sleeps here, and nobody cancels it.
    await Task { try? await time.sleep(until: .board(end)) }.value
  }
}

extension SoftBoardModel.Writing {
  /// What went wrong, by what a host can see: its own clock, the status register and the decoupler.
  ///
  /// A stream may end as streams do and leave the device stopped, so the status has the last word.
  package func error(of refusal: BitstreamError?, _ status: ConfigurationStatus) -> BoardError? {
    if fault == .timeout { return .portTimedOut(slot, after: end - begin, status) }
    if let refusal {
      if status.contains(.crcError) { return .crcError(slot, status) }
      if status.contains(.idError) { return .idError(slot, status) }
      return .portFault(slot, refusal)
    }
    guard status == .operating else { return .deviceStopped(slot, status) }
    return fault == .recouple ? .recoupleFault(slot, status) : nil
  }
}

extension BoardDescriptor {
  /// The .bit file that fills a slot with zeros.
  func blankingImage(of slot: SlotDescriptor) throws(BitstreamError) -> [UInt8] {
    try PartialWriter(part: part, region: slot.frames).blank()
  }
}
