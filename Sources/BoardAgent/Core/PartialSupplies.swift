package import Fabric

/// How the configurations under way come by their partials: the books behind ``PartialSupply``.
///
/// A configuration's wait is counted from its request on: what was read or verified before, it did not wait for.
package struct PartialSupplies: Sendable, Hashable {
  private struct Read: Hashable {
    let partial: BuiltPartial
    let began: BoardInstant
  }

  fileprivate struct Request: Hashable {
    let partial: BuiltPartial
    let requested: BoardInstant
    var supply: PartialSupply
  }

  /// What storage reads, or was read last.
  private var read: Read?
  /// The newest request for each slot.
  private var requests: [Request?]

  package init(slotCount: Int) { requests = Array(repeating: nil, count: max(0, slotCount)) }

  /// A partial was asked for, which is in memory or not; unknown slots are ignored.
  package mutating func requested(
    _ partial: PartialReference, in slot: SlotID, isInMemory: Bool, at now: BoardInstant
  ) {
    guard requests.indices.contains(slot.rawValue) else { return }
    let supply: PartialSupply =
      if isInMemory { .hit } else if read?.partial == partial.built { .joined(.none) } else { .cold(.none) }
    requests[slot.rawValue] = Request(partial: partial.built, requested: now, supply: supply)
  }

  /// Storage begins to read a partial.
  package mutating func readBegan(_ partial: PartialReference, at now: BoardInstant) {
    read = Read(partial: partial.built, began: now)
  }

  /// A partial was read, and verified in the last `verification` of that time; or that failed.
  package mutating func readEnded(_ partial: PartialReference, verification: Duration, at now: BoardInstant) {
    guard let ended = read, ended.partial == partial.built else { return }
    read = nil
    let spent = min(max(.zero, verification), now - ended.began)
    for slot in requests.indices where requests[slot]?.partial == partial.built {
      requests[slot]?.waited(through: now, read: ended.began, verification: spent)
    }
  }

  /// How the slot's newest request came by its partial; nil where there was none.
  package func supply(of slot: SlotID) -> PartialSupply? {
    requests.indices.contains(slot.rawValue) ? requests[slot.rawValue]?.supply : nil
  }
}

extension PartialSupplies.Request {
  fileprivate mutating func waited(through now: BoardInstant, read began: BoardInstant, verification: Duration) {
    let all = now - max(began, requested)
    let verified = min(verification, all)
    let wait = PartialSupply.Wait(fetch: all - verified, verification: verified)
    switch supply {
    case .hit: break
    case .joined: supply = .joined(wait)
    case .cold: supply = .cold(wait)
    }
  }
}
