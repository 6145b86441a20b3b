import Digests
import Reconfig
import Synchronization

/// What happened to the images of one sequence of jobs.
enum CacheEvent {
  case planned([Digest])
  case used(Digest)
  case read(Digest)
}

/// Collects what happened, sequence by sequence.
final class CacheHistory: Sendable {
  private let collected = Mutex<[[CacheEvent]]>([])

  var sequences: [[CacheEvent]] { collected.withLock(\.self) }

  /// Begins the next sequence; gives its number, from 0.
  func begin() -> Int {
    collected.withLock { sequences in
      sequences.append([])
      return sequences.count - 1
    }
  }

  func note(_ event: CacheEvent, of sequence: Int) { collected.withLock { $0[sequence].append(event) } }
}

/// Another eviction, whose events are noted.
struct Observed: Eviction {
  var eviction: any Eviction
  let sequence: Int
  let history: CacheHistory

  mutating func plan(_ digests: [Digest]) {
    history.note(.planned(digests), of: sequence)
    eviction.plan(digests)
  }

  mutating func used(_ digest: Digest) {
    history.note(.used(digest), of: sequence)
    eviction.used(digest)
  }

  mutating func entered(_ digest: Digest) {
    history.note(.read(digest), of: sequence)
    eviction.entered(digest)
  }

  mutating func left(_ digest: Digest) { eviction.left(digest) }
  func firstToLeave(of candidates: [Digest]) -> Int? { eviction.firstToLeave(of: candidates) }
}

extension [CacheEvent] {
  /// The images that went through the port, in order.
  var uses: [Digest] { compactMap { if case .used(let digest) = $0 { digest } else { nil } } }
}
