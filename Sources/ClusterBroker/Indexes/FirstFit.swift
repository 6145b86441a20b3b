/// Keys in order, each with a size, to find the first ones that are no larger than a bound.
///
/// It looks at one number per block and then into blocks that hold such a key: O(n / block + block).
struct FirstFit<Key: Comparable & Sendable>: Sendable {
  private struct Entry: Comparable, Sendable {
    let key: Key
    let size: Int
    static func == (a: Self, b: Self) -> Bool { a.key == b.key }
    static func < (a: Self, b: Self) -> Bool { a.key < b.key }
  }

  private var entries = SortedBlocks<Entry>(blockCapacity: 64)
  /// The least size in each block.
  private var least: [Int] = []

  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }

  /// Puts a key in that is not there.
  mutating func insert(_ key: Key, size: Int) { follow(entries.insert(Entry(key: key, size: size))) }

  mutating func remove(_ key: Key) { follow(entries.remove(Entry(key: key, size: 0))) }

  /// The first key no larger than `bound` of which `isWanted` says so.
  func first(sizeAtMost bound: Int, where isWanted: (Key) -> Bool = { _ in true }) -> Key? {
    for index in least.indices where least[index] <= bound {
      for entry in entries.blocks[index] where entry.size <= bound && isWanted(entry.key) { return entry.key }
    }
    return nil
  }

  private mutating func follow(_ change: SortedBlocks<Entry>.Change?) {
    switch change {
    case .altered(let index): least[index] = leastSize(in: index)
    case .split(let index):
      if index >= 0 { least[index] = leastSize(in: index) }
      least.insert(leastSize(in: index + 1), at: index + 1)
    case .removed(let index): least.remove(at: index)
    case nil: break
    }
  }

  private func leastSize(in block: Int) -> Int { entries.blocks[block].reduce(.max) { min($0, $1.size) } }
}
