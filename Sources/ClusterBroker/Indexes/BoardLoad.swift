internal import Fabric

/// What a board's jobs, those that it has and those on their way to it, take of it in all.
struct BoardLoad: Sendable, Hashable {
  var jobCount = 0
  var ringByteCount = 0
  var remainingMicroseconds = 0

  static func += (a: inout Self, b: JobLoad) {
    a.jobCount += 1
    a.ringByteCount += b.ringByteCount
    a.remainingMicroseconds += b.remainingMicroseconds
  }

  static func -= (a: inout Self, b: JobLoad) {
    a.jobCount -= 1
    a.ringByteCount -= b.ringByteCount
    a.remainingMicroseconds -= b.remainingMicroseconds
  }
}

/// What one job takes of its owner and of the board that it is on its way to.
struct JobLoad: Sendable, Hashable {
  let owner: BoardID
  let destination: BoardID?
  let ringByteCount: Int
  let remainingMicroseconds: Int
}
