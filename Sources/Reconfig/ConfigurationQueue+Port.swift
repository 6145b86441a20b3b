public import Fabric

/// What the port says.
extension ConfigurationQueue {
  /// The port has ended a write, well or with a fault.
  public mutating func written(
    _ slot: SlotID, _ fault: BoardError?, at now: Now
  ) throws(ConfigurationError) -> PortOutcome {
    guard case .writing(let request, let number, let began, let isWanted) = port, request.slot == slot else {
      throw .notWriting(slot)
    }
    port = .idle
    if let fault {
      // Part of it may be there.
      slots[slot.rawValue].content = .written(nil, for: request.tenant)
      if fault.isImagesOwn { return isWanted ? .refused(request, began: began) : .abandoned(request) }
      let failed = Waiting(purpose: .configure(request), number: number)
      return failure(fault, of: failed, began: began, isWanted: isWanted, at: now.wall)
    }
    slots[slot.rawValue].succeeded(leaving: .written(request.image, for: request.tenant))
    return .configured(request, began: began)
  }

  /// The port has ended blanking a slot, well or with a fault.
  public mutating func blanked(
    _ slot: SlotID, _ fault: BoardError?, at now: Now
  ) throws(ConfigurationError) -> PortOutcome {
    guard case .blanking(let turn, let began, let isWanted) = port, turn.slot == slot else { throw .notBlanking(slot) }
    port = .idle
    if let fault { return failure(fault, of: turn, began: began, isWanted: isWanted, at: now.wall) }
    switch turn.purpose {
    case .reset:
      slots[slot.rawValue] = SlotCondition(content: .blank)
      return .reset
    case .configure(let request):
      // What was wrong before is still to be seen by the write.
      slots[slot.rawValue].content = .blank
      guard isWanted else { return .abandoned(request) }
      takeBack(turn)
      return .blanked(request)
    }
  }

  private mutating func failure(
    _ fault: BoardError, of turn: Waiting, began: BoardInstant, isWanted: Bool, at now: WallInstant
  ) -> PortOutcome {
    let slot = turn.slot.rawValue
    slots[slot].failed(firstRetryDelay: Self.firstRetryDelay, at: now)
    let attempts = slots[slot].failures
    guard let request = turn.request, attempts < Self.attemptLimit else {
      let reason = QuarantineReason(code: fault.code, message: fault.message, attempts: attempts, since: wallZero + now)
      slots[slot].quarantine = reason
      slots[slot].retry = nil
      return .quarantined(reason, turn.request, began: began)
    }
    guard isWanted else { return .abandoned(request) }
    takeBack(turn)
    return .retrying(request, attempt: attempts + 1)
  }

  /// Waits on in its old place.
  private mutating func takeBack(_ turn: Waiting) {
    waiting.insert(turn, at: waiting.firstIndex { $0.number > turn.number } ?? waiting.endIndex)
  }
}
