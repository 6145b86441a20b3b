/// Values by key, walked in the order of the keys, so that no decision depends on a hash.
///
/// Lookup is O(1), insertion and removal are O(n).
struct SortedTable<Key: Hashable & Comparable & Sendable, Value: Sendable>: Sendable {
  private(set) var keys: [Key] = []
  private var values: [Key: Value] = [:]

  var count: Int { keys.count }
  var isEmpty: Bool { keys.isEmpty }

  subscript(key: Key) -> Value? {
    get { values[key] }
    set {
      let isNew = values[key] == nil
      values[key] = newValue
      switch (isNew, newValue == nil) {
      case (true, false): keys.insert(key, at: keys.sortedPosition(of: key))
      case (false, true): keys.remove(at: keys.sortedPosition(of: key))
      default: break
      }
    }
  }

  /// The pairs in the order of the keys.
  var pairs: some Sequence<(key: Key, value: Value)> {
    keys.lazy.compactMap { key in values[key].map { (key: key, value: $0) } }
  }
}

extension SortedTable: Equatable where Value: Equatable {}

extension Array where Element: Comparable {
  /// Where the element is in this sorted array, or would be; found in O(log n).
  func sortedPosition(of element: Element) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if self[middle] < element { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Puts the element into this sorted array, once.
  mutating func insertSorted(_ element: Element) {
    let position = sortedPosition(of: element)
    if position == endIndex || self[position] != element { insert(element, at: position) }
  }

  /// Takes the element out of this sorted array, if it is there.
  mutating func removeSorted(_ element: Element) {
    let position = sortedPosition(of: element)
    if position < endIndex, self[position] == element { remove(at: position) }
  }
}
