import Digests
import Fabric
import SlotAllocator
import TestBench

/// Runs a workload in a random order of events and checks every action against the truth about slots and items.
struct ModelBoard {
  private enum Slot {
    case holding(ImageID?)
    /// On its way, with the need that was said, over what the slot held.
    case writing(ImageID, ConfigurationNeed, over: ImageID?)
    case running(Launch)
    case quarantined
  }
  private enum Event {
    /// A slot is reset.
    case reset(Int)
    case arrival
    /// A job that was announced comes.
    case coming(Int)
    case load(Int)
    case commit(Int)
    case launch(Int)
    /// The write at the port, the first of ``queue``, ends.
    case write
    case stop(Int)
    /// The lease is there again.
    case lease
    /// The policy wants to be asked.
    case update(BoardInstant)
  }

  private var random: SeededRandom
  private let workload: RandomWorkload
  private let images: [ImageID: Image]
  private var scheduler: BoardScheduler
  private let configurationLimit: Int
  private var now = BoardInstant(nanoseconds: 0)
  private var slots: [Slot]
  /// The slots whose images wait for the port or are at it.
  private var queue: [Int] = []
  private var jobs: [ModelJob] = []
  private var arrived = 0
  /// How likely each kind of event is beside the others, so that loads or launches may be the slow ones.
  private let weights: (load: Int, commit: Int, write: Int, run: Int)
  private(set) var steps = 0
  /// Whether the lease held when the scheduler was asked last.
  private var mayLaunch = true

  init(seed: UInt64, policy: any Policy, isPlain: Bool = false) throws {
    var random = SeededRandom(seed: seed ^ 0xB0A2D)
    self.workload = try RandomWorkload(seed: seed, isPlain: isPlain)
    self.images = Dictionary(uniqueKeysWithValues: workload.images.map { ($0.id, $0) })
    self.configurationLimit = policy.configurationLimit
    self.scheduler = BoardScheduler(
      policy: policy, slots: try makeBoard(workload.slotKinds).slots,
      configurationTimes: ConfigurationTimes(littleSeconds: 1e-5, bigSeconds: 2e-5),
      durations: random.chance(50) ? .given : .learned)
    self.slots = workload.slotKinds.map { _ in .holding(nil) }
    func weight() -> Int { [1, 1, 4, 16].randomElement(using: &random) ?? 1 }
    self.weights = (weight(), weight(), weight(), weight())
    self.random = random
  }

  /// Runs to the end; gives what went wrong, if anything did.
  mutating func run() throws -> String? {
    while let event = nextEvent() {
      now = now + .microseconds(Int.random(in: 0...10, using: &random))
      if let fault = try happen(event) { return "step \(steps): \(fault)" }
      steps += 1
      guard steps < 40_000 else { return "no end after \(steps) steps" }
      if let fault = try settle() { return "step \(steps): \(fault)" }
      if let fault = try dropAbandoned() { return "step \(steps): \(fault)" }
      mayLaunch = random.chance(mayLaunch ? 98 : 20)
      for action in scheduler.next(at: now, mayLaunch: mayLaunch) {
        if let fault = check(action) { return "step \(steps): \(action): \(fault)" }
      }
    }
    // With nothing pending, everything must have been launched.
    return jobs.isEmpty && arrived == workload.jobs.count ? nil : "\(jobs.map(\.execution)) wait for ever"
  }

  // MARK: What can happen

  private mutating func nextEvent() -> Event? {
    var events: [(Event, Int)] = []
    if arrived < workload.jobs.count { events.append((.arrival, 1)) }
    for (index, job) in jobs.enumerated() {
      if job.phase == .reserved { events.append((.coming(index), 1)) }
      if job.isLoadable { events.append((.load(index), weights.load)) }
      if job.isCommittable, job.phase == .running { events.append((.commit(index), weights.commit)) }
    }
    for index in slots.indices { if case .running = slots[index] { events.append((.launch(index), weights.run)) } }
    if !queue.isEmpty { events.append((.write, weights.write)) }
    for index in slots.indices {
      if case .quarantined = slots[index], !events.isEmpty, random.chance(5) { events.append((.reset(index), 1)) }
    }
    if !events.isEmpty, random.chance(1), let index = jobs.indices.filter({ jobs[$0].phase == .running }).first {
      return .stop(index)
    }
    if events.isEmpty, !mayLaunch { return .lease }
    if let update = scheduler.nextUpdate, !jobs.isEmpty { events.append((.update(update), 1)) }
    guard !events.isEmpty else { return nil }
    var point = Int.random(in: 0..<events.reduce(0) { $0 + $1.1 }, using: &random)
    return events.first { event in
      point -= event.1
      return point < 0
    }?.0
  }

  private mutating func happen(_ event: Event) throws -> String? {
    switch event {
    case .arrival: try admitNext()
    case .coming(let index):
      let reservation = jobs[index].execution
      jobs[index].come()
      try admit(
        jobs[index], Checkpoint(progress: jobs[index].application.progress(), items: []), replacing: reservation)
    case .load(let index):
      if let byteCount = jobs[index].load() { scheduler.itemLoaded(jobs[index].execution, byteCount: byteCount) }
    case .commit(let index): scheduler.itemsCommitted(jobs[index].execution, through: jobs[index].commit())
    case .launch(let index): return try endLaunch(in: index)
    case .write: try endWrite(in: queue.removeFirst())
    case .stop(let index):
      scheduler.stop(jobs[index].execution)
      jobs[index].stop()
    case .lease: break
    case .reset(let index):
      slots[index] = .holding(nil)
      scheduler.reset(slot(index))
    case .update(let instant): now = max(now, instant)
    }
    return nil
  }

  /// What waits for the port behind the write that has begun, and nobody wants, is mostly dropped.
  private mutating func dropAbandoned() throws -> String? {
    for abandoned in scheduler.abandonedSlots {
      guard case .writing(_, _, let held) = slots[abandoned.rawValue] else { return "\(abandoned) awaits no image" }
      guard let place = queue.firstIndex(of: abandoned.rawValue), place > 0, random.chance(80) else { continue }
      queue.remove(at: place)
      slots[abandoned.rawValue] = .holding(held)
      try scheduler.configurationEnded(abandoned, holding: held)
    }
    return nil
  }

  private mutating func admitNext() throws {
    let (application, items) = workload.jobs[arrived]
    arrived += 1
    let arriving = ModelJob(
      job(UInt64(arrived)), try application.decoded(), items: items, isReserved: random.chance(20))
    jobs.append(arriving)
    try admit(arriving, Checkpoint(progress: arriving.application.progress(), items: []))
  }

  /// Gives a job to the scheduler; the board may have no image for how far it is, and then it goes elsewhere.
  private mutating func admit(_ job: ModelJob, _ checkpoint: Checkpoint, replacing reservation: JobEpoch? = nil) throws
  {
    let stages = StagePlanner.stages(
      for: job.application, images: workload.images.shuffled(using: &random), progress: checkpoint.progress)
    guard let stages else { return jobs.removeAll { $0.execution == job.execution } }
    scheduler.admit(
      job.execution, priority: Int.random(in: 1...9, using: &random), stages: stages,
      flow: JobFlow(
        application: job.application, itemCount: job.items, checkpoint: checkpoint, committed: job.committed),
      isReserved: job.phase == .reserved, replacing: reservation, at: now)
  }

  private mutating func endWrite(in index: Int) throws {
    guard case .writing(let image, _, _) = slots[index] else { return }
    guard random.chance(3) else {
      slots[index] = .holding(image)
      return try scheduler.slotConfigured(slot(index))
    }
    if random.chance(30) {
      slots[index] = .quarantined
      scheduler.quarantine(slot(index))
    } else {
      slots[index] = .holding(nil)
      try scheduler.configurationEnded(slot(index), holding: nil)
    }
  }

  private mutating func endLaunch(in index: Int) throws -> String? {
    guard case .running(let launch) = slots[index], let image = images[launch.image] else { return nil }
    slots[index] = .holding(launch.image)
    if random.chance(1), steps % 4 == 0 {
      guard try scheduler.launchFailed(slot(index)) == launch.execution else { return "another job's launch failed" }
      drop(launch.execution)
      return nil
    }
    let owner = jobs.firstIndex { $0.execution == launch.execution }
    let written = owner.map { jobs[$0].end(launch, of: image.function) } ?? [:]
    let advanced = try scheduler.launchFinished(slot(index), written: written, at: now)
    return advanced == owner.map { jobs[$0].execution } ? nil : "the launch was for \(launch.execution)"
  }

  // MARK: What must hold

  private mutating func check(_ action: BoardScheduler.Action) -> String? {
    switch action {
    case .configure(let slot, let image, let need, let execution):
      if case .writing(image, let said, let held) = slots[slot.rawValue] {
        guard need > said else { return "it was said before" }
        slots[slot.rawValue] = .writing(image, need, over: held)
        return nil
      }
      guard case .holding(let held) = slots[slot.rawValue] else { return "the slot is in use" }
      guard held != image else { return "the slot holds the image already" }
      guard images[image]?.partial(for: slot) != nil else { return "the image does not fit" }
      guard jobs.contains(where: { $0.execution == execution }) else { return "the job is gone" }
      guard queue.count < configurationLimit else { return "\(queue.count) images are on their way already" }
      slots[slot.rawValue] = .writing(image, need, over: held)
      queue.append(slot.rawValue)
      return nil
    case .launch(let slot, let launch):
      guard mayLaunch else { return "nothing may be launched" }
      guard case .holding(launch.image) = slots[slot.rawValue] else { return "the slot is not ready for it" }
      guard let owner = jobs.firstIndex(where: { $0.execution == launch.execution }), let image = images[launch.image]
      else { return "the job is gone" }
      slots[slot.rawValue] = .running(launch)
      return jobs[owner].begin(launch, of: image.function)
    }
  }

  /// Jobs leave when their results are committed or no slot is left for them, a few before; stopped ones come back once nothing of them runs.
  private mutating func settle() throws -> String? {
    if let job = scheduler.board.jobs.first(where: { $0.remaining != $0.countedRemaining() }) {
      return "\(job.execution) is said to have \(job.remaining) left, not \(job.countedRemaining())"
    }
    for execution in scheduler.stranded { drop(execution) }
    for job in jobs where job.isDone || (steps % 97 == 96 && random.chance(5)) {
      if job.isDone, scheduler.flow(of: job.execution)?.isComputed != true { return "\(job.execution) is not computed" }
      drop(job.execution)
    }
    for index in jobs.indices.reversed() where jobs[index].phase == .stopping && !isRunning(jobs[index].execution) {
      let former = jobs[index].execution
      guard scheduler.runningSlots(of: former).isEmpty, let flow = scheduler.flow(of: former) else {
        return "\(former) is said to run"
      }
      if let fault = jobs[index].check(flow) { return "\(former): \(fault)" }
      let items = flow.neededItems.map {
        SavedItem(edge: $0.edge, item: $0.item, blob: BlobReference(digest: Digest(of: []), byteCount: $0.byteCount))
      }
      scheduler.remove(former)
      jobs[index].come()
      try admit(jobs[index], Checkpoint(progress: flow.progress, items: items))
    }
    return nil
  }

  private func isRunning(_ execution: JobEpoch) -> Bool {
    slots.contains { if case .running(let launch) = $0 { launch.execution == execution } else { false } }
  }

  private mutating func drop(_ execution: JobEpoch) {
    jobs.removeAll { $0.execution == execution }
    scheduler.remove(execution)
  }
}
