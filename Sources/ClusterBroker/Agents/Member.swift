internal import Fabric
internal import Messages

/// A board as its agent registered it, and what was heard of it since.
struct Member: Sendable {
  enum Lease: Sendable, Hashable {
    case online(until: WallInstant)
    case lost

    var end: WallInstant? {
      if case .online(let until) = self { until } else { nil }
    }
  }

  let board: BoardID
  let incarnation: Incarnation
  let endpoint: String
  let descriptor: BoardDescriptor
  /// What its images can run; boards with equal images share it.
  var coverage: Coverage
  /// Board seconds per wall second.
  let speed: Double
  let peer: Peer
  var lease: Lease
  /// Incarnations that a newer one replaced, the newest last; a late message of theirs must not bring them back.
  var replaced: [Incarnation] = []
  private(set) var slots: [SlotStatus]
  /// The area of the slots that are not said to be quarantined, in Little slots.
  private(set) var usableArea: Int
  var health = BoardHealth()
  var configurations: [ConfigurationEntry] = []
  /// The jobs that the board gave up for its own fault since its last heartbeat; until the next one it gets none of them, or a fault that
  /// lasts a moment would use all their attempts up.
  var gaveUp: Set<JobID> = []

  /// How many replaced incarnations are remembered.
  static let replacedLimit = 8

  init(_ registration: Registration, peer: Peer, until: WallInstant) {
    self.board = registration.board
    self.incarnation = registration.incarnation
    self.endpoint = registration.endpoint
    self.descriptor = registration.descriptor
    self.coverage = Coverage(of: registration.images, on: registration.descriptor)
    self.speed = registration.speed
    self.peer = peer
    self.lease = .online(until: until)
    // A restart of the agent brings no quarantined slot back.
    self.slots = registration.descriptor.slots.map { slot in
      registration.slots.first { $0.slot == slot.slot }
        ?? SlotStatus(slot: slot.slot, kind: slot.kind, state: .empty)
    }
    self.usableArea = registration.descriptor.usableArea(slots)
  }

  var isOnline: Bool { lease != .lost }

  /// Takes over what a heartbeat says of the board.
  mutating func note(_ heartbeat: Heartbeat) {
    gaveUp = []
    slots = Array(heartbeat.slots.prefix(descriptor.slots.count))
    usableArea = descriptor.usableArea(slots)
    health = heartbeat.health
    configurations = heartbeat.configurations.suffix(MessageLimits.configurationsPerHeartbeat)
  }

  /// Whether the slot was quarantined when the agent last told.
  func isQuarantined(_ slot: SlotID) -> Bool { slots.contains { $0.slot == slot && $0.state == .quarantined } }

  /// The agent says that a slot is blank and in use again.
  mutating func noteReset(of slot: SlotID) {
    guard let index = slots.firstIndex(where: { $0.slot == slot && $0.state == .quarantined }) else { return }
    slots[index] = SlotStatus(slot: slot, kind: slots[index].kind, state: .empty)
    usableArea = descriptor.usableArea(slots)
  }

  /// Takes over the past of the member that this one follows on the same board.
  mutating func follow(_ earlier: Member) {
    replaced = earlier.replaced.filter { $0 != incarnation }
    if earlier.incarnation == incarnation {
      health = earlier.health
      configurations = earlier.configurations
    } else {
      replaced = (replaced + [earlier.incarnation]).suffix(Self.replacedLimit)
    }
  }
}

extension BoardDescriptor {
  /// The area of the slots that are not said to be quarantined, in Little slots.
  fileprivate func usableArea(_ states: [SlotStatus]) -> Int {
    let quarantined = Set(states.filter { $0.state == .quarantined }.map(\.slot))
    return slots.reduce(0) { $0 + (quarantined.contains($1.slot) ? 0 : $1.kind.area) }
  }
}

extension SlotKind {
  /// The slot's area in Little slots.
  fileprivate var area: Int {
    switch self {
    case .little: 1
    case .big: 2
    }
  }
}
