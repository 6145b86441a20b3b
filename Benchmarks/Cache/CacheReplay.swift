import Digests
import Reconfig

/// A recorded sequence of uses once more, with a cache of so many bytes that reads only what is used.
struct CacheReplay {
  private(set) var hits = 0
  private(set) var uses = 0
  private(set) var bytesRead = 0
  private let byteLimit: Int
  private let byteCounts: [Digest: Int]

  init(byteLimit: Int, byteCounts: [Digest: Int]) {
    self.byteLimit = byteLimit
    self.byteCounts = byteCounts
  }

  /// Begins with an empty cache.
  mutating func run(_ events: [CacheEvent], _ eviction: any Eviction) {
    var eviction = eviction
    var memory: [Digest] = []
    for event in events {
      switch event {
      case .planned(let digests): eviction.plan(digests)
      case .read: break
      case .used(let digest):
        uses += 1
        if memory.contains(digest) { hits += 1 } else { bring(digest, into: &memory, &eviction) }
        eviction.used(digest)
      }
    }
  }

  private mutating func bring(_ digest: Digest, into memory: inout [Digest], _ eviction: inout any Eviction) {
    while memory.reduce(size(of: digest), { $0 + size(of: $1) }) > byteLimit,
      let index = eviction.firstToLeave(of: memory)
    {
      eviction.left(memory.remove(at: index))
    }
    memory.append(digest)
    eviction.entered(digest)
    bytesRead += size(of: digest)
  }

  private func size(of digest: Digest) -> Int { byteCounts[digest] ?? 0 }
}
