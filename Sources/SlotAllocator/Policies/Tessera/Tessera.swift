internal import Fabric

/// Serves the ready items of the jobs with the least work left; no slot waits for items.
///
/// The algorithm and what it was measured to give: Documentation/scheduling.md. In short: jobs have an order (``JobOrder``); the first job's tasks that have ready items get slots, a further slot
/// for the same task only where it saves more than its configuration costs; then the next job's. Slots that hold the image already come first, then
/// idle ones, then those between two items of later jobs. Big slots take the groups of tasks that fill a launch best (``Tessera/bundlePlacement(on:)``).
struct Tessera: Policy {
  /// How many times its own configuration a further slot for a task must save.
  ///
  /// With expensive configurations much less wastes the port, much more leaves slots idle;
  /// with cheap ones it does not matter.
  static let leastSavings = 4.0

  /// One image at a time: what is needed most is known best when the port is free.
  var configurationLimit: Int { 1 }

  var ordersByNeed: Bool { true }

  var order = JobOrder()
  var service = Service()

  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? {
    if board.slots.contains(where: board.isAvailable) { order.update(board, at: now) }
    return nil
  }

  func ranking(of board: BoardState, at now: BoardInstant) -> [Int] {
    var order = JobOrder()
    order.update(board, at: now)
    return (0..<order.count).map(order.position(at:))
  }

  /// O(slots x jobs x (jobs + stages)).
  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    guard board.slots.contains(where: board.isAvailable) else { return nil }
    service.count(board)
    return bundlePlacement(on: board) ?? taskPlacement(on: board) ?? placementAhead(on: board)
  }

  // MARK: Tasks by themselves

  private func taskPlacement(on board: BoardState) -> Placement? {
    for rank in 0..<order.count {
      if let placement = taskPlacement(of: order.position(at: rank), rank: rank, on: board) { return placement }
    }
    return nil
  }

  /// A slot for the job's first task that one with its image can serve at once, or else for the one that needs a further slot most.
  private func taskPlacement(of position: Int, rank: Int, on board: BoardState) -> Placement? {
    guard !board.jobs[position].isExhausted else { return nil }
    var wanted: (stage: Int, serving: Int, savedSeconds: Double)?
    for stage in board.jobs[position].cover {
      let count = service.ofTask(board.jobs[position].stages[stage].firstTask, of: position)
      let ready = board.jobs[position].readyLaunches(of: stage) - count.coming
      guard ready > 0 else { continue }
      let claim = Claim(position: position, stage: stage, rank: rank)
      if let slot = slotWithImage(for: claim, on: board) { return claim.placement(in: slot, on: board) }
      let saved = Double(ready) * board.jobs[position].launchSeconds[stage] / Double(count.serving + 1)
      let cost = board.configurationTimes.seconds(board.jobs[position].stages[stage].slotKind)
      guard count.serving == 0 || saved > Self.leastSavings * cost else { continue }
      // A task that no slot serves comes before those that some do.
      let serving = min(1, count.serving)
      if let wanted, (-wanted.serving, wanted.savedSeconds) >= (-serving, saved) { continue }
      wanted = (stage, serving, saved)
    }
    guard board.canConfigure, let wanted else { return nil }
    let claim = Claim(position: position, stage: wanted.stage, rank: rank)
    return slotToConfigure(for: claim, on: board).map { claim.placement(in: $0, on: board) }
  }

  // MARK: Ahead of items

  /// A free slot for a task whose items are on their way: every predecessor has a slot, or has finished.
  private func placementAhead(on board: BoardState) -> Placement? {
    guard board.canConfigure, board.slots.contains(where: \.isFree) else { return nil }
    for rank in 0..<order.count {
      let position = order.position(at: rank)
      for stage in board.jobs[position].cover where isComing(stage, of: position, on: board) {
        let claim = Claim(position: position, stage: stage, rank: rank)
        if let slot = freeSlot(for: claim, on: board) { return claim.placement(in: slot, on: board) }
      }
    }
    return nil
  }

  /// A free slot, one that holds the image before any other.
  private func freeSlot(for claim: Claim, on board: BoardState) -> Int? {
    let stage = board.jobs[claim.position].stages[claim.stage]
    let free = board.slots.indices.filter { board.slots[$0].isFree && stage.slots.contains(board.slots[$0].slot) }
    let tenant = board.jobs[claim.position].tenant
    return free.first { board.slots[$0].holds(stage.image, for: tenant) }
      ?? free.max { availability(of: $0, for: claim, on: board) < availability(of: $1, for: claim, on: board) }
  }

  private func isComing(_ stage: Int, of position: Int, on board: BoardState) -> Bool {
    guard !board.jobs[position].isExhausted(stage) else { return false }
    let flow = board.jobs[position].flow
    for part in board.jobs[position].stages[stage].parts {
      for task in part.tasks where service.ofTask(task, of: position).serving > 0 { return false }
      for port in part.inputs {
        guard let producer = flow.producer(of: port.edge), flow.produced(port.edge) < flow.itemCount else { continue }
        guard service.ofTask(producer, of: position).serving > 0 else { return false }
      }
    }
    return true
  }
}
