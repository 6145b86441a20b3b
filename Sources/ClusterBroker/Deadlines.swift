internal import Fabric

/// What runs out when; the next one is found at once, and one is set or lifted in O(log n).
struct Deadlines: Sendable {
  /// What can run out, in the order in which it is ended when several are due.
  enum Subject: Sendable, Hashable, Comparable {
    /// A migration's destination has to be prepared.
    case preparation(JobID)
    /// A board that owns jobs, but did not register since the start, has to be heard of.
    case returning(BoardID)
    /// An online board has to be heard of.
    case lease(BoardID)
  }

  private struct Entry: Sendable, Comparable {
    let instant: WallInstant
    let subject: Subject
    static func < (a: Self, b: Self) -> Bool { (a.instant, a.subject) < (b.instant, b.subject) }
  }

  private var instants: [Subject: WallInstant] = [:]
  private var order = SortedBlocks<Entry>()

  /// The next instant at which something runs out.
  var next: WallInstant? { order.first?.instant }

  subscript(subject: Subject) -> WallInstant? {
    get { instants[subject] }
    set {
      let before = instants[subject]
      guard before != newValue else { return }
      instants[subject] = newValue
      if let before { order.remove(Entry(instant: before, subject: subject)) }
      if let newValue { order.insert(Entry(instant: newValue, subject: subject)) }
    }
  }

  /// Takes out what has run out, in the order of ``Subject``.
  mutating func takeDue(at now: WallInstant) -> [Subject] {
    var due: [Subject] = []
    while let first = order.first, first.instant <= now {
      due.append(first.subject)
      self[first.subject] = nil
    }
    return due.sorted()
  }
}
