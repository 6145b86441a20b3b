internal import Fabric

/// How many slots serve each task, and how many of them will take an item before they need another one.
struct Service: Sendable, Hashable {
  struct Count: Sendable, Hashable {
    /// Slots that run the task, are configured for it, or are about to be.
    var serving = 0
    /// Those of them that have not begun an item yet.
    var coming = 0
  }
  /// Job by job, task by task: by whatever stage, and by bundles only.
  private var tasks: [Count] = []
  private var bundles: [Count] = []
  private var starts: [Int] = []

  /// O(slots x jobs + tasks).
  mutating func count(_ board: BoardState) {
    starts.removeAll(keepingCapacity: true)
    var total = 0
    for position in board.jobs.indices {
      starts.append(total)
      total += board.jobs[position].taskCount
    }
    tasks.removeAll(keepingCapacity: true)
    tasks.append(contentsOf: repeatElement(Count(), count: total))
    bundles.removeAll(keepingCapacity: true)
    bundles.append(contentsOf: repeatElement(Count(), count: total))
    for index in board.slots.indices {
      guard let assignment = board.slots[index].assignment, let position = board.position(of: assignment.execution)
      else { continue }
      note(assignment.stage, of: position, isComing: !board.slots[index].isRunning, on: board)
    }
  }

  private mutating func note(_ stage: Int, of position: Int, isComing: Bool, on board: BoardState) {
    let isBundle = board.jobs[position].stages[stage].bundle != nil
    for part in board.jobs[position].stages[stage].parts {
      for task in part.tasks {
        tasks[starts[position] + task].serving += 1
        if isComing { tasks[starts[position] + task].coming += 1 }
        guard isBundle else { continue }
        bundles[starts[position] + task].serving += 1
        if isComing { bundles[starts[position] + task].coming += 1 }
      }
    }
  }

  /// The slots that serve a task of the job at a position.
  func ofTask(_ task: Int, of position: Int) -> Count { tasks[starts[position] + task] }

  /// The slots that serve a task in a bundle.
  func ofBundle(with task: Int, of position: Int) -> Count { bundles[starts[position] + task] }
}
