internal import Digests
internal import Fabric

/// The books of the partials that are in memory, verified, or on their way there; the driver holds the bytes.
struct ImageMemory: Sendable {
  let byteLimit: Int
  /// What storage reads now.
  var reading: PartialReference?
  private(set) var byteCount = 0
  private var eviction: any Eviction
  private var byteCounts: [Digest: Int] = [:]
  /// In the order in which they came.
  private var digests: [Digest] = []
  private var planned: [PartialReference] = []
  private var sure: Set<Digest> = []
  private var unreadable: Set<Digest> = []
  /// Whether the plan may still hold something to read.
  private(set) var mayReadAhead = false

  init(byteLimit: Int, eviction: any Eviction) {
    self.byteLimit = byteLimit
    self.eviction = eviction
  }

  func contains(_ digest: Digest) -> Bool { byteCounts[digest] != nil }

  /// `sure` are those that serve whatever slot their image is needed in.
  mutating func plan(_ partials: [PartialReference], sure: Set<Digest>) {
    planned = partials
    self.sure = sure
    mayReadAhead = true
    eviction.plan(partials.map(\.digest))
  }

  /// Notes that a partial goes through the port.
  mutating func used(_ partial: PartialReference) {
    eviction.used(partial.digest)
    mayReadAhead = true
  }

  /// It could not be read, and is not read ahead any more.
  mutating func giveUp(_ digest: Digest) {
    reading = nil
    unreadable.insert(digest)
  }

  /// The first of the plan that is not in memory, if it is worth the place that it takes; O(plan x partials in memory);
  /// asked where something ``mayReadAhead`` only.
  mutating func worthReading(beside inUse: Set<Digest>) -> PartialReference? {
    let worth = planned.first {
      !contains($0.digest) && !unreadable.contains($0.digest)
        && victims(for: $0, beside: inUse, isCertain: false) != nil
    }
    mayReadAhead = worth != nil
    return worth
  }

  /// Takes in what was read, and names the partials that leave for it; what is in use stays, even over the limit.
  mutating func entered(_ partial: PartialReference, beside inUse: Set<Digest>) -> [Digest] {
    reading = nil
    guard !contains(partial.digest) else { return [] }
    let leaving = victims(for: partial, beside: inUse, isCertain: true) ?? []
    for digest in leaving {
      byteCount -= byteCounts.removeValue(forKey: digest) ?? 0
      eviction.left(digest)
    }
    digests.removeAll { byteCounts[$0] == nil }
    eviction.entered(partial.digest)
    unreadable.remove(partial.digest)
    byteCounts[partial.digest] = partial.byteCount
    byteCount += partial.byteCount
    digests.append(partial.digest)
    return leaving
  }

  /// What would leave for a partial; nil where it is not certain to come, and is itself what would leave first.
  private func victims(for partial: PartialReference, beside inUse: Set<Digest>, isCertain: Bool) -> [Digest]? {
    var candidates = digests.filter { !inUse.contains($0) }
    if !isCertain { candidates.append(partial.digest) }
    var (leaving, freed): ([Digest], Int) = ([], 0)
    while byteCount - freed + partial.byteCount > byteLimit {
      guard isCertain || sure.contains(partial.digest) else { return nil }
      guard let index = eviction.firstToLeave(of: candidates) else { return isCertain ? leaving : nil }
      let digest = candidates.remove(at: index)
      if digest == partial.digest { return nil }
      leaving.append(digest)
      freed += byteCounts[digest] ?? 0
    }
    return leaving
  }
}
