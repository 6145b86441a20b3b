internal import Fabric
internal import Messages

/// Resets of quarantined slots, on the broker's word.
extension AgentCore {
  /// Begins a reset, or tells again how it ended.
  mutating func reset(_ order: ResetOrder, at now: Now, into actions: inout Actions<AgentAction>) {
    guard order.incarnation == configuration.incarnation else { return }
    switch resets[order] {
    case .asked, .underway: break
    case .ended(let refusal): tellEnd(of: order, refusal, into: &actions)
    case nil:
      if reset(order.slot, at: now) {
        resets.note(order, .underway)
      } else {
        end(order, ResetRefusal.notQuarantined(order.slot), into: &actions)
      }
    }
  }

  /// The slot is in use again, or failed once more; told to everyone who asked.
  mutating func resetsEnded(
    of slot: SlotID, stillFailing reason: QuarantineReason?, into actions: inout Actions<AgentAction>
  ) {
    let refusal = reason.map { ResetRefusal.stillFailing(slot, $0) }
    for order in resets.underway where order.slot == slot { end(order, refusal, into: &actions) }
  }

  private mutating func end(_ order: ResetOrder, _ refusal: Refusal?, into actions: inout Actions<AgentAction>) {
    resets.note(order, .ended(refusal))
    tellEnd(of: order, refusal, into: &actions)
  }

  private func tellEnd(of order: ResetOrder, _ refusal: Refusal?, into actions: inout Actions<AgentAction>) {
    say(
      .resetEnded(ResetEnd(idempotencyKey: order.idempotencyKey, slot: order.slot, refusal: refusal)), into: &actions)
  }
}

/// Why a slot is not reset.
private enum ResetRefusal {
  static func notQuarantined(_ slot: SlotID) -> Refusal {
    Refusal(
      code: "agent.notQuarantined", message: "slot \(slot) is not quarantined",
      hint: "nothing is to be done; see 'tessera slot list'")
  }
  static func stillFailing(_ slot: SlotID, _ reason: QuarantineReason) -> Refusal {
    Refusal(
      code: "agent.resetFailed",
      message: "slot \(slot) could not be blanked and stays quarantined: \(reason.code): \(reason.message)",
      hint: "try again; if it goes on, the board has to be loaded anew or replaced")
  }
}
