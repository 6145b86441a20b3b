internal import Fabric

/// Each slot has a queue; in each round every job puts its next task that can run into the shortest one, where it stays.
///
/// The scheduler of Coyote (OSDI 2020) as Nimblock's evaluation has it (ISCA 2023). VersaSlot's port is one queue that waits for its head, and no round robin.
struct RoundRobin: Policy {
  /// Who leaves a queue first; among others the one that came first.
  enum Order: Sendable, Hashable {
    /// The highest priority; of one job the task that comes first.
    case priority
    /// As the published heap has it, whose comparison is the wrong way round: the lowest priority; of one job the task that comes last.
    case inverted
  }

  private struct Entry: Hashable {
    let assignment: Assignment
    let priority: Int
  }

  let readiness: Readiness
  let order: Order
  /// One for each slot.
  private var queues: [[Entry]] = []

  init(readiness: Readiness, order: Order) {
    self.readiness = readiness
    self.order = order
  }

  var configurationLimit: Int { readiness.configurationLimit }

  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? {
    if queues.count != board.slots.count { queues = Array(repeating: [], count: board.slots.count) }
    let jobs = board.activeJobs.map { (job: $0, tasks: readiness.available(of: $0, on: board)) }
    let available = Set(jobs.flatMap(\.tasks))
    for slot in board.slots {
      let isHealthy = slot.state != .quarantined
      queues[slot.slot.rawValue].removeAll { !isHealthy || !available.contains($0.assignment) }
    }
    // One round for each image that is brought in, and where none can be, as many as it takes to queue all tasks.
    while round(of: jobs, on: board), nextSlot(on: board) == nil {}
    return nil
  }

  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    guard board.canConfigure, let slot = nextSlot(on: board) else { return nil }
    let queue = queues[slot.rawValue]
    var first = queue.startIndex
    for index in queue.indices where precedes(queue[index], queue[first]) { first = index }
    return Placement(slot: slot, assignment: queues[slot.rawValue].remove(at: first).assignment)
  }

  /// Every job's next task joins a queue; false if there was none.
  private mutating func round(of jobs: [(job: ScheduledJob, tasks: [Assignment])], on board: BoardState) -> Bool {
    var hasQueued = false
    let queued = Set(queues.joined().map(\.assignment))
    for (job, tasks) in jobs {
      guard let next = tasks.first(where: { !queued.contains($0) }),
        let slot = shortestQueue(for: job.stages[next.stage], on: board)
      else { continue }
      queues[slot.rawValue].append(Entry(assignment: next, priority: job.priority))
      hasQueued = true
    }
    return hasQueued
  }

  /// A slot that is busy counts as one task more; of equals the lowest.
  private func shortestQueue(for stage: Stage, on board: BoardState) -> SlotID? {
    let slots = board.slots.lazy.filter { stage.slots.contains($0.slot) && $0.state != .quarantined }
    return slots.min { length($0) < length($1) }?.slot
  }

  private func length(_ slot: BoardSlot) -> Int { queues[slot.slot.rawValue].count + (slot.isFree ? 0 : 1) }

  private func nextSlot(on board: BoardState) -> SlotID? {
    board.slots.first { $0.isFree && !queues[$0.slot.rawValue].isEmpty }?.slot
  }

  private func precedes(_ a: Entry, _ b: Entry) -> Bool {
    let isSameJob = a.assignment.execution == b.assignment.execution
    let (first, second) = order == .priority ? (a, b) : (b, a)
    return isSameJob ? first.assignment.stage < second.assignment.stage : first.priority > second.priority
  }
}
