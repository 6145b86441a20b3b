internal import Fabric
internal import Messages

/// Resets of slots: the agent does them; the broker carries the word between it and whoever asked.
///
/// Nothing waits here. A client asks again until its reset is done, each time the agent is told again, and a reset that the
/// agent knows already it only answers again: so no message needs to arrive, and no restart loses more than one question.
extension BrokerCore {
  /// Has a board's agent reset a slot, or answers how that is going.
  mutating func reset(
    _ reset: SlotReset, request: UInt64, from peer: Peer, into actions: inout Actions<BrokerAction>
  ) {
    let state = resets[reset]
    switch state {
    case .ended(let refusal?): send(.refused(refusal), request: request, to: peer, into: &actions)
    case .ended(nil): answer(reset, isDone: true, request: request, to: peer, into: &actions)
    case .asked, .underway, nil:
      guard let member = members[reset.board] else {
        return refuse(.unknownBoard(reset.board), request: request, to: peer, into: &actions)
      }
      guard member.descriptor[reset.slot] != nil else {
        let error = BrokerError.unknownSlot(
          reset.board, reset.slot, slotCount: member.descriptor.slots.count)
        return refuse(error, request: request, to: peer, into: &actions)
      }
      guard member.isOnline else {
        return refuse(.boardLost(reset.board), request: request, to: peer, into: &actions)
      }
      let isQuarantined = member.isQuarantined(reset.slot)
      if state == .underway, !isQuarantined {
        // The agent did it, and was started anew before it said so: now it knows of no quarantine, nor of the key.
        resets.note(reset, .ended(nil))
        return answer(reset, isDone: true, request: request, to: peer, into: &actions)
      }
      resets.note(reset, isQuarantined ? .underway : .asked)
      let order = ResetOrder(
        idempotencyKey: reset.idempotencyKey, incarnation: member.incarnation, slot: reset.slot)
      send(.reset(order), to: member.board, into: &actions)
      answer(reset, isDone: false, request: request, to: peer, into: &actions)
    }
  }

  /// An agent has ended a reset; the slot can be used at once, before the next heartbeat says so.
  mutating func resetEnded(_ end: ResetEnd, at member: Member) {
    let reset = SlotReset(idempotencyKey: end.idempotencyKey, board: member.board, slot: end.slot)
    switch resets[reset] {
    case .asked, .underway: break
    case .ended, nil: return
    }
    resets.note(reset, .ended(end.refusal))
    guard end.refusal == nil else { return }
    var member = member
    member.noteReset(of: end.slot)
    set(member)
  }

  private func answer(
    _ reset: SlotReset, isDone: Bool, request: UInt64, to peer: Peer, into actions: inout Actions<BrokerAction>
  ) {
    let status = ResetStatus(board: reset.board, slot: reset.slot, isDone: isDone)
    send(.resetStatus(status), request: request, to: peer, into: &actions)
  }
}
