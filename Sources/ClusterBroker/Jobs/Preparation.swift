internal import Fabric

/// A migration whose destination prepares while the source still runs: a hint that expires, and that a restart forgets.
struct Preparation: Sendable, Hashable {
  let destination: BoardID
  let incarnation: Incarnation
  let expires: WallInstant

  /// Whether this incarnation of the board is the one that prepares.
  func isOf(_ member: Member) -> Bool { destination == member.board && incarnation == member.incarnation }
}

/// The preparations that go on, by job and by destination.
struct Preparations: Sendable {
  private var byJob: [JobID: Preparation] = [:]
  private var arriving = JobsByBoard()

  subscript(job: JobID) -> Preparation? {
    get { byJob[job] }
    set {
      if let before = byJob[job] { arriving.remove(job, from: before.destination) }
      byJob[job] = newValue
      if let newValue { arriving.insert(job, on: newValue.destination) }
    }
  }

  /// The jobs that a board prepares for, in the order of submission.
  func jobs(to board: BoardID) -> [JobID] { arriving[board] }
}
