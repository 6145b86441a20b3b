internal import Digests

/// The books of the partials that are in memory, verified; the driver holds the bytes.
///
/// When the limit is reached, the partials that were used longest ago go, never one that is in use.
struct ImageCache: Sendable, Hashable {
  private struct Entry: Hashable {
    let digest: Digest
    let byteCount: Int
  }
  private let byteLimit: Int
  /// Least recently used first.
  private var entries: [Entry] = []
  private(set) var byteCount = 0

  init(byteLimit: Int) { self.byteLimit = byteLimit }

  /// Whether a partial fits beside all others.
  func hasRoom(for added: Int) -> Bool { byteCount + added <= byteLimit }

  func contains(_ digest: Digest) -> Bool { entries.contains { $0.digest == digest } }

  /// Notes a use, in O(entries).
  mutating func touch(_ digest: Digest) {
    guard let index = entries.firstIndex(where: { $0.digest == digest }) else { return }
    entries.append(entries.remove(at: index))
  }

  /// Takes a partial in and names those that must go for it; what `isNeeded` says stays, even over the limit.
  mutating func insert(_ digest: Digest, byteCount added: Int, isNeeded: (Digest) -> Bool) -> [Digest] {
    guard !contains(digest) else { return [] }
    entries.append(Entry(digest: digest, byteCount: added))
    byteCount += added
    var evicted: [Digest] = []
    for entry in entries where byteCount > byteLimit && entry.digest != digest && !isNeeded(entry.digest) {
      byteCount -= entry.byteCount
      evicted.append(entry.digest)
    }
    entries.removeAll { evicted.contains($0.digest) }
    return evicted
  }
}
