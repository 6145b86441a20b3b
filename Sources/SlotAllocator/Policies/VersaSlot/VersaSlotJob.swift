internal import Fabric

/// What `versaslot` keeps of a job.
struct VersaSlotJob: Sendable, Hashable {
  /// Which kind of slots a job is served in on a board with both.
  enum Binding: Sendable, Hashable {
    case unbound
    case little
    /// In bundles as far as there are any; which variant of each is settled once and for all, since neither can take over from the other half way.
    case big(stages: [Int])
  }

  /// How many images in a row a job may have brought in before a first item waits for them; Only.Little.
  static let earlyImageLimit = 3

  let execution: JobEpoch
  /// Grow while the job is there; they start at its priority.
  private(set) var tokens: Double
  private(set) var binding = Binding.unbound
  /// The optimal counts of slots.
  let littleGoal: Int
  let bigGoal: Int
  /// The most slots that the job may have now.
  var littleCap = 0
  var bigCap = 0
  /// Whether it has had a slot.
  private(set) var hasBegun = false
  /// Images brought in before their first item was there, since the last that was not.
  private var earlyImages = 0

  init(_ job: ScheduledJob, on board: BoardState, counts: inout OptimalSlotTable) {
    func goal(_ kind: SlotKind, for stages: [Int]) -> Int {
      counts.count(
        of: stages, of: job, slotLimit: board.healthyCount(kind),
        secondsPerConfiguration: board.configurationTimes.seconds(kind))
    }
    execution = job.execution
    tokens = Double(job.priority)
    littleGoal = goal(.little, for: job.cover)
    bigGoal = job.bundled(on: board).map { goal(.big, for: $0) } ?? 0
  }

  /// The stages that serve the job, in order.
  func stages(of job: ScheduledJob) -> [Int] {
    if case .big(let stages) = binding { stages } else { job.cover }
  }

  func stagesLeft(of job: ScheduledJob, _ kind: SlotKind? = nil) -> Int {
    stages(of: job).count { stage in
      (kind == nil || job.stages[stage].slotKind == kind)
        && job.stages[stage].tasks.contains { job.flow.finished($0) < job.itemCount }
    }
  }

  func isBelowCap(_ kind: SlotKind, on board: BoardState) -> Bool {
    let held = board.slots.count { $0.kind == kind && $0.assignment?.execution == execution }
    return held < (kind == .big ? bigCap : littleCap)
  }

  // MARK: What happens to it

  /// 0.125 tokens and times the priority for each time that it has waited as long as its work takes; the work counts one item more than the batch has.
  mutating func takeTokens(_ board: BoardState, at now: BoardInstant) {
    guard let job = board.job(execution) else { return }
    let seconds = job.cover.reduce(0) { $0 + job.launchSeconds[$1] } * Double(job.itemCount + 1)
    tokens += Double(job.priority) * 0.125 * ((now - job.arrival) / .seconds(1)) / max(seconds, 1e-6)
  }

  /// Sees whether it has begun, and whether what it is bound to can still serve it.
  mutating func look(at board: BoardState) {
    guard let job = board.job(execution) else { return }
    if board.occupancy(of: execution) > 0 { hasBegun = true }
    if case .big(let stages) = binding, !stages.allSatisfy({ job.canGoOn($0, on: board) }) { binding = .unbound }
  }

  mutating func bind(_ binding: Binding) { self.binding = binding }

  mutating func release() {
    binding = .unbound
    (littleCap, bigCap) = (0, 0)
  }

  /// Counts an image that is brought in; false where it would be one too many before its first item.
  mutating func mayBringIn(_ stage: Int, of job: ScheduledJob) -> Bool {
    let hasItem = job.stages[stage].parts.contains { part in part.inputs.allSatisfy { job.flow.produced($0.edge) > 0 } }
    guard hasItem || earlyImages < Self.earlyImageLimit else { return false }
    earlyImages = hasItem ? 0 : earlyImages + 1
    return true
  }
}

extension ScheduledJob {
  /// Whether a stage has begun everything, or there is a slot for it and the tasks of a part are equally far.
  fileprivate func canGoOn(_ stage: Int, on board: BoardState) -> Bool {
    isExhausted(stage)
      || stages[stage].slots.contains(where: board.isHealthy)
        && stages[stage].parts.contains { flow.nextItem(of: $0) != nil }
  }

  /// Each bundle in the variant that takes less for the batch, and by themselves the tasks that are in none; nil where no bundle can be used.
  ///
  /// A serial bundle launches once for each item, a parallel one as many times more as it has stages beyond the first. Of equals the parallel one.
  func bundled(on board: BoardState) -> [Int]? {
    var isCovered = [Bool](repeating: false, count: taskCount)
    var chosen: [Int] = []
    func take(_ stage: Int) {
      chosen.append(stage)
      for task in stages[stage].tasks { isCovered[task] = true }
    }
    let bundles = stages.indices.filter { stages[$0].bundle != nil && canGoOn($0, on: board) }
    for stage in bundles where stages[stage].tasks.allSatisfy({ !isCovered[$0] }) {
      let variants = bundles.filter { stages[$0].bundle?.index == stages[stage].bundle?.index }
      take(
        variants.min { (seconds(of: $0), -stages[$0].parts.count) < (seconds(of: $1), -stages[$1].parts.count) }
          ?? stage)
    }
    guard !chosen.isEmpty else { return nil }
    for stage in cover where stages[stage].tasks.allSatisfy({ !isCovered[$0] }) { take(stage) }
    return isCovered.allSatisfy(\.self) ? chosen.sorted { stages[$0].firstTask < stages[$1].firstTask } : nil
  }

  /// What all launches of a stage take.
  private func seconds(of stage: Int) -> Double {
    launchSeconds[stage] * Double(itemCount + stages[stage].parts.count - 1)
  }
}
