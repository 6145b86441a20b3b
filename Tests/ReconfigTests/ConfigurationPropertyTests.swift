import Digests
import Fabric
import Reconfig
import TestBench
import Testing

@Suite struct ConfigurationPropertyTests {
  /// 400 runs; a failure names its seed, which runs it again.
  @Test func `random requests, cancels, faults and resets end as in a simple model`() throws {
    for seed in UInt64(1)...400 {
      var run = RandomRun(seed: seed)
      let fault = try run.run()
      #expect(fault == nil, "seed \(seed)")
    }
  }
}

/// A queue and its model, told the same.
private struct RandomRun {
  private var random: SeededRandom
  private let slotCount: Int
  private var queue: ConfigurationQueue
  private var model: ModelQueue
  private var now = at(0)
  /// Requests that have come, and those that have ended in some way that was told.
  private var (requests, ends) = (0, 0)
  private static let requestLimit = 40

  init(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let limit = Int.random(in: 0...900, using: &random)
    slotCount = Int.random(in: 1...6, using: &random)
    let slotsAreBlank = random.chance(80)
    queue = ConfigurationQueue(slotCount: slotCount, slotsAreBlank: slotsAreBlank, cacheByteLimit: limit)
    model = ModelQueue(slotCount: slotCount, slotsAreBlank: slotsAreBlank, byteLimit: limit)
    self.random = random
  }

  mutating func run() throws -> String? {
    var steps = 0
    while requests < Self.requestLimit || !model.isIdle {
      steps += 1
      guard steps < 10_000 else { return "no end" }
      if random.chance(30) { now = Now(board: now.board + .milliseconds(30), wall: now.wall + .milliseconds(30)) }
      if let fault = try step() ?? checkActions() { return "step \(steps): \(fault)" }
    }
    return ends == requests ? nil : "\(ends) of \(requests) requests ended"
  }

  private mutating func step() throws -> String? {
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1: return requests < Self.requestLimit ? request() : nil
    case 2: return cancel()
    case 3: return random.chance(30) ? reset() : plan()
    case 4, 5: return try endRead()
    default: return try endTurn()
    }
  }

  private mutating func anySlot() -> Int { Int.random(in: 0..<slotCount, using: &random) }

  private mutating func request() -> String? {
    let number = anySlot()
    // Some partials fit every slot, and each name has its own size.
    let size = Int.random(in: 1...3, using: &random)
    let fitsAll = random.chance(30)
    let name = fitsAll ? "any-\(size)" : "\(number)-\(size)"
    // The same bytes may be said to be built for one slot or another.
    let origin = fitsAll ? anySlot() : number
    let coming = Request(
      slot: slot(number), image: ImageID(rawValue: digest(name)),
      partial: partial(name, number, from: origin == number ? nil : origin, byteCount: 100 * size),
      execution: JobEpoch(job: JobID(rawValue: 1), epoch: Epoch(rawValue: 1)),
      tenant: random.chance(70) ? TenantName("often") : TenantName("seldom"),
      need: ConfigurationNeed.allCases.randomElement(using: &random) ?? .ahead, requested: now.board)
    let expected = model.request(coming)
    let admission = try? queue.request(coming)
    guard admission == expected else { return "\(coming) became \(admission as Any), not \(expected as Any)" }
    switch admission {
    case .queued: requests += 1
    case .superseded: (requests, ends) = (requests + 1, ends + 1)
    case .coalesced, nil: break
    }
    return nil
  }

  private mutating func cancel() -> String? {
    guard random.chance(30) else { return nil }
    let slot = slot(anySlot())
    let (cancellation, expected) = (queue.cancel(slot), model.cancel(slot))
    if case .dropped = cancellation { ends += 1 }
    return cancellation == expected ? nil : "\(slot) was cancelled with \(cancellation), not \(expected)"
  }

  private mutating func reset() -> String? {
    let slot = slot(anySlot())
    return queue.reset(slot, at: now.board) == model.reset(slot, at: now) ? nil : "another reset of \(slot)"
  }

  private mutating func plan() -> String? {
    let names = (0..<Int.random(in: 0...3, using: &random)).map { _ in
      (number: anySlot(), size: Int.random(in: 1...3, using: &random))
    }
    queue.plan(
      names.map {
        image("\($0.number)-\($0.size)", [partial("\($0.number)-\($0.size)", $0.number, byteCount: 100 * $0.size)])
      })
    model.plan = Set(names.map { digest("\($0.number)-\($0.size)") })
    return nil
  }

  private mutating func endRead() throws -> String? {
    guard let partial = model.reading else { return nil }
    if random.chance(95) { return model.fetched(partial, evicting: try queue.fetched(partial)) }
    let failed = try queue.fetchFailed(partial).map(\.request)
    model.reading = nil
    let expected = model.waiting.compactMap(\.request).filter { $0.partial.built == partial.built }
    model.waiting.removeAll { $0.request?.partial.built == partial.built }
    ends += failed.count
    return Set(failed) == Set(expected) ? nil : "other requests failed"
  }

  private mutating func endTurn() throws -> String? {
    guard let turn = model.turn else { return nil }
    let slot = turn.entry.slot
    let fault = anyFault(in: slot, isBlanking: turn.isBlanking)
    let outcome = try turn.isBlanking ? queue.blanked(slot, fault, at: now) : queue.written(slot, fault, at: now)
    let expected = model.portEnded(fault, at: now)
    guard "\(outcome)".hasPrefix(expected) else { return "\(outcome) instead of \(expected)" }
    switch outcome {
    case .configured(_, let began), .refused(_, let began):
      ends += 1
      return began == turn.began ? nil : "it began at \(turn.began)"
    case .quarantined(let reason, let request, _):
      if request != nil { ends += 1 }
      return queue.quarantine(of: slot) == reason ? nil : "the reason is not kept"
    case .abandoned: ends += 1
    case .blanked, .retrying, .reset: break
    }
    return nil
  }

  /// The slot's own fault, the image's own, or mostly none.
  private mutating func anyFault(in slot: SlotID, isBlanking: Bool) -> BoardError? {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<6: .portTimedOut(slot, after: .zero, [])
    case 6: isBlanking ? nil : .partialDoesNotFit(slot, expected: [], found: [])
    default: nil
    }
  }

  /// What is asked for is what the model says; what is read ahead is left to the queue, within reason.
  private mutating func checkActions() -> String? {
    var actions = queue.next(at: now)
    let needed = model.neededRead(at: now)
    if case .fetch(let partial)? = actions.first {
      actions.removeFirst()
      guard model.reading == nil else { return "two reads at a time" }
      guard needed == partial || (needed == nil && model.plan.contains(partial.digest)) else {
        return "read \(partial)"
      }
      guard model.memory[partial.built] == nil else { return "read what is in memory" }
      model.reading = partial
    } else if let needed {
      return "\(needed) is not read"
    }
    let wasBusy = model.turn != nil
    let before = model.order(at: now)
    let expected = model.nextPortAction(at: now).map { [$0] } ?? []
    guard actions == expected else { return "\(actions) instead of \(expected)" }
    if !wasBusy, let turn = model.turn { return checkOvertaking(turn.entry, before) }
    return nil
  }

  /// What stands still and could be written lets nothing pass but what came before it and is needed as much.
  private mutating func checkOvertaking(_ begun: ModelQueue.Entry, _ before: [ModelQueue.Entry]) -> String? {
    for entry in before where entry.need(at: now.board) == .standingStill && entry != begun {
      guard let built = entry.request?.partial.built, model.memory[built] != nil,
        model.slots[entry.slot.rawValue].retry.map({ $0 <= now.wall }) ?? true
      else { continue }
      let isEqual = begun.need(at: now.board) == .standingStill && begun.number < entry.number
      guard isEqual else { return "\(begun.slot) went before \(entry.slot), which stands still" }
    }
    return nil
  }
}
