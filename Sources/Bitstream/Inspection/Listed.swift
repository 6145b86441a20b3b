/// The first elements of what may be endless, and how many were left out.
public struct Listed<Element> {
  /// The elements, at most as many as the limit.
  public private(set) var items: [Element] = []
  /// The number of elements that came after the limit was reached.
  public private(set) var omittedCount = 0

  /// The number of all elements.
  public var count: Int { items.count + omittedCount }

  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Takes an element; the result is where it is, or nil where it was left out.
  @discardableResult mutating func append(_ element: Element) -> Int? {
    guard items.count < limit else {
      omittedCount += 1
      return nil
    }
    items.append(element)
    return items.count - 1
  }

  /// Changes an element that is not left out.
  mutating func change(at index: Int?, _ body: (inout Element) -> Void) {
    if let index { body(&items[index]) }
  }
}

extension Listed: Sendable where Element: Sendable {}
extension Listed: Equatable where Element: Equatable {}
extension Listed: Hashable where Element: Hashable {}
