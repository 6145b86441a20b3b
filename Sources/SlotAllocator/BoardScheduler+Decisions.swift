public import Fabric

/// What shall begin.
extension BoardScheduler {
  /// Gives everything that can begin now, which is nothing, in O(1), where nothing has happened since the last time.
  ///
  /// `mayLaunch` is false while the agent's lease is over.
  public mutating func next(at now: BoardInstant, mayLaunch: Bool) -> [Action] {
    let isUpdateDue = nextUpdate.map { $0 <= now } ?? false
    guard hasChanged || isUpdateDue || mayLaunch != self.mayLaunch else { return [] }
    var actions = configurations(at: now)
    if mayLaunch { actions += launches(at: now) }
    self.mayLaunch = mayLaunch
    hasChanged = false
    return actions
  }

  /// Asks the policy what the slots shall hold, and gives the images that must be brought in for that.
  public mutating func configurations(at now: BoardInstant) -> [Action] {
    releaseFinishedStages()
    var actions = policy.ordersByNeed ? greaterNeeds() : []
    let repeated = actions.count
    // An instant that has passed is no answer: it would be asked again at once, for ever.
    nextUpdate = policy.observe(board, at: now).flatMap { $0 > now ? $0 : nil }
    // At most a few placements for each slot, whatever the policy wishes.
    for _ in 0..<2 * board.slots.count {
      guard let placement = policy.nextPlacement(on: board, at: now), place(placement, into: &actions) else { break }
    }
    if policy.ordersByNeed { takeBackForStandstill(at: now, into: &actions) }
    if actions.count == repeated, let placement = board.standstillPlacement(isPolicyWaiting: nextUpdate != nil) {
      _ = place(placement, into: &actions)
    }
    return actions
  }

  /// Launches whatever is in its slot and has an item.
  public mutating func launches(at now: BoardInstant) -> [Action] {
    var actions: [Action] = []
    for index in board.slots.indices {
      guard case .ready(let assignment, let image) = board.slots[index].state,
        let position = board.position(of: assignment.execution)
      else { continue }
      let works = board.jobs[position].works(of: assignment.stage)
      guard !works.isEmpty else { continue }
      let stage = board.jobs[position].stages[assignment.stage]
      let launch = Launch(execution: assignment.execution, stage: stage, works: works, flow: board.jobs[position].flow)
      for work in works { board.jobs[position].flow.begin(stage.parts[work.part]) }
      // A job that needs no image any more is left out when the next one comes: until then it does no harm.
      if !board.jobs[position].isExhausted, board.jobs[position].isExhausted(assignment.stage) { isPlanOld = true }
      board.slots[index].state = .running(assignment, image, BoardSlot.Run(began: now, works: works))
      board.slots[index].isFresh = false
      actions.append(.launch(SlotID(rawValue: index), launch))
    }
    return actions
  }

  /// A stage that has begun the whole batch needs its slot no more.
  private mutating func releaseFinishedStages() {
    for index in board.slots.indices {
      guard case .ready(let assignment, let image) = board.slots[index].state,
        let position = board.position(of: assignment.execution), board.jobs[position].isExhausted(assignment.stage)
      else { continue }
      board.slots[index].state = .free(holding: image)
    }
  }

  /// Gives a slot to a stage and asks for its image where the slot does not hold it; false if the slot cannot be had.
  private mutating func place(_ placement: Placement, into actions: inout [Action]) -> Bool {
    guard let slot = board[placement.slot], let position = board.position(of: placement.assignment.execution),
      !board.jobs[position].isStopped, board.jobs[position].stages.indices.contains(placement.assignment.stage)
    else { return false }
    let stage = board.jobs[position].stages[placement.assignment.stage]
    guard stage.slots.contains(placement.slot), board.isAvailable(slot) else { return false }
    if reusesImages, slot.holds(stage.image, for: board.jobs[position].tenant) {
      board.slots[placement.slot.rawValue].state = .ready(placement.assignment, stage.image)
      return true
    }
    guard board.canConfigure else { return false }
    board.slots[placement.slot.rawValue].isFresh = true
    board.slots[placement.slot.rawValue].comingTenant = board.jobs[position].tenant
    board.slots[placement.slot.rawValue].state = .configuring(placement.assignment, stage.image)
    let need = policy.ordersByNeed ? board.need(of: placement.assignment) : .progressing
    board.slots[placement.slot.rawValue].need = need
    actions.append(.configure(placement.slot, stage.image, need, for: placement.assignment.execution))
    return true
  }

  /// What is ahead of need and not at the port yet makes way for a job that stands still: of its slot, or at the port.
  private mutating func takeBackForStandstill(at now: BoardInstant, into actions: inout [Action]) {
    for slot in waitingSlots {
      let index = slot.rawValue
      guard board.slots.indices.contains(index), case .configuring(let assignment?, _) = board.slots[index].state,
        board.need(of: assignment) == .ahead, board.hasStandingJob
      else { continue }
      let former = board.slots[index]
      board.slots[index].state = .free(holding: nil)
      // A round of its own: what the policy took note of before may be of a board without a slot to give.
      _ = policy.observe(board, at: now)
      let placement = policy.nextPlacement(on: board, at: now)
      let isUrgent = placement.map { board.need(of: $0.assignment) == .standingStill } ?? false
      guard isUrgent, let placement, place(placement, into: &actions) else {
        board.slots[index] = former
        continue
      }
      if placement.slot != slot { board.slots[index] = former }
    }
  }

  /// Says again what is on its way and has become more urgent.
  private mutating func greaterNeeds() -> [Action] {
    var actions: [Action] = []
    for index in board.slots.indices {
      guard case .configuring(let assignment?, let image) = board.slots[index].state else { continue }
      let need = board.need(of: assignment)
      guard need > board.slots[index].need else { continue }
      board.slots[index].need = need
      actions.append(.configure(board.slots[index].slot, image, need, for: assignment.execution))
    }
    return actions
  }
}
