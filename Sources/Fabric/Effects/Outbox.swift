/// Holds effects back until the record that they depend on is durable.
public struct Outbox<Effect: Sendable>: Sendable {
  private var held: [(after: SequenceNumber, effect: Effect)] = []
  private var synced: SequenceNumber

  /// Starts with everything up to `synced` durable.
  public init(synced: SequenceNumber) { self.synced = synced }

  /// Gives the effect back if it may go now, else keeps it, in O(1).
  public mutating func submit(_ effect: Effect, after number: SequenceNumber) -> Effect? {
    if number <= synced { return effect }
    held.append((number, effect))
    return nil
  }

  /// Everything that may go now that `number` is durable, in the order of submission.
  public mutating func release(through number: SequenceNumber) -> [Effect] {
    synced = max(synced, number)
    let free = held.filter { $0.after <= synced }.map(\.effect)
    held.removeAll { $0.after <= synced }
    return free
  }
}
