internal import Fabric
internal import Messages

extension ProtoSlotReset: WireForm {
  init(_ reset: SlotReset) {
    self.init()
    idempotencyKey = reset.idempotencyKey
    board = reset.board.text
    slot = Int64(reset.slot.rawValue)
  }

  func decoded() throws(WireError) -> SlotReset {
    SlotReset(
      idempotencyKey: try idempotencyKey.idempotencyKey(), board: try board.name("board"), slot: try slot.slot())
  }
}

extension ProtoResetStatus: WireForm {
  init(_ status: ResetStatus) {
    self.init()
    board = status.board.text
    slot = Int64(status.slot.rawValue)
    isDone = status.isDone
  }

  func decoded() throws(WireError) -> ResetStatus {
    ResetStatus(board: try board.name("board"), slot: try slot.slot(), isDone: isDone)
  }
}

extension ProtoResetOrder: WireForm {
  init(_ order: ResetOrder) {
    self.init()
    idempotencyKey = order.idempotencyKey
    incarnation = order.incarnation.rawValue
    slot = Int64(order.slot.rawValue)
  }

  func decoded() throws(WireError) -> ResetOrder {
    ResetOrder(
      idempotencyKey: try idempotencyKey.idempotencyKey(), incarnation: Incarnation(rawValue: incarnation),
      slot: try slot.slot())
  }
}

extension ProtoResetEnd: WireForm {
  init(_ end: ResetEnd) {
    self.init()
    idempotencyKey = end.idempotencyKey
    slot = Int64(end.slot.rawValue)
    if let reason = end.refusal { refusal = ProtoRefusal(reason) }
  }

  func decoded() throws(WireError) -> ResetEnd {
    ResetEnd(
      idempotencyKey: try idempotencyKey.idempotencyKey(), slot: try slot.slot(),
      refusal: try refusal.optional("refusal", hasRefusal))
  }
}
