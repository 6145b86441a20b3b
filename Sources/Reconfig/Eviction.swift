package import Digests

/// The order in which partials leave memory where not all have room.
///
/// A value of its own, so that the product's can be measured beside others.
package protocol Eviction: Sendable {
  /// The partials that jobs will probably need, the first first; in place of what was said before.
  mutating func plan(_ digests: [Digest])
  /// A partial goes through the port.
  mutating func used(_ digest: Digest)
  /// A partial has come into memory.
  mutating func entered(_ digest: Digest)
  /// A partial has left memory.
  mutating func left(_ digest: Digest)
  /// Which of some partials, in the order in which they came into memory, leaves first; nil if there is none.
  func firstToLeave(of candidates: [Digest]) -> Int?
}
