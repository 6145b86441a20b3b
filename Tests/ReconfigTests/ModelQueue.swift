import Digests
import Fabric
import Reconfig

/// What a configuration queue shall do, written in the simplest way: lists and a clock.
struct ModelQueue {
  struct Entry {
    let request: Request
    var failures = 0
    var notBefore: WallInstant?
  }
  let byteLimit: Int
  var waiting: [Entry] = []
  var writing: Entry?
  var reading: PartialReference?
  /// Least recently used first.
  var memory: [(digest: Digest, byteCount: Int)] = []

  init(byteLimit: Int) { self.byteLimit = byteLimit }

  var isIdle: Bool { waiting.isEmpty && writing == nil && reading == nil }
  func holds(_ digest: Digest) -> Bool { memory.contains { $0.digest == digest } }
  func isBusy(_ slot: SlotID) -> Bool { (waiting + [writing].compactMap(\.self)).contains { $0.request.slot == slot } }

  /// What shall be asked for.
  mutating func next(at now: Now) -> [ConfigurationQueue.Action] {
    var actions: [ConfigurationQueue.Action] = []
    if reading == nil, let first = waiting.first(where: { !holds($0.request.partial.digest) }) {
      reading = first.request.partial
      actions.append(.fetch(first.request.partial))
    }
    guard writing == nil else { return actions }
    let isLater = { (entry: Entry) in entry.notBefore.map { $0 > now.wall } ?? false }
    if let index = waiting.firstIndex(where: { !isLater($0) && holds($0.request.partial.digest) }) {
      let entry = waiting.remove(at: index)
      let digest = entry.request.partial.digest
      writing = entry
      memory = memory.filter { $0.digest != digest } + memory.filter { $0.digest == digest }
      actions.append(.write(entry.request.slot, digest))
    } else if let due = waiting.filter(isLater).compactMap(\.notBefore).min() {
      actions.append(.wake(at: due))
    }
    return actions
  }

  /// Takes a partial into memory; gives those that leave.
  mutating func fetched(_ partial: PartialReference) -> [Digest] {
    reading = nil
    let needed = Set((waiting + [writing].compactMap(\.self)).map(\.request.partial.digest) + [partial.digest])
    memory.append((partial.digest, partial.byteCount))
    var evicted: [Digest] = []
    while memory.reduce(0, { $0 + $1.byteCount }) > byteLimit,
      let victim = memory.firstIndex(where: { !needed.contains($0.digest) })
    {
      evicted.append(memory.remove(at: victim).digest)
    }
    return evicted
  }

  mutating func fetchFailed(_ partial: PartialReference) -> [Request] {
    reading = nil
    let failed = waiting.map(\.request).filter { $0.partial.digest == partial.digest }
    waiting.removeAll { $0.request.partial.digest == partial.digest }
    return failed
  }

  mutating func written(succeeded: Bool, began: BoardInstant, at now: Now) -> ConfigurationQueue.WriteOutcome? {
    guard var entry = writing else { return nil }
    writing = nil
    if succeeded { return .configured(entry.request, began: began) }
    entry.failures += 1
    if entry.failures == 3 { return .quarantine(entry.request, began: began) }
    entry.notBefore = now.wall + .milliseconds(entry.failures == 1 ? 100 : 200)
    waiting.insert(entry, at: 0)
    return .retrying(entry.request, attempt: entry.failures + 1)
  }
}
