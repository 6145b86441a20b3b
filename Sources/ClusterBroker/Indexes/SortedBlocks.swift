/// A sorted set, kept in blocks of a bounded length, so that no change moves more than one block and the list of blocks.
///
/// Finding is O(log n). A change is O(log n + block), and every half a block of them moves the list of blocks once: for a
/// million elements that is as good as O(log n), and without the cache misses of a tree.
struct SortedBlocks<Element: Comparable & Sendable>: Sendable {
  /// What a change did to ``blocks``, for whoever keeps a sum of each.
  enum Change: Equatable {
    case altered(Int)
    /// The second half of the block, or just the new element, stands in a new block behind it.
    case split(Int)
    case removed(Int)
  }

  /// The elements in order; no block is empty.
  private(set) var blocks: [[Element]] = []
  private(set) var count = 0
  private let blockCapacity: Int

  init(blockCapacity: Int = 128) { self.blockCapacity = max(2, blockCapacity) }

  var isEmpty: Bool { count == 0 }
  var first: Element? { blocks.first?.first }
  var last: Element? { blocks.last?.last }
  /// All elements in order.
  var elements: some Sequence<Element> { blocks.joined() }

  /// The last elements, at most so many, in order; O(their number).
  func suffix(_ maximumCount: Int) -> [Element] {
    var tail: [ArraySlice<Element>] = []
    var missing = maximumCount
    for block in blocks.reversed() {
      guard missing > 0 else { break }
      tail.append(block.suffix(missing))
      missing -= block.count
    }
    return tail.reversed().flatMap { $0 }
  }

  func contains(_ element: Element) -> Bool {
    guard let index = block(of: element) else { return false }
    let position = blocks[index].sortedPosition(of: element)
    return position < blocks[index].count && blocks[index][position] == element
  }

  /// Puts an element in; nil if it is there already.
  @discardableResult
  mutating func insert(_ element: Element) -> Change? {
    guard let index = block(of: element) ?? blocks.indices.last else {
      blocks.append([element])
      count = 1
      return .split(-1)
    }
    let position = blocks[index].sortedPosition(of: element)
    if position < blocks[index].count, blocks[index][position] == element { return nil }
    count += 1
    if blocks[index].count < blockCapacity {
      blocks[index].insert(element, at: position)
      return .altered(index)
    }
    // Elements that come in order fill their blocks.
    let middle = position == blockCapacity ? position : blockCapacity / 2
    var upper = Array(blocks[index][middle...])
    blocks[index].removeSubrange(middle...)
    if position < middle {
      blocks[index].insert(element, at: position)
    } else {
      upper.insert(element, at: position - middle)
    }
    blocks.insert(upper, at: index + 1)
    return .split(index)
  }

  /// Takes an element out; nil if it is not there.
  @discardableResult
  mutating func remove(_ element: Element) -> Change? {
    guard let index = block(of: element) else { return nil }
    let position = blocks[index].sortedPosition(of: element)
    guard blocks[index][position] == element else { return nil }
    count -= 1
    if blocks[index].count > 1 {
      blocks[index].remove(at: position)
      return .altered(index)
    }
    blocks.remove(at: index)
    return .removed(index)
  }

  /// The first block that does not end before the element.
  private func block(of element: Element) -> Int? {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = low + (high - low) / 2
      if let last = blocks[middle].last, last < element { low = middle + 1 } else { high = middle }
    }
    return low < blocks.count ? low : nil
  }
}

extension SortedBlocks: Equatable {
  /// Whether both hold the same elements, in whatever blocks.
  static func == (a: Self, b: Self) -> Bool { a.count == b.count && a.elements.elementsEqual(b.elements) }
}

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
