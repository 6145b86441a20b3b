/// What a core asks for, in order.
public struct Actions<Action: Sendable>: ~Copyable {
  private var items: [Action] = []
  public init() {}
  public mutating func append(_ action: Action) { items.append(action) }
  /// Takes all actions out.
  public mutating func drain() -> [Action] {
    defer { items.removeAll(keepingCapacity: true) }
    return items
  }
}
