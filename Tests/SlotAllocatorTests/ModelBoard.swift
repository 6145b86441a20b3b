import Fabric
import SlotAllocator
import TestBench

/// Runs a workload in a random order of events and checks every action against the truth about slots and items.
struct ModelBoard {
  private enum Slot {
    case holding(ImageID?)
    case writing(ImageID, JobEpoch)
    case running(Launch)
  }
  private enum Event {
    case arrival
    /// A job that was announced comes.
    case coming(Int)
    case load(Int)
    case commit(Int)
    case slot(Int)
    /// The lease is there again.
    case lease
  }

  private var random: SeededRandom
  private let workload: RandomWorkload
  private var scheduler: BoardScheduler
  private var slots: [Slot]
  private var jobs: [ModelJob] = []
  private var arrived = 0
  /// How likely each kind of event is beside the others, so that loads or launches may be the slow ones.
  private let weights: (load: Int, commit: Int, write: Int, run: Int)
  private(set) var configurations: [(made: Int, limit: Int)] = []
  private(set) var steps = 0
  /// Whether the lease held when the scheduler was asked last.
  private var mayLaunch = true

  init(seed: UInt64) throws {
    var random = SeededRandom(seed: seed ^ 0xB0A2D)
    self.workload = try RandomWorkload(seed: seed)
    self.scheduler = BoardScheduler(policy: FirstComeFirstServed(), descriptor: try makeBoard(workload.slotKinds))
    self.slots = workload.slotKinds.map { _ in .holding(nil) }
    func weight() -> Int { [1, 1, 4, 16].randomElement(using: &random) ?? 1 }
    self.weights = (weight(), weight(), weight(), weight())
    self.random = random
  }

  /// Runs to the end; gives what went wrong, if anything did.
  mutating func run() throws -> String? {
    while let event = nextEvent() {
      try happen(event)
      steps += 1
      guard steps < 40_000 else { return "no end after \(steps) steps" }
      mayLaunch = random.chance(mayLaunch ? 98 : 20)
      for action in scheduler.next(mayLaunch: mayLaunch) {
        if let fault = check(action) { return "step \(steps): \(action): \(fault)" }
      }
      if let fault = removeEndedJobs() { return fault }
    }
    // With nothing pending, everything must have been launched.
    return jobs.isEmpty && arrived == workload.jobs.count ? nil : "\(jobs.map(\.execution)) wait for ever"
  }

  private mutating func nextEvent() -> Event? {
    var events: [(Event, Int)] = []
    if arrived < workload.jobs.count { events.append((.arrival, 1)) }
    for (index, job) in jobs.enumerated() {
      if job.isReserved { events.append((.coming(index), 1)) }
      if job.isLoadable { events.append((.load(index), weights.load)) }
      if job.isCommittable { events.append((.commit(index), weights.commit)) }
    }
    for (index, slot) in slots.enumerated() {
      switch slot {
      case .holding: break
      case .writing: events.append((.slot(index), weights.write))
      case .running: events.append((.slot(index), weights.run))
      }
    }
    if events.isEmpty, !mayLaunch { return .lease }
    guard !events.isEmpty else { return nil }
    var point = Int.random(in: 0..<events.reduce(0) { $0 + $1.1 }, using: &random)
    return events.first { event in
      point -= event.1
      return point < 0
    }?.0
  }

  private mutating func happen(_ event: Event) throws {
    switch event {
    case .arrival: try admitNext()
    case .coming(let index):
      let reservation = jobs[index].execution
      jobs[index].come()
      admit(jobs[index], replacing: reservation)
    case .load(let index):
      if let byteCount = jobs[index].load() { scheduler.itemLoaded(jobs[index].execution, byteCount: byteCount) }
    case .commit(let index): scheduler.itemsCommitted(jobs[index].execution, through: jobs[index].commit())
    case .slot(let index): try endWork(in: index)
    case .lease: break
    }
  }

  private mutating func admitNext() throws {
    let (application, items) = workload.jobs[arrived]
    arrived += 1
    let decoded = try application.decoded()
    let progress = decoded.progress()
    let plans = StagePlanner.plans(
      for: decoded, images: workload.images.shuffled(using: &random), progress: progress)
    let arriving = ModelJob(
      job(UInt64(arrived)), decoded, plans: plans, items: items, isReserved: random.chance(20))
    jobs.append(arriving)
    admit(arriving)
  }

  private mutating func admit(_ job: ModelJob, replacing reservation: JobEpoch? = nil) {
    scheduler.admit(
      job.execution, priority: 5, plans: job.plans, flow: job.application.flow(items: job.items),
      isReserved: job.isReserved, replacing: reservation)
  }

  private mutating func endWork(in index: Int) throws {
    switch slots[index] {
    case .holding: break
    case .writing(let image, _):
      let fails = random.chance(2)
      slots[index] = .holding(fails ? nil : image)
      if fails {
        try scheduler.configurationFailed(slot(index), isQuarantined: false)
      } else {
        try scheduler.slotConfigured(slot(index))
      }
    case .running(let launch):
      slots[index] = .holding(launch.image)
      let succeeds = !random.chance(2)
      var written: [ArgumentName: Int] = [:]
      if let owner = jobs.firstIndex(where: { $0.execution == launch.execution }) {
        written = jobs[owner].end(launch, succeeded: succeeds)
      }
      if succeeds {
        _ = try scheduler.launchFinished(slot(index), written: written)
      } else {
        _ = try scheduler.launchFailed(slot(index))
      }
    }
  }

  private mutating func check(_ action: BoardScheduler.Action) -> String? {
    switch action {
    case .configure(let slot, let image, let execution):
      guard case .holding(let held) = slots[slot.rawValue] else { return "the slot is in use" }
      guard held != image else { return "the slot holds the image already" }
      let partials = workload.images.first { $0.id == image }?.partials
      guard partials?.contains(where: { $0.slot == slot }) == true else { return "the image does not fit" }
      guard let owner = jobs.firstIndex(where: { $0.execution == execution }) else { return "the job is gone" }
      jobs[owner].configurations += 1
      slots[slot.rawValue] = .writing(image, execution)
      return nil
    case .launch(let slot, let launch):
      guard mayLaunch else { return "nothing may be launched" }
      guard case .holding(launch.image) = slots[slot.rawValue] else { return "the slot is not ready for it" }
      guard let owner = jobs.firstIndex(where: { $0.execution == launch.execution }) else { return "the job is gone" }
      slots[slot.rawValue] = .running(launch)
      return jobs[owner].begin(launch)
    }
  }

  /// Jobs leave when their results are committed; a few are cancelled before.
  private mutating func removeEndedJobs() -> String? {
    for job in jobs where job.isDone || (steps % 97 == 96 && random.chance(5)) {
      if job.isDone, scheduler.flow(of: job.execution)?.isComputed != true { return "\(job.execution) is not computed" }
      configurations.append((job.configurations, job.configurationLimit))
      jobs.removeAll { $0.execution == job.execution }
      scheduler.remove(job.execution)
    }
    return configurations.first { $0.made > $0.limit }.map { "\($0.made) configurations, at most \($0.limit) expected" }
  }
}
