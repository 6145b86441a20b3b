internal import Fabric

/// The books of the partials that are in memory, verified, or on their way there; the driver holds the bytes.
struct ImageMemory: Sendable {
  /// What jobs will probably need.
  struct Planned {
    let partial: PartialReference
    /// Whether it serves whatever slot its image is needed in.
    let isSure: Bool
  }

  let byteLimit: Int
  /// What storage reads now.
  var reading: PartialReference?
  private(set) var byteCount = 0
  private var eviction: any Eviction
  private var byteCounts: [BuiltPartial: Int] = [:]
  /// In the order in which they came.
  private var partials: [BuiltPartial] = []
  private var planned: [Planned] = []
  private var unreadable: Set<BuiltPartial> = []
  /// Whether the plan may still hold something to read.
  private(set) var mayReadAhead = false

  init(byteLimit: Int, eviction: any Eviction) {
    self.byteLimit = byteLimit
    self.eviction = eviction
  }

  func contains(_ partial: BuiltPartial) -> Bool { byteCounts[partial] != nil }

  mutating func plan(_ planned: [Planned]) {
    self.planned = planned
    mayReadAhead = true
    eviction.plan(planned.map(\.partial.digest))
  }

  /// Notes that a partial goes through the port.
  mutating func used(_ partial: PartialReference) {
    eviction.used(partial.digest)
    mayReadAhead = true
  }

  /// It could not be read, and is not read ahead any more.
  mutating func giveUp(_ partial: BuiltPartial) {
    reading = nil
    unreadable.insert(partial)
  }

  /// The first of the plan that is not in memory, if it is worth the place that it takes; O(plan x partials in memory);
  /// asked where something ``mayReadAhead`` only.
  mutating func worthReading(beside inUse: [BuiltPartial]) -> PartialReference? {
    let worth = planned.first {
      !contains($0.partial.built) && !unreadable.contains($0.partial.built) && isWorthReading($0, beside: inUse)
    }
    mayReadAhead = worth != nil
    return worth?.partial
  }

  /// Where there is no room, only what is sure to serve is read, and only in the place of what leaves before it would.
  private func isWorthReading(_ planned: Planned, beside inUse: [BuiltPartial]) -> Bool {
    let partial = planned.partial
    guard byteCount + partial.byteCount > byteLimit else { return true }
    guard planned.isSure else { return false }
    let (leaving, isEnough) = victims(for: partial, among: leavable(beside: inUse) + [partial.built])
    return isEnough && !leaving.contains(partial.built)
  }

  /// Takes in what was read, and names the partials that leave for it; what is in use stays, even over the limit.
  mutating func entered(_ partial: PartialReference, beside inUse: [BuiltPartial]) -> [BuiltPartial] {
    reading = nil
    guard !contains(partial.built) else { return [] }
    let isFull = byteCount + partial.byteCount > byteLimit
    let leaving = isFull ? victims(for: partial, among: leavable(beside: inUse)).leaving : []
    for old in leaving {
      byteCount -= byteCounts.removeValue(forKey: old) ?? 0
      eviction.left(old.digest)
    }
    partials.removeAll { byteCounts[$0] == nil }
    eviction.entered(partial.digest)
    unreadable.remove(partial.built)
    byteCounts[partial.built] = partial.byteCount
    byteCount += partial.byteCount
    partials.append(partial.built)
    return leaving
  }

  private func leavable(beside inUse: [BuiltPartial]) -> [BuiltPartial] { partials.filter { !inUse.contains($0) } }

  /// What would leave for a partial, the first first, and whether that is enough.
  ///
  /// The partial may be among the candidates: once it is to leave itself, nothing more is sought.
  private func victims(
    for partial: PartialReference, among candidates: [BuiltPartial]
  ) -> (leaving: [BuiltPartial], isEnough: Bool) {
    var (candidates, leaving, freed): ([BuiltPartial], [BuiltPartial], Int) = (candidates, [], 0)
    while byteCount - freed + partial.byteCount > byteLimit {
      guard let index = eviction.firstToLeave(of: candidates.map(\.digest)) else { return (leaving, false) }
      let next = candidates.remove(at: index)
      leaving.append(next)
      if next == partial.built { break }
      freed += byteCounts[next] ?? 0
    }
    return (leaving, true)
  }
}
