import Digests
import Fabric
import Reconfig
import Testing
import TestBench

@Suite struct ConfigurationPropertyTests {
  /// 300 runs; a failure names its seed, which runs it again.
  @Test func `random requests, reads and writes end as in a simple model`() throws {
    for seed in UInt64(1)...300 {
      let fault = try run(seed: seed)
      #expect(fault == nil, "seed \(seed)")
    }
  }

  private func run(seed: UInt64) throws -> String? {
    var random = SeededRandom(seed: seed)
    let limit = Int.random(in: 0...600, using: &random)
    let slotCount = Int.random(in: 1...6, using: &random)
    var queue = ConfigurationQueue(cacheByteLimit: limit)
    var model = ModelQueue(byteLimit: limit)
    var now = at(0)
    var began = now.board
    var (requests, ends, steps) = (0, 0, 0)

    while requests < 25 || !model.isIdle {
      steps += 1
      guard steps < 5000 else { return "no end" }
      if random.chance(30) { now = Now(board: now.board + .milliseconds(3), wall: now.wall + .milliseconds(30)) }
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        let number = Int.random(in: 0..<slotCount, using: &random)
        guard requests < 25, !model.isBusy(slot(number)) else { break }
        // Some partials fit every slot, and each name has its own size.
        let size = Int.random(in: 1...3, using: &random)
        let name = random.chance(30) ? "any-\(size)" : "\(number)-\(size)"
        let request = request(name, number, byteCount: 100 * size)
        try queue.request(request)
        model.waiting.append(ModelQueue.Entry(request: request))
        requests += 1
      case 1:
        guard let partial = model.reading else { break }
        if random.chance(90) {
          guard try queue.fetched(partial) == model.fetched(partial) else { return "other partials evicted" }
        } else {
          let failed = try queue.fetchFailed(partial)
          guard failed == model.fetchFailed(partial) else { return "other requests failed" }
          ends += failed.count
        }
      default:
        guard let slot = model.writing?.request.slot else { break }
        let succeeded = random.chance(60)
        let outcome = try queue.written(slot, succeeded: succeeded, at: now)
        guard outcome == model.written(succeeded: succeeded, began: began, at: now) else { return "\(outcome)" }
        if case .retrying = outcome { break }
        ends += 1
      }
      let isWriting = model.writing != nil
      let actions = queue.next(at: now)
      let expected = model.next(at: now)
      guard actions == expected else { return "\(actions) instead of \(expected)" }
      if !isWriting, model.writing != nil { began = now.board }
    }
    return ends == requests ? nil : "\(ends) of \(requests) requests ended"
  }
}
