package import Digests

/// What no job needs leaves first, the least often used before others; then what is needed last.
///
/// For what jobs need the plan says what Belady's rule asks for, the next use. For the rest the past must do: a
/// partial's value is the number of its uses on top of the value of the last one that left when it was used last, so
/// that old fame fades (GreedyDual-Size with Frequency: Cherkasova, HP Labs HPL-98-69R1; storage gives bytes at one
/// rate, so the cost of a byte is the same for all and drops out).
package struct PlannedEviction: Eviction {
  private struct Past {
    let uses: Int
    let value: Int
  }
  /// Partials whose past is kept, in memory or not.
  private static let pastLimit = 4_096

  private var places: [Digest: Int] = [:]
  private var past: [Digest: Past] = [:]
  private var floor = 0

  package init() {}

  package mutating func plan(_ digests: [Digest]) {
    places = Dictionary(digests.enumerated().map { ($1, $0) }) { first, _ in first }
  }

  package mutating func used(_ digest: Digest) {
    if past[digest] == nil, past.count >= Self.pastLimit { past = [:] }
    let uses = (past[digest]?.uses ?? 0) + 1
    past[digest] = Past(uses: uses, value: floor + uses)
  }

  package func entered(_ digest: Digest) {}

  package mutating func left(_ digest: Digest) { floor = max(floor, past[digest]?.value ?? 0) }

  /// O(candidates).
  package func firstToLeave(of candidates: [Digest]) -> Int? {
    candidates.indices.min { isBefore(candidates[$0], candidates[$1]) }
  }

  private func isBefore(_ a: Digest, _ b: Digest) -> Bool {
    switch (places[a], places[b]) {
    case (let first?, let second?): first > second
    case (nil, nil): (past[a]?.value ?? 0) < (past[b]?.value ?? 0)
    case (let place, _): place == nil
    }
  }
}
