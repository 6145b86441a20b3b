import Digests
import Reconfig

/// What was used longest ago leaves first.
struct LeastRecentlyUsed: Eviction {
  private var lastUses: [Digest: Int] = [:]
  private var clock = 0

  mutating func plan(_ digests: [Digest]) {}
  mutating func used(_ digest: Digest) { touch(digest) }
  mutating func entered(_ digest: Digest) { touch(digest) }
  mutating func left(_ digest: Digest) { lastUses[digest] = nil }

  func firstToLeave(of candidates: [Digest]) -> Int? {
    candidates.indices.min { (lastUses[candidates[$0]] ?? 0) < (lastUses[candidates[$1]] ?? 0) }
  }

  private mutating func touch(_ digest: Digest) {
    clock += 1
    lastUses[digest] = clock
  }
}

/// What is used again last, or never, leaves first: the fewest misses where all images have one size (Belady, IBM
/// Systems Journal 5(2), 1966).
struct Belady: Eviction {
  /// When each is used, latest first, counted in uses of the recorded run.
  private var uses: [Digest: [Int]] = [:]
  private var clock = 0

  /// Knows the uses of a run beforehand, in their order.
  init(knowing run: [Digest]) {
    for (position, digest) in run.enumerated().reversed() { uses[digest, default: []].append(position) }
  }

  mutating func plan(_ digests: [Digest]) {}
  /// Counts on by one, whatever is used: where another timing changes the order of the uses, the knowledge is a little
  /// old.
  mutating func used(_ digest: Digest) { clock += 1 }
  mutating func entered(_ digest: Digest) {}
  mutating func left(_ digest: Digest) {}

  func firstToLeave(of candidates: [Digest]) -> Int? {
    candidates.indices.min { nextUse(of: candidates[$0]) > nextUse(of: candidates[$1]) }
  }

  private func nextUse(of digest: Digest) -> Int { uses[digest]?.last { $0 >= clock } ?? .max }
}
