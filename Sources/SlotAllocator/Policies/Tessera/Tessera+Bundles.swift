internal import Fabric

/// Big slots.
extension Tessera {
  /// The least part of a full launch's work for which a Big slot is given to a group of tasks, or left to it.
  static let leastFill = 0.4

  /// A Big slot for a group of tasks: first one for each group whose launch would be filled well, then a second one, then whatever fills one at all.
  ///
  /// A parallel bundle's launch works each of its tasks on the next item that is ready for it, in whatever slots the items before were; so groups can change slots, and Big and Little slots can
  /// share a group, with no pipeline to drain. What a launch is worth is how many of its tasks have an item.
  func bundlePlacement(on board: BoardState) -> Placement? {
    guard board.slots.contains(where: { $0.kind == .big && board.isAvailable($0) }) else { return nil }
    return bundlePlacement(on: board, serving: 0, leastFill: Self.leastFill)
      ?? bundlePlacement(on: board, serving: 1, leastFill: Self.leastFill)
      ?? bundlePlacement(on: board, serving: 0, leastFill: 0)
  }

  /// One pass over the groups that have `serving` slots now and whose launch would be filled at least by `leastFill`.
  private func bundlePlacement(on board: BoardState, serving: Int, leastFill: Double) -> Placement? {
    for rank in 0..<order.count {
      let position = order.position(at: rank)
      guard
        let stage = bestBundle(of: position, on: board, serving: serving, leastFill: leastFill)
      else { continue }
      let isSecond = serving > 0 || leastFill == 0
      let claim = Claim(position: position, stage: stage, rank: rank, isSecond: isSecond)
      if let slot = slotWithImage(for: claim, on: board) { return claim.placement(in: slot, on: board) }
      if board.canConfigure, let slot = slotToConfigure(for: claim, on: board) {
        return claim.placement(in: slot, on: board)
      }
    }
    return nil
  }

  /// The job's bundle whose launch would do the most work in its time.
  private func bestBundle(of position: Int, on board: BoardState, serving: Int, leastFill: Double) -> Int? {
    var best: (stage: Int, speed: Double)?
    for stage in board.jobs[position].stages.indices where board.jobs[position].stages[stage].bundle != nil {
      let count = service.ofBundle(with: board.jobs[position].stages[stage].firstTask, of: position)
      guard count.serving == serving, board.jobs[position].isBetterMode(stage) else { continue }
      let fill = board.jobs[position].fill(of: stage, beside: count.coming)
      guard fill > 0, fill >= leastFill else { continue }
      let speed = fill * board.jobs[position].fullWorkSeconds(of: stage) / board.jobs[position].launchSeconds[stage]
      if let best, best.speed >= speed { continue }
      best = (stage, speed)
    }
    return best?.stage
  }
}

extension ScheduledJob {
  /// What the tasks of a stage would take one after another, each by itself.
  func fullWorkSeconds(of stage: Int) -> Double { stages[stage].tasks.reduce(0) { $0 + taskSeconds($1) } }

  /// The part of that work which a launch would do now, beside other slots that are about to take an item of each task.
  func fill(of stage: Int, beside coming: Int) -> Double {
    guard mode == .running else { return 0 }
    var work = 0.0
    for part in stages[stage].parts where flow.readyItems(of: part) > coming {
      for task in part.tasks { work += taskSeconds(task) }
    }
    let full = fullWorkSeconds(of: stage)
    return full > 0 ? work / full : 0
  }
}
