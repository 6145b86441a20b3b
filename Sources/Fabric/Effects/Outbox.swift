/// Holds effects back until the record that they depend on is durable.
public struct Outbox<Effect: Sendable>: Sendable {
  /// Effects that wait for the disk at most.
  @inlinable public static var heldLimit: Int { 16_384 }

  /// What shall happen with an effect.
  public enum Submission {
    case release(Effect)
    case held
    /// Too many wait already: the effect is dropped, and must be one that is repeated.
    case dropped
  }

  @usableFromInline var held: [(after: SequenceNumber, effect: Effect)] = []
  @usableFromInline var synced: SequenceNumber

  /// Starts with everything up to `synced` durable.
  @inlinable public init(synced: SequenceNumber) { self.synced = synced }

  /// Takes an effect in, or gives it back where it may go at once, in O(1).
  @inlinable public mutating func submit(_ effect: Effect, after number: SequenceNumber) -> Submission {
    if number <= synced { return .release(effect) }
    guard held.count < Self.heldLimit else { return .dropped }
    held.append((number, effect))
    return .held
  }

  /// Everything that may go now that `number` is durable, in the order of submission.
  @inlinable public mutating func release(through number: SequenceNumber) -> [Effect] {
    synced = max(synced, number)
    var free: [Effect] = []
    var kept = 0
    for index in held.indices {
      if held[index].after <= synced {
        free.append(held[index].effect)
      } else {
        if kept < index { held[kept] = held[index] }
        kept += 1
      }
    }
    held.removeLast(held.count - kept)
    return free
  }
}
