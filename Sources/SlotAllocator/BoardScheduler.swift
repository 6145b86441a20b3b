public import Fabric

/// Says which task holds which slot, and launches the items that can run.
///
/// Pure: events in, ``Action``s out of ``next(mayLaunch:)``. One copy serves agent and simulator.
public struct BoardScheduler: Sendable {
  /// What the scheduler asks for.
  public enum Action: Sendable, Hashable {
    case configure(SlotID, ImageID, for: JobEpoch)
    case launch(SlotID, Launch)
  }

  enum SlotState: Hashable {
    case free(holding: ImageID?)
    /// For nobody any more where there is no placement.
    case configuring(Placement?, ImageID)
    case ready(Placement, ImageID)
    case running(Placement, ImageID)
    case quarantined

    var placement: Placement? {
      switch self {
      case .configuring(let placement, _): placement
      case .ready(let placement, _), .running(let placement, _): placement
      case .free, .quarantined: nil
      }
    }
  }

  struct Job: Hashable {
    enum Mode: Hashable {
      /// Slots are configured ahead, nothing is launched.
      case reserved
      case running
      /// Items in flight end; it has no slot beside those that run them.
      case stopped
    }
    let execution: JobEpoch
    let priority: Int
    let plans: [StagePlan]
    var chosenPlan: Int?
    var mode: Mode
    var flow: JobFlow
  }

  private let policy: any Policy
  let slotKinds: [SlotKind]
  private(set) var slots: [SlotState]
  private(set) var jobs: [Job] = []

  public init(policy: any Policy, descriptor: BoardDescriptor) {
    self.policy = policy
    self.slotKinds = descriptor.slots.map(\.kind)
    self.slots = descriptor.slots.map { _ in .free(holding: nil) }
  }

  // MARK: Jobs

  /// Takes a job in behind all others, or in the place of `reservation`, whose configured slots it finds again.
  ///
  /// While it `isReserved`, its slots are configured ahead, but nothing is launched until ``run(_:)``.
  public mutating func admit(
    _ execution: JobEpoch, priority: Int, plans: [StagePlan], flow: JobFlow, isReserved: Bool,
    replacing reservation: JobEpoch? = nil
  ) {
    let job = Job(
      execution: execution, priority: priority, plans: plans, chosenPlan: nil, mode: isReserved ? .reserved : .running,
      flow: flow)
    if let reservation, let index = jobs.firstIndex(where: { $0.execution == reservation }) {
      vacateSlots(of: reservation)
      jobs[index] = job
    } else {
      jobs.append(job)
    }
  }

  /// Lets a job that only reserved launch its items.
  public mutating func run(_ execution: JobEpoch) { withJob(execution) { $0.mode = .running } }

  /// Launches nothing more of a job and frees its slots; items in flight end.
  public mutating func stop(_ execution: JobEpoch) {
    vacateSlots(of: execution)
    withJob(execution) { $0.mode = .stopped }
  }

  /// Forgets a job; slots that are being configured or run for it come free when that has ended.
  public mutating func remove(_ execution: JobEpoch) {
    vacateSlots(of: execution)
    jobs.removeAll { $0.execution == execution }
  }

  /// Where a job's items are.
  public func flow(of execution: JobEpoch) -> JobFlow? { jobs.first { $0.execution == execution }?.flow }

  /// The slots in which an item of the job is in flight.
  public func runningSlots(of execution: JobEpoch) -> [SlotID] {
    slots.indices.filter {
      if case .running(let placement, _) = slots[$0] { placement.execution == execution } else { false }
    }.map(SlotID.init)
  }

  /// Whether an image is on its way into a slot for the job.
  public func isConfiguring(_ execution: JobEpoch) -> Bool {
    slots.contains {
      if case .configuring(let placement?, _) = $0 { placement.execution == execution } else { false }
    }
  }

  /// The jobs that have a stage to run and no healthy slot left for it.
  public var stranded: [JobEpoch] {
    jobs.filter { job in
      let plans = job.chosenPlan.map { [job.plans[$0]] } ?? job.plans
      return job.mode != .stopped
        && !plans.contains { plan in
          plan.stages.allSatisfy { job.flow.nextItem(of: $0) == nil || $0.slots.contains(where: isHealthy) }
        }
    }.map(\.execution)
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

  /// An image is in its slot.
  public mutating func slotConfigured(_ slot: SlotID) throws(SchedulingError) {
    guard case .configuring(let placement, let image) = state(of: slot) else { throw .notConfiguring(slot) }
    slots[slot.rawValue] = placement.map { .ready($0, image) } ?? .free(holding: image)
  }

  /// An image could not be brought into its slot.
  public mutating func configurationFailed(_ slot: SlotID, isQuarantined: Bool) throws(SchedulingError) {
    guard case .configuring = state(of: slot) else { throw .notConfiguring(slot) }
    slots[slot.rawValue] = isQuarantined ? .quarantined : .free(holding: nil)
  }

  /// A launch has ended well; gives the job that it advanced, or nil where the job is gone.
  public mutating func launchFinished(
    _ slot: SlotID, written: [ArgumentName: Int]
  ) throws(SchedulingError) -> JobEpoch? {
    let placement = try launchEnded(slot)
    guard let stage = stage(of: placement) else { return nil }
    withJob(placement.execution) { $0.flow.itemFinished(stage, written: written) }
    return placement.execution
  }

  /// A launch has failed; its item was not computed.
  public mutating func launchFailed(_ slot: SlotID) throws(SchedulingError) -> JobEpoch {
    try launchEnded(slot).execution
  }

  /// The image and the job in a slot, and what it does.
  public func activity(of slot: SlotID) -> (activity: SlotActivity, image: ImageID?, execution: JobEpoch?) {
    switch state(of: slot) {
    case nil, .free(nil): (.empty, nil, nil)
    case .free(let image): (.ready, image, nil)
    case .configuring(let placement, let image): (.configuring, image, placement?.execution)
    case .ready(let placement, let image): (.ready, image, placement.execution)
    case .running(let placement, let image): (.running, image, placement.execution)
    case .quarantined: (.quarantined, nil, nil)
    }
  }

  // MARK: Decisions

  /// Gives everything that can begin now.
  ///
  /// O(slots x jobs x stages) for each action. `mayLaunch` is false while the agent's lease is over.
  public mutating func next(mayLaunch: Bool) -> [Action] {
    var actions = mayLaunch ? launches() : []
    releaseFinishedStages()
    // At most one placement for each slot, whatever the policy wishes.
    for _ in slots {
      guard let placement = policy.nextPlacement(on: view) else { break }
      guard let placed = place(placement) else { break }
      if case .configure(let image) = placed {
        actions.append(.configure(placement.slot, image, for: placement.execution))
      }
    }
    if mayLaunch { actions += launches() }
    return actions
  }

  private mutating func launches() -> [Action] {
    slots.indices.compactMap { index in
      guard case .ready(let placement, let image) = slots[index], let launch = launch(for: placement) else {
        return nil
      }
      slots[index] = .running(placement, image)
      return .launch(SlotID(rawValue: index), launch)
    }
  }

  func launch(for placement: Placement) -> Launch? {
    guard let job = job(placement.execution), job.mode == .running, let stage = stage(of: placement),
      let next = job.flow.nextItem(of: stage), next.isReady
    else { return nil }
    return Launch(execution: placement.execution, stage: stage, item: next.item, flow: job.flow)
  }

  /// A stage that has finished the batch needs its slot no more.
  private mutating func releaseFinishedStages() {
    for index in slots.indices {
      guard case .ready(let placement, let image) = slots[index], let job = job(placement.execution),
        let stage = stage(of: placement), job.flow.nextItem(of: stage) == nil
      else { continue }
      slots[index] = .free(holding: image)
    }
  }

  private enum Placed { case configure(ImageID), reuse }

  /// Carries a policy's wish out, if the slot can be had.
  private mutating func place(_ placement: Placement) -> Placed? {
    guard let job = job(placement.execution), let state = state(of: placement.slot) else { return nil }
    let held: ImageID?
    switch state {
    case .free(let image): held = image
    case .ready(_, let image): held = image
    case .configuring, .running, .quarantined: return nil
    }
    let image = job.plans[placement.plan].stages[placement.stage].image
    withJob(placement.execution) { $0.chosenPlan = placement.plan }
    slots[placement.slot.rawValue] = held == image ? .ready(placement, image) : .configuring(placement, image)
    return held == image ? .reuse : .configure(image)
  }

  // MARK: Small steps

  private func state(of slot: SlotID) -> SlotState? {
    slots.indices.contains(slot.rawValue) ? slots[slot.rawValue] : nil
  }

  private func isHealthy(_ slot: SlotID) -> Bool { state(of: slot).map { $0 != .quarantined } ?? false }

  private func job(_ execution: JobEpoch) -> Job? { jobs.first { $0.execution == execution } }

  private func stage(of placement: Placement) -> Stage? {
    job(placement.execution)?.plans[placement.plan].stages[placement.stage]
  }

  private mutating func withJob(_ execution: JobEpoch, _ body: (inout Job) -> Void) {
    guard let index = jobs.firstIndex(where: { $0.execution == execution }) else { return }
    body(&jobs[index])
  }

  private mutating func launchEnded(_ slot: SlotID) throws(SchedulingError) -> Placement {
    guard case .running(let placement, let image) = state(of: slot) else { throw .notRunning(slot) }
    let isWanted = job(placement.execution).map { $0.mode != .stopped } ?? false
    slots[slot.rawValue] = isWanted ? .ready(placement, image) : .free(holding: image)
    return placement
  }

  /// Takes a job's slots from it, except those that run its items until these have ended.
  private mutating func vacateSlots(of execution: JobEpoch) {
    for index in slots.indices where slots[index].placement?.execution == execution {
      switch slots[index] {
      case .ready(_, let image): slots[index] = .free(holding: image)
      case .configuring(_, let image): slots[index] = .configuring(nil, image)
      case .free, .running, .quarantined: break
      }
    }
  }
}
