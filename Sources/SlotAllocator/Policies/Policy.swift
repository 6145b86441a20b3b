public import Fabric

/// A way to share a board's slots.
///
/// A policy decides only what the slots hold; whatever is in its slot and has an item is launched. It is asked whenever something has happened, before anything is launched, so a slot
/// between two items can be given to another stage.
public protocol Policy: Sendable {
  /// How many configurations may be under way at once, with the one at the port; one whose image is still being read from
  /// storage, or that waits for its retry, does not count.
  var configurationLimit: Int { get }

  /// Whether the port serves a job that stands still before one that does not, and both before what is ahead of need;
  /// else it serves whatever came first.
  var ordersByNeed: Bool { get }

  /// The positions of the jobs on the board in the order in which they are served, as far as that is known; those that
  /// have stopped are left out.
  func ranking(of board: BoardState, at now: BoardInstant) -> [Int]

  /// Takes note of what has happened, once before each round of decisions.
  ///
  /// - Returns: When to ask again though nothing happens.
  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant?

  /// The next stage to bring into a slot, or nil where the slots should stay as they are; asked again until nil.
  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement?
}

extension Policy {
  /// Published policies order nothing at the port.
  public var ordersByNeed: Bool { false }

  /// In the order of arrival.
  public func ranking(of board: BoardState, at now: BoardInstant) -> [Int] {
    board.jobs.indices.filter { !board.jobs[$0].isStopped }
  }
}
