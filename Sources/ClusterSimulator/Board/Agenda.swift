internal import Fabric

/// The few things that a simulated board has under way, earliest first; those of one instant in the order in which they were added.
struct Agenda<Event> {
  private var entries: [(instant: BoardInstant, event: Event)] = []

  var nextInstant: BoardInstant? { entries.first?.instant }

  /// O(entries), of which there are about as many as slots.
  mutating func add(_ event: Event, at instant: BoardInstant) {
    let position = entries.firstIndex { $0.instant > instant } ?? entries.endIndex
    entries.insert((instant, event), at: position)
  }

  /// The first entry, if its time has come by then.
  mutating func next(until instant: BoardInstant) -> (instant: BoardInstant, event: Event)? {
    guard let first = entries.first, first.instant <= instant else { return nil }
    return entries.removeFirst()
  }
}
