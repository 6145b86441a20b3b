internal import Fabric

/// Tasks that can run and have no slot, in the order in which that came about.
struct ReadyQueue: Sendable, Hashable {
  private(set) var assignments: [Assignment] = []

  /// Takes note of which tasks can run, in O(tasks x slots).
  ///
  /// Of those that became able to at the same time the earlier job's come first, and of one job the earlier ones.
  mutating func update(_ jobs: some Sequence<ScheduledJob>, _ readiness: Readiness, on board: BoardState) {
    let available = jobs.flatMap { readiness.available(of: $0, on: board) }
    let (before, now) = (Set(assignments), Set(available))
    assignments = assignments.filter(now.contains) + available.filter { !before.contains($0) }
  }

  mutating func remove(_ assignment: Assignment) { assignments.removeAll { $0 == assignment } }

  /// Takes out the first task that fits a free slot, with the lowest such slot.
  mutating func popFirst(on board: BoardState) -> Placement? {
    guard board.slots.contains(where: \.isFree) else { return nil }
    for assignment in assignments {
      guard let slot = board.lowestFreeSlot(for: assignment) else { continue }
      remove(assignment)
      return Placement(slot: slot, assignment: assignment)
    }
    return nil
  }
}
