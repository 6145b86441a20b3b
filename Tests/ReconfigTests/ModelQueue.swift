import Digests
import Fabric
import Reconfig

/// What a configuration queue shall do, written in the simplest way: lists, sets and a clock.
struct ModelQueue {
  struct Entry: Equatable {
    /// Nil for a reset.
    var request: Request?
    let slot: SlotID
    let requested: BoardInstant
    let number: Int
    var isWanted = true

    func need(at now: BoardInstant) -> ConfigurationNeed {
      now - requested >= .seconds(1) ? .standingStill : request?.need ?? .progressing
    }
  }
  struct Slot {
    /// Whether somebody unknown left something there.
    var isForeign = false
    /// Who left something there, and what could run.
    var owners: Set<TenantName?> = []
    var image: ImageID?
    var failures = 0
    var retry: WallInstant?
    var isQuarantined = false
  }
  struct Turn {
    var entry: Entry
    let isBlanking: Bool
    let began: BoardInstant
  }
  let byteLimit: Int
  var slots: [Slot]
  var waiting: [Entry] = []
  var turn: Turn?
  var reading: PartialReference?
  var memory: [BuiltPartial: Int] = [:]
  var plan: Set<Digest> = []
  private var number = 0

  init(slotCount: Int, slotsAreBlank: Bool, byteLimit: Int) {
    self.byteLimit = byteLimit
    self.slots = Array(repeating: Slot(isForeign: !slotsAreBlank), count: slotCount)
  }

  var isIdle: Bool { waiting.isEmpty && turn == nil }

  // MARK: What is told

  /// Nil where it must be refused.
  mutating func request(_ request: Request) -> ConfigurationQueue.Admission? {
    if slots[request.slot.rawValue].isQuarantined { return nil }
    if let own = turn?.entry.request, own.slot == request.slot {
      guard own.image == request.image, own.tenant == request.tenant else { return nil }
      turn?.entry.request = Self.joined(own, request)
      turn?.entry.isWanted = true
      return .coalesced
    }
    if let index = waiting.firstIndex(where: { $0.slot == request.slot }), let own = waiting[index].request {
      if own.image == request.image, own.tenant == request.tenant {
        waiting[index].request = Self.joined(own, request)
        return .coalesced
      }
      waiting.remove(at: index)
      add(request, request.slot, request.requested)
      return .superseded(own)
    }
    add(request, request.slot, request.requested)
    return .queued
  }

  private static func joined(_ older: Request, _ newer: Request) -> Request {
    Request(
      slot: newer.slot, image: newer.image, partial: newer.partial, execution: newer.execution, tenant: newer.tenant,
      need: max(older.need, newer.need), requested: min(older.requested, newer.requested))
  }

  private mutating func add(_ request: Request?, _ slot: SlotID, _ requested: BoardInstant) {
    number += 1
    waiting.append(Entry(request: request, slot: slot, requested: requested, number: number))
  }

  mutating func cancel(_ slot: SlotID) -> ConfigurationQueue.Cancellation {
    if let own = turn?.entry, own.slot == slot, own.request != nil {
      turn?.entry.isWanted = false
      return .atPort
    }
    guard let index = waiting.firstIndex(where: { $0.slot == slot && $0.request != nil }),
      let dropped = waiting.remove(at: index).request
    else { return .nothing }
    return .dropped(dropped, holding: slots[slot.rawValue].image)
  }

  mutating func reset(_ slot: SlotID, at now: Now) -> Bool {
    guard slots[slot.rawValue].isQuarantined else { return false }
    if turn?.entry.slot != slot, !waiting.contains(where: { $0.slot == slot }) { add(nil, slot, now.board) }
    return true
  }

  mutating func portEnded(_ fault: BoardError?, at now: Now) -> String {
    guard let ended = turn else { return "" }
    turn = nil
    let (entry, index) = (ended.entry, ended.entry.slot.rawValue)
    if !ended.isBlanking { slots[index].owners = [entry.request?.tenant] }
    if let fault {
      if case .partialDoesNotFit = fault { return entry.isWanted ? "refused" : "abandoned" }
      slots[index].failures += 1
      slots[index].retry = now.wall + .milliseconds(100 << (slots[index].failures - 1))
      if entry.request == nil || slots[index].failures >= 3 {
        slots[index].isQuarantined = true
        slots[index].retry = nil
        return "quarantined"
      }
      if entry.isWanted { waiting.append(entry) }
      return entry.isWanted ? "retrying" : "abandoned"
    }
    guard let request = entry.request else {
      slots[index] = Slot()
      return "reset"
    }
    if ended.isBlanking {
      slots[index].owners = []
      slots[index].isForeign = false
      if entry.isWanted { waiting.append(entry) }
      return entry.isWanted ? "blanked" : "abandoned"
    }
    slots[index] = Slot(owners: [request.tenant], image: request.image)
    return "configured"
  }

  // MARK: What is asked for

  /// What waits, in the order in which it is served.
  func order(at now: Now) -> [Entry] {
    waiting.sorted { ($1.need(at: now.board), $0.number) < ($0.need(at: now.board), $1.number) }
  }

  /// The read that a slot needs.
  func neededRead(at now: Now) -> PartialReference? {
    reading == nil
      ? order(at: now).compactMap { $0.request?.partial }.first { memory[$0.built] == nil } : nil
  }

  /// What the port does next, which is taken as begun.
  mutating func nextPortAction(at now: Now) -> ConfigurationQueue.Action? {
    guard turn == nil else { return nil }
    let isLater = { (retry: WallInstant?) in retry.map { $0 > now.wall } ?? false }
    let next = order(at: now).first { entry in
      !isLater(slots[entry.slot.rawValue].retry) && entry.request.map { memory[$0.partial.built] != nil } ?? true
    }
    guard let next else {
      return waiting.compactMap { slots[$0.slot.rawValue].retry }.filter(isLater).min().map { .wake(at: $0) }
    }
    waiting.removeAll { $0.number == next.number }
    slots[next.slot.rawValue].image = nil
    let owners = slots[next.slot.rawValue].owners
    let isForeign = slots[next.slot.rawValue].isForeign
    guard let request = next.request, !isForeign, owners.isSubset(of: [request.tenant]) else {
      turn = Turn(entry: next, isBlanking: true, began: now.board)
      return .blank(next.slot)
    }
    turn = Turn(entry: next, isBlanking: false, began: now.board)
    return .write(request.partial)
  }

  // MARK: Memory

  /// The partials that must not leave.
  var inUse: Set<BuiltPartial> {
    Set((waiting + [turn?.entry].compactMap(\.self)).compactMap { $0.request?.partial.built })
  }

  /// Takes what was read in and what left; gives what is wrong with that.
  mutating func fetched(_ partial: PartialReference, evicting evicted: [BuiltPartial]) -> String? {
    reading = nil
    let before = memory
    for partial in evicted where memory.removeValue(forKey: partial) == nil { return "evicted what was not there" }
    if !inUse.isDisjoint(with: evicted) { return "evicted what is in use" }
    if let first = evicted.first(where: { plan.contains($0.digest) }) {
      let others = before.keys.filter { !evicted.contains($0) && !inUse.contains($0) && !plan.contains($0.digest) }
      if !others.isEmpty { return "\(first) is planned, but left before \(others)" }
    }
    memory[partial.built] = partial.byteCount
    let byteCount = memory.values.reduce(0, +)
    let isFullOfUse = memory.keys.allSatisfy { inUse.contains($0) || $0 == partial.built }
    return byteCount <= byteLimit || isFullOfUse ? nil : "\(byteCount) bytes of \(byteLimit) are in memory"
  }
}
