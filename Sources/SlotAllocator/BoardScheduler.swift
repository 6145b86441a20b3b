public import Fabric

/// Says which task holds which slot, and launches the items that can run.
///
/// Pure: events in, ``Action``s out of ``next(at:mayLaunch:)``. One copy serves agent and simulator.
public struct BoardScheduler: Sendable {
  /// What the scheduler asks for.
  public enum Action: Sendable, Hashable {
    /// Bring the image into the slot; asked again with a greater need where the job stands still meanwhile, and for
    /// another image in the place of one that is only waited for ahead of need.
    case configure(SlotID, ImageID, ConfigurationNeed, for: JobEpoch)
    case launch(SlotID, Launch)
  }

  /// What is known of launches' durations.
  public enum Durations: Sendable, Hashable {
    /// What the applications say, for ever.
    case given
    /// What the applications say at first, then what launches were seen to take.
    case learned
  }

  var policy: any Policy
  public internal(set) var board: BoardState { didSet { hasChanged = true } }
  private var learned: LearnedDurations?
  let reusesImages: Bool
  /// Whether anything has happened since everything that could begin was begun.
  var hasChanged = true
  var mayLaunch = false
  /// Slots whose images on their way can be taken back.
  var waitingSlots: [SlotID] = []
  /// Whether ``imagePlan(at:)`` may give something else than the last time.
  var isPlanOld = false
  /// When the policy wants to be asked though nothing happens.
  public internal(set) var nextUpdate: BoardInstant?

  /// Makes a scheduler of an empty board.
  ///
  /// - Parameters:
  ///   - policy: How the slots are shared.
  ///   - slots: The board's, by number.
  ///   - configurationTimes: What the policy shall assume that a configuration takes.
  ///   - durations: What it is told of launches.
  ///   - reusesImages: Whether a slot that holds a stage's image serves it as it is; the published schedulers never look.
  public init(
    policy: any Policy, slots: [SlotDescriptor], configurationTimes: ConfigurationTimes, durations: Durations,
    reusesImages: Bool = true
  ) {
    self.policy = policy
    self.reusesImages = reusesImages
    self.board = BoardState(
      slots: slots.map { BoardSlot(slot: $0.slot, kind: $0.kind, state: .free(holding: nil)) },
      configurationTimes: configurationTimes, configurationLimit: policy.configurationLimit)
    self.learned = durations == .learned ? LearnedDurations() : nil
  }

  // MARK: Jobs

  /// Takes a job in behind all others, or in the place of `reservation`, whose configured slots it finds again.
  ///
  /// While it `isReserved`, its slots are configured ahead, but nothing is launched until ``run(_:)``.
  public mutating func admit(
    _ execution: JobEpoch, priority: Int, tenant: TenantName? = nil, stages: [Stage], flow: JobFlow, isReserved: Bool,
    replacing reservation: JobEpoch? = nil, at now: BoardInstant
  ) {
    let replaced = reservation.flatMap { board.position(of: $0) }
    let job = ScheduledJob(
      execution: execution, arrival: replaced.map { board.jobs[$0].arrival } ?? now, priority: priority, tenant: tenant,
      stages: stages,
      launchSeconds: stages.map { learned?.seconds(of: $0, in: flow.application) ?? $0.estimatedSeconds }, flow: flow,
      mode: isReserved ? .reserved : .running)
    if let replaced {
      handOnSlots(of: board.jobs[replaced].execution, to: job)
      board.jobs[replaced] = job
    } else {
      board.jobs.append(job)
    }
    board.updateCover(at: replaced ?? board.jobs.count - 1)
    isPlanOld = true
  }

  /// Lets a job that only reserved launch its items.
  public mutating func run(_ execution: JobEpoch) { withJob(execution) { $0.mode = .running } }

  /// Launches nothing more of a job and frees its slots; items in flight end.
  public mutating func stop(_ execution: JobEpoch) {
    vacateSlots(of: execution)
    withJob(execution) { $0.mode = .stopped }
    isPlanOld = true
  }

  /// Forgets a job; slots that run for it come free when that has ended, those that are being configured for it are
  /// ``abandonedSlots``.
  public mutating func remove(_ execution: JobEpoch) {
    vacateSlots(of: execution)
    guard let position = board.position(of: execution) else { return }
    // One that has begun everything needs no image any more, and the plan knows it.
    if !board.jobs[position].isExhausted { isPlanOld = true }
    board.jobs.remove(at: position)
  }

  /// The images that the board's jobs will probably need, in the order in which the policy serves the jobs, each once;
  /// nil where that is as before.
  public mutating func imagePlan(at now: BoardInstant) -> [ImageID]? {
    guard isPlanOld else { return nil }
    isPlanOld = false
    var images: [ImageID] = []
    for position in policy.ranking(of: board, at: now) {
      board.jobs[position].addLikelyImages(to: &images)
    }
    return images
  }

  /// Where a job's items are.
  public func flow(of execution: JobEpoch) -> JobFlow? { board.position(of: execution).map { board.jobs[$0].flow } }

  /// The slots in which an item of the job is in flight.
  public func runningSlots(of execution: JobEpoch) -> [SlotID] {
    board.slots.filter { $0.isRunning && $0.assignment?.execution == execution }.map(\.slot)
  }

  /// Whether an image is on its way into a slot for the job.
  public func isConfiguring(_ execution: JobEpoch) -> Bool {
    board.slots.contains { $0.isConfiguring && $0.assignment?.execution == execution }
  }

  /// The jobs that have a task to run and no healthy slot left for it.
  public var stranded: [JobEpoch] {
    guard board.mayStrand else { return [] }
    return board.jobs.filter { $0.mode != .stopped && !canFinish($0) }.map(\.execution)
  }

  private func canFinish(_ job: ScheduledJob) -> Bool {
    var isServed = (0..<job.taskCount).map { job.flow.unbegun($0) == 0 }
    for stage in job.stages where stage.slots.contains(where: board.isHealthy) {
      for part in stage.parts where job.flow.nextItem(of: part) != nil {
        for task in part.tasks { isServed[task] = true }
      }
    }
    return isServed.allSatisfy(\.self)
  }

  /// The input edge of a job has one more item in board memory.
  public mutating func itemLoaded(_ execution: JobEpoch, byteCount: Int) {
    withJob(execution) { $0.flow.itemLoaded(byteCount: byteCount) }
  }

  /// The broker has committed the first `count` items of a job.
  public mutating func itemsCommitted(_ execution: JobEpoch, through count: Int) {
    withJob(execution) { $0.flow.itemsCommitted(through: count) }
  }

  // MARK: Slots

  /// Says which images on their way are not at the port yet, by their slots, so that they can be taken back, and which
  /// of them keep the port from nobody for now, so that another may be asked for.
  public mutating func imagesWait(for slots: [SlotID], passedOver: [SlotID]) {
    waitingSlots = slots
    if board.slotsLettingPass != passedOver { board.slotsLettingPass = passedOver }
  }

  /// An image is in its slot.
  public mutating func slotConfigured(_ slot: SlotID) throws(SchedulingError) {
    guard case .configuring(let assignment, let image) = board[slot]?.state else { throw .notConfiguring(slot) }
    board.slots[slot.rawValue].state = assignment.map { .ready($0, image) } ?? .free(holding: image)
    board.slots[slot.rawValue].tenant = board.slots[slot.rawValue].comingTenant
  }

  /// The image will not come into its slot, which still holds another one, or none.
  public mutating func configurationEnded(_ slot: SlotID, holding image: ImageID?) throws(SchedulingError) {
    guard case .configuring = board[slot]?.state else { throw .notConfiguring(slot) }
    board.slots[slot.rawValue].state = .free(holding: image)
  }

  /// The slots for which an image is on its way that no job wants any more: what waits for the port need not be
  /// written.
  public var abandonedSlots: [SlotID] {
    board.slots.filter { if case .configuring(nil, _) = $0.state { true } else { false } }.map(\.slot)
  }

  /// Takes a slot out of use, whatever was to come into it; one that is unknown or runs items is left as it is.
  public mutating func quarantine(_ slot: SlotID) {
    guard let known = board[slot], !known.isRunning else { return }
    board.slots[slot.rawValue].state = .quarantined
    board.updateCovers()
  }

  /// A slot that was quarantined is empty, and can be used again.
  public mutating func reset(_ slot: SlotID) {
    guard case .quarantined = board[slot]?.state else { return }
    board.slots[slot.rawValue].state = .free(holding: nil)
    board.updateCovers()
  }

  /// A launch has ended well; gives the job that it advanced, or nil where the job is gone.
  public mutating func launchFinished(
    _ slot: SlotID, written: [ArgumentName: Int], at now: BoardInstant
  ) throws(SchedulingError) -> JobEpoch? {
    let (assignment, run) = try launchEnded(slot)
    guard let position = board.position(of: assignment.execution) else { return nil }
    let stage = board.jobs[position].stages[assignment.stage]
    for work in run.works {
      board.jobs[position].flow.end(stage.parts[work.part], item: work.item, written: written)
    }
    board.jobs[position].updateRemaining()
    learn((now - run.began) / .seconds(1), of: stage, in: board.jobs[position].flow.application)
    return assignment.execution
  }

  /// A launch has failed, its items were not computed; nothing more of its job is launched.
  public mutating func launchFailed(_ slot: SlotID) throws(SchedulingError) -> JobEpoch {
    let execution = try launchEnded(slot).assignment.execution
    stop(execution)
    return execution
  }

  /// The image and the job in a slot, and what it does.
  public func activity(of slot: SlotID) -> (activity: SlotActivity, image: ImageID?, execution: JobEpoch?) {
    switch board[slot]?.state {
    case nil, .free(nil): (.empty, nil, nil)
    case .free(let image): (.ready, image, nil)
    case .configuring(let assignment, let image): (.configuring, image, assignment?.execution)
    case .ready(let assignment, let image): (.ready, image, assignment.execution)
    case .running(let assignment, let image, _): (.running, image, assignment.execution)
    case .quarantined: (.quarantined, nil, nil)
    }
  }

  // MARK: Small steps

  private mutating func withJob(_ execution: JobEpoch, _ body: (inout ScheduledJob) -> Void) {
    guard let position = board.position(of: execution) else { return }
    body(&board.jobs[position])
  }

  private mutating func launchEnded(
    _ slot: SlotID
  ) throws(SchedulingError) -> (assignment: Assignment, run: BoardSlot.Run) {
    guard case .running(let assignment, let image, let run) = board[slot]?.state else { throw .notRunning(slot) }
    let isWanted = board.position(of: assignment.execution).map { !board.jobs[$0].isStopped } ?? false
    board.slots[slot.rawValue].state = isWanted ? .ready(assignment, image) : .free(holding: image)
    return (assignment, run)
  }

  /// Takes what a launch took into the durations of every stage that it tells something about.
  private mutating func learn(_ seconds: Double, of stage: Stage, in application: Application) {
    guard let news = learned?.note(seconds, of: stage, in: application), news != .nothing else { return }
    for position in board.jobs.indices {
      var isConcerned = false
      for index in board.jobs[position].stages.indices
      where news == .anyImage || board.jobs[position].stages[index].image == stage.image {
        let stage = board.jobs[position].stages[index]
        guard let seconds = learned?.seconds(of: stage, in: board.jobs[position].flow.application) else { continue }
        board.jobs[position].launchSeconds[index] = seconds
        isConcerned = true
      }
      if isConcerned { board.jobs[position].updateRemaining() }
    }
  }

  /// What is on its way for a reservation comes for the job; what is there is found by its image.
  private mutating func handOnSlots(of reservation: JobEpoch, to job: ScheduledJob) {
    for index in board.slots.indices {
      guard case .configuring(let assignment?, let image) = board.slots[index].state,
        assignment.execution == reservation,
        let stage = job.stages.firstIndex(where: { $0.image == image && $0.slots.contains(board.slots[index].slot) })
      else { continue }
      let heir = Assignment(execution: job.execution, stage: stage)
      board.slots[index].state = .configuring(heir, image)
    }
    if reservation != job.execution { vacateSlots(of: reservation) }
  }

  /// Takes a job's slots from it, except those that run its items until these have ended.
  private mutating func vacateSlots(of execution: JobEpoch) {
    for index in board.slots.indices where board.slots[index].assignment?.execution == execution {
      switch board.slots[index].state {
      case .ready(_, let image): board.slots[index].state = .free(holding: image)
      case .configuring(_, let image): board.slots[index].state = .configuring(nil, image)
      case .free, .running, .quarantined: break
      }
    }
  }
}
