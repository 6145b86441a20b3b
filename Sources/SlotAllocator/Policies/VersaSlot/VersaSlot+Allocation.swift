internal import Fabric

/// How many slots each candidate may have.
extension VersaSlot {
  mutating func allocate(_ board: BoardState) {
    if board.hasBigSlots { allocateBigLittle(board) } else { allocateOnlyLittle(board) }
  }

  /// One slot for each; where slots are left, in order, each its goal; where there are still some, in order, all that it has tasks for.
  private mutating func allocateOnlyLittle(_ board: BoardState) {
    let left = candidates.map { candidate in board.job(candidate.execution).map { candidate.stagesLeft(of: $0) } ?? 0 }
    let count = board.healthyCount(.little)
    for (index, left) in left.enumerated() { candidates[index].littleCap = min(1, left) }
    for wish in [candidates.map(\.littleGoal), left] {
      var assigned = candidates.reduce(0) { $0 + $1.littleCap }
      for index in candidates.indices {
        guard assigned < count else { return }
        let cap = max(candidates[index].littleCap, min(wish[index], left[index]))
        assigned += cap - candidates[index].littleCap
        candidates[index].littleCap = cap
      }
    }
  }

  /// Binds jobs to a kind of slot, Big first, and sets their caps: the goal for that kind, and what is left of the Little slots to the earliest.
  private mutating func allocateBigLittle(_ board: BoardState) {
    var bigLeft = board.healthyCount(.big) - candidates.reduce(0) { $0 + bundlesLeft(of: $1, on: board) }
    rebind(board, bigLeft: bigLeft)
    let hasFreeLittle = board.freeCount(.little) > 0
    for index in candidates.indices where candidates[index].binding == .unbound {
      guard let job = board.job(candidates[index].execution) else { continue }
      if bigLeft > 0, let stages = job.bundled(on: board) {
        candidates[index].bind(.big(stages: stages))
        bigLeft -= 1
      } else if hasFreeLittle {
        candidates[index].bind(.little)
      }
    }
    setCaps(board)
  }

  /// Unbinds the first candidate that waits for Little slots and has had none, where Big ones would serve it sooner: all are free, or enough for half its bundles.
  ///
  /// One at a time, as published.
  private mutating func rebind(_ board: BoardState, bigLeft: Int) {
    let free = board.freeCount(.big)
    guard bigLeft > 0, free > 0 else { return }
    let index = candidates.firstIndex { candidate in
      guard candidate.binding == .little, !candidate.hasBegun, let job = board.job(candidate.execution),
        let stages = job.bundled(on: board)
      else { return false }
      return free == board.healthyCount(.big) || stages.count { job.stages[$0].bundle != nil } <= 2 * free
    }
    if let index { candidates[index].release() }
  }

  private func bundlesLeft(of candidate: VersaSlotJob, on board: BoardState) -> Int {
    guard case .big = candidate.binding, let job = board.job(candidate.execution) else { return 0 }
    return min(candidate.bigGoal, candidate.stagesLeft(of: job, .big))
  }

  private mutating func setCaps(_ board: BoardState) {
    var littleLeft = board.healthyCount(.little)
    var surplus: [(index: Int, stages: Int)] = []
    for index in candidates.indices {
      guard let job = board.job(candidates[index].execution) else { continue }
      let left = candidates[index].stagesLeft(of: job, .little)
      switch candidates[index].binding {
      case .unbound: (candidates[index].littleCap, candidates[index].bigCap) = (0, 0)
      case .big: (candidates[index].littleCap, candidates[index].bigCap) = (left, candidates[index].bigGoal)
      case .little:
        candidates[index].littleCap = min(candidates[index].littleGoal, left)
        candidates[index].bigCap = candidates[index].stagesLeft(of: job, .big)
        surplus.append((index, left - candidates[index].littleCap))
      }
      littleLeft -= candidates[index].littleCap
    }
    for (index, stages) in surplus {
      let extra = max(0, min(stages, littleLeft))
      candidates[index].littleCap += extra
      littleLeft -= extra
    }
  }
}
