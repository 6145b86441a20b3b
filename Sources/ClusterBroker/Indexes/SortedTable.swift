/// Values by key, walked in the order of the keys, so that no decision depends on a hash.
///
/// Lookup is O(1); see ``SortedBlocks`` for the cost of a change.
struct SortedTable<Key: Hashable & Comparable & Sendable, Value: Sendable>: Sendable {
  private var keys = SortedBlocks<Key>()
  private var values: [Key: Value] = [:]

  var count: Int { values.count }

  subscript(key: Key) -> Value? {
    get { values[key] }
    set {
      let count = values.count
      values[key] = newValue
      if values.count > count { keys.insert(key) }
      if values.count < count { keys.remove(key) }
    }
  }

  /// The pairs in the order of the keys.
  var pairs: some Sequence<(key: Key, value: Value)> {
    keys.elements.lazy.compactMap { key in values[key].map { (key: key, value: $0) } }
  }
}
