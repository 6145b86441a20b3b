/// What a core asks for, in order.
public struct Actions<Action: Sendable>: ~Copyable {
  @usableFromInline var items: [Action] = []
  @inlinable public init() {}
  @inlinable public mutating func append(_ action: Action) { items.append(action) }
  /// Takes all actions out.
  @inlinable public mutating func drain() -> [Action] {
    let taken = items
    items = []
    return taken
  }
}
