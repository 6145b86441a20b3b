public import Fabric

/// Asks to have a quarantined slot blanked and used again.
public struct SlotReset: Sendable, Hashable, Codable {
  /// The client's own name for this reset, 1 to 128 bytes: with the same key it is the same reset, asked how far it is.
  public var idempotencyKey: String
  public var board: BoardID
  public var slot: SlotID
  public init(idempotencyKey: String, board: BoardID, slot: SlotID) {
    self.idempotencyKey = idempotencyKey
    self.board = board
    self.slot = slot
  }
}

/// How far a reset is; one that cannot be done is refused.
public struct ResetStatus: Sendable, Hashable, Codable {
  public var board: BoardID
  public var slot: SlotID
  /// Whether the slot is blank and in use again.
  public var isDone: Bool
  public init(board: BoardID, slot: SlotID, isDone: Bool) {
    self.board = board
    self.slot = slot
    self.isDone = isDone
  }
}

/// An agent shall blank a quarantined slot and use it again; said again under the same key, it tells again how that ended.
public struct ResetOrder: Sendable, Hashable, Codable {
  public var idempotencyKey: String
  /// The incarnation it is meant for; another one ignores it.
  public var incarnation: Incarnation
  public var slot: SlotID
  public init(idempotencyKey: String, incarnation: Incarnation, slot: SlotID) {
    self.idempotencyKey = idempotencyKey
    self.incarnation = incarnation
    self.slot = slot
  }
}

/// How a reset ended at the agent.
public struct ResetEnd: Sendable, Hashable, Codable {
  public var idempotencyKey: String
  public var slot: SlotID
  /// Why the slot is not in use again; nil where it is.
  public var refusal: Refusal?
  public init(idempotencyKey: String, slot: SlotID, refusal: Refusal?) {
    self.idempotencyKey = idempotencyKey
    self.slot = slot
    self.refusal = refusal
  }
}

/// The newest resets that somebody asked for, and how each ended, so that one asked for again is not done again.
///
/// Broker and agent keep one each; what it forgets is asked for anew by a client that still waits.
public struct RecentResets<Reset: Hashable & Sendable>: Sendable {
  public enum State: Sendable, Hashable {
    /// Asked for, of a slot of which no quarantine is known.
    case asked
    /// Asked for, of a slot that is quarantined.
    case underway
    /// With the reason why the slot is not in use again, if it is not.
    case ended(Refusal?)
  }

  /// The oldest of more are forgotten.
  public static var limit: Int { 256 }

  private var entries: [(reset: Reset, state: State)] = []

  public init() {}

  /// How far a reset is; nil where it is not known; O(``limit``).
  public subscript(_ reset: Reset) -> State? { entries.last { $0.reset == reset }?.state }

  /// The resets that have not ended, the oldest first; O(``limit``).
  public var underway: [Reset] { entries.compactMap { $0.state == .underway ? $0.reset : nil } }

  /// Notes how far a reset is; O(``limit``).
  public mutating func note(_ reset: Reset, _ state: State) {
    if let index = entries.lastIndex(where: { $0.reset == reset }) {
      entries[index].state = state
    } else {
      if entries.count >= Self.limit { entries.removeFirst() }
      entries.append((reset, state))
    }
  }
}
