internal import Fabric

/// The broker's own number for what boards with equal images can run.
struct OfferID: Sendable, Hashable, Comparable {
  let rawValue: Int
  static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Boards with equal images, and the waiting jobs that these cover.
struct Offer: Sendable {
  let coverage: Coverage
  /// The known boards with these images.
  var boardCount = 0
  /// The boards with room, least work first; each with its free memory, negated, as its size.
  private(set) var classes: [BoardClass: FirstFit<BoardRank>] = [:]
  /// The first waiting job of each demand that the images cover; each with the memory it needs as its size.
  private(set) var fronts = FirstFit<Front>()

  init(_ coverage: Coverage) { self.coverage = coverage }

  mutating func file(_ filing: Filing) {
    classes[filing.boardClass, default: FirstFit()].insert(filing.rank, size: -filing.freeByteCount)
  }

  mutating func unfile(_ filing: Filing) {
    classes[filing.boardClass]?.remove(filing.rank)
    if classes[filing.boardClass]?.isEmpty == true { classes[filing.boardClass] = nil }
  }

  mutating func show(_ front: Front) { fronts.insert(front, size: front.demand.ringByteCount) }

  mutating func hide(_ front: Front) { fronts.remove(front) }
}

/// Boards on which the same work takes as long.
struct BoardClass: Sendable, Hashable {
  let usableArea: Int
  let speed: Double

  /// When boards of this class would be done with so much work, in wall microseconds, see ``Placement/Candidate/completion(with:)``.
  func completion(of microseconds: Double) -> Double { microseconds / (Double(usableArea) * speed) }
}

/// Where a board stands among those of its class: by the slot time that its jobs still need, then by name.
struct BoardRank: Sendable, Hashable, Comparable {
  let remainingMicroseconds: Int
  let board: BoardID
  static func < (a: Self, b: Self) -> Bool {
    a.remainingMicroseconds != b.remainingMicroseconds
      ? a.remainingMicroseconds < b.remainingMicroseconds : a.board < b.board
  }
}

/// Where a board with room is found.
struct Filing: Sendable, Hashable {
  let offer: OfferID
  let boardClass: BoardClass
  let rank: BoardRank
  let freeByteCount: Int
}

/// The first of the waiting jobs with one demand.
struct Front: Sendable, Comparable {
  let job: JobID
  let demand: DemandKey
  static func == (a: Self, b: Self) -> Bool { a.job == b.job }
  static func < (a: Self, b: Self) -> Bool { a.job < b.job }
}

/// What a waiting job asks of a board, whatever else it is: who cannot take one cannot take another.
///
/// A job that waits starts with all its tasks equally far, and how far makes no difference to which images cover it.
struct DemandKey: Sendable, Hashable {
  let application: ApplicationKey
  let ringByteCount: Int
}
