internal import Fabric

/// A migration whose destination prepares while the source still runs: a hint that expires, and that a restart forgets.
struct Preparation: Sendable, Hashable {
  let destination: BoardID
  let incarnation: Incarnation
  let expires: WallInstant

  /// Whether this incarnation of the board is the one that prepares.
  func isOf(_ member: Member) -> Bool { destination == member.board && incarnation == member.incarnation }
}
