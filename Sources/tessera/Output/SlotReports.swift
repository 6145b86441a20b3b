internal import Fabric
internal import Messages

/// The slots as `slot list` prints them.
struct SlotListReport: Report {
  struct Slot: Encodable {
    let board: String
    let slot: Int
    let kind: SlotKind
    let state: SlotActivity
    let image: Nullable<String>
    let job: Nullable<String>
    let reason: Nullable<Reason>
  }

  /// Why a slot is quarantined.
  struct Reason: Encodable {
    let code: String
    let message: String
    let attempts: Int
    /// Since the slot was last tried, by the time of day.
    let ageSeconds: Double

    init(_ reason: QuarantineReason, at now: TimeOfDay) {
      code = reason.code
      message = reason.message
      attempts = reason.attempts
      ageSeconds = Seconds.of(max(.zero, now - reason.since))
    }
  }

  let slots: [Slot]

  init(_ boards: [BoardStatus], at now: TimeOfDay) {
    slots = boards.flatMap { board in
      board.slots.map { slot in
        Slot(
          board: board.board.text, slot: slot.slot.rawValue, kind: slot.kind, state: slot.state,
          image: Nullable(slot.image), job: Nullable(slot.job?.description),
          reason: Nullable(slot.quarantine.map { Reason($0, at: now) }))
      }
    }
  }

  var table: Table {
    var table = Table("BOARD", "SLOT", "KIND", "STATE", "JOB", "IMAGE", "REASON")
    for slot in slots {
      table.add(
        slot.board, "\(slot.slot)", slot.kind.rawValue, slot.state.rawValue, slot.job.value ?? "-",
        slot.image.value ?? "-", slot.reason.value.map { "\($0.code), \($0.attempts) attempts" } ?? "-")
      if let reason = slot.reason.value {
        table.notes.append("slot \(slot.slot) of \(slot.board): \(reason.code): \(reason.message)")
      }
    }
    return table
  }
}

/// That a slot was reset.
struct SlotResetReport: Report {
  let board: String
  let slot: Int

  init(_ board: BoardID, _ slot: SlotID) {
    self.board = board.text
    self.slot = slot.rawValue
  }

  var table: Table { Table(line: "slot \(slot) of \(board) is blank and in use again") }
}
