internal import Fabric

/// Which slot a claim gets.
extension Tessera {
  /// How readily a slot is given away, the last first.
  ///
  /// What its image is needed at is counted as ``need(of:on:)`` does.
  enum Availability: Comparable {
    /// It has items of a job; those of the last rank go first.
    case working(rank: Int)
    /// It is the second one of its group of tasks.
    case second
    /// It has nothing to do for now; the image that is needed last, if at all, goes first.
    case idle(neededAt: Int)
    case free(neededAt: Int)
  }

  /// A slot that holds the claim's image for its tenant, and does nothing better.
  func slotWithImage(for claim: Claim, on board: BoardState) -> Int? {
    let image = board.jobs[claim.position].stages[claim.stage].image
    let tenant = board.jobs[claim.position].tenant
    return board.slots.indices.first { index in
      guard board.slots[index].holds(image, for: tenant), board.isAvailable(board.slots[index]) else { return false }
      guard let assignment = board.slots[index].assignment, let owner = board.position(of: assignment.execution) else {
        return true
      }
      if owner == claim.position, assignment.stage == claim.stage { return false }
      return (!claim.isSecond && order.ranks[owner] > claim.rank) || !isGoingOn(index, on: board)
    }
  }

  /// The slot that is given away most readily, of those that the claim may take.
  func slotToConfigure(for claim: Claim, on board: BoardState) -> Int? {
    var best: (slot: Int, availability: Availability)?
    for index in board.slots.indices
    where board.isAvailable(board.slots[index])
      && board.jobs[claim.position].stages[claim.stage].slots.contains(board.slots[index].slot)
    {
      if let assignment = board.slots[index].assignment, assignment.stage == claim.stage,
        assignment.execution == board.jobs[claim.position].execution
      {
        continue
      }
      let availability = availability(of: index, for: claim, on: board)
      switch availability {
      case .working(let rank): guard !claim.isSecond, rank > claim.rank else { continue }
      case .second: guard !claim.isSecond else { continue }
      case .idle, .free: break
      }
      if let best, best.availability >= availability { continue }
      best = (index, availability)
    }
    return best?.slot
  }

  func availability(of index: Int, for claim: Claim, on board: BoardState) -> Availability {
    guard let assignment = board.slots[index].assignment, let owner = board.position(of: assignment.execution) else {
      return .free(neededAt: need(of: board.slots[index].image, on: board))
    }
    guard isGoingOn(index, on: board) else {
      return .idle(neededAt: need(of: board.slots[index].image, on: board))
    }
    let stage = board.jobs[owner].stages[assignment.stage]
    if stage.bundle != nil, service.ofBundle(with: stage.firstTask, of: owner).serving > 1 { return .second }
    return .working(rank: order.ranks[owner])
  }

  /// Whether a slot between two items goes on with something worth its time.
  private func isGoingOn(_ index: Int, on board: BoardState) -> Bool {
    guard case .ready(let assignment, _) = board.slots[index].state,
      let owner = board.position(of: assignment.execution), board.jobs[owner].isReady(assignment.stage)
    else { return false }
    guard board.jobs[owner].stages[assignment.stage].bundle != nil else { return true }
    return board.jobs[owner].fill(of: assignment.stage, beside: 0) >= Self.leastFill
  }

  /// Where in the order an image is needed first, counted in stages; after all jobs for one that none needs, which a later job may, and last for none.
  private func need(of image: ImageID?, on board: BoardState) -> Int {
    guard let image else { return .max }
    var place = 0
    for rank in 0..<order.count {
      let position = order.position(at: rank)
      for stage in board.jobs[position].stages.indices {
        if board.jobs[position].stages[stage].image == image, !board.jobs[position].isExhausted(stage) { return place }
        place += 1
      }
    }
    return place
  }
}
