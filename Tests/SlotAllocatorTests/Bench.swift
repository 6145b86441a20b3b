import Fabric
import SlotAllocator
import Testing

/// A scheduler on a small board, told by hand what happens; what it asks for is compared as text.
struct Bench {
  var scheduler: BoardScheduler
  /// Passes only when a test lets it.
  var now = BoardInstant(nanoseconds: 0)
  private var imageNames: [ImageID: String] = [:]
  /// What runs in each slot.
  private var running: [SlotID: Launch] = [:]

  init(_ kinds: SlotKind..., policy: any Policy = GivenOrder(), durations: BoardScheduler.Durations = .given) throws {
    scheduler = BoardScheduler(
      policy: policy, slots: try makeBoard(kinds).slots,
      configurationTimes: ConfigurationTimes(littleSeconds: 0.01, bigSeconds: 0.02), durations: durations)
  }

  /// Admits a job whose first `loaded` items are in board memory.
  mutating func admit(
    _ execution: JobEpoch, _ application: TestApplication, images: [Image], items: Int, loaded: Int? = nil,
    progress: [Int] = [], tenant: String? = nil, isReserved: Bool = false, replacing reservation: JobEpoch? = nil
  ) throws {
    for image in images { imageNames[image.id] = image.name }
    let decoded = try application.decoded()
    var start = decoded.progress()
    for (task, finished) in zip(decoded.tasks, progress) { start[task.name] = finished }
    let stages = try #require(StagePlanner.stages(for: decoded, images: images, progress: start))
    scheduler.admit(
      execution, priority: 5, tenant: tenant.flatMap { TenantName($0) }, stages: stages,
      flow: decoded.flow(items: items, start, committed: progress.last ?? 0), isReserved: isReserved,
      replacing: reservation, at: now)
    load(execution, (loaded ?? items) - (scheduler.flow(of: execution)?.loaded ?? 0))
  }

  mutating func load(_ execution: JobEpoch, _ count: Int) {
    for _ in 0..<max(0, count) { scheduler.itemLoaded(execution, byteCount: 1) }
  }

  /// What the scheduler asks for now: `JOB: IMAGE -> SLOT` to configure, `JOB: IMAGE[ITEM] in SLOT` to launch, with the
  /// parts before the items where there are several: `JOB: IMAGE[0:ITEM 1:ITEM] in SLOT`.
  mutating func next(mayLaunch: Bool = true) -> [String] {
    scheduler.next(at: now, mayLaunch: mayLaunch).map { action in
      switch action {
      case .configure(let slot, let image, _, let execution):
        return "\(execution.job): \(imageNames[image] ?? "?") -> \(slot)"
      case .launch(let slot, let launch):
        running[slot] = launch
        let name = imageNames[launch.image] ?? "?"
        let items = launch.works.map { name.contains(".") ? "\($0.part):\($0.item)" : "\($0.item)" }
        return "\(launch.execution.job): \(name)[\(items.joined(separator: " "))] in \(slot)"
      }
    }
  }

  mutating func configured(_ slots: Int...) throws {
    for number in slots { try scheduler.slotConfigured(slot(number)) }
  }

  /// The launches in these slots have ended well.
  mutating func finished(_ slots: Int...) throws {
    for number in slots {
      let launch = running.removeValue(forKey: slot(number))
      let written = Dictionary(launch?.arguments.map { ($0.name, 1) } ?? []) { first, _ in first }
      _ = try scheduler.launchFinished(slot(number), written: written, at: now)
    }
  }

  /// Ends launches, of the lowest slot first, until something other than a launch is asked for or nothing runs any more.
  ///
  /// - Returns: How many launches ended, and what was asked for beside launches.
  mutating func runOut() throws -> (ended: Int, asked: [String]) {
    var ended = 0
    while let slot = running.keys.min() {
      try finished(slot.rawValue)
      ended += 1
      let asked = next().filter { !$0.contains("[") }
      guard asked.isEmpty else { return (ended, asked) }
    }
    return (ended, [])
  }

  mutating func commit(_ execution: JobEpoch, through count: Int) {
    scheduler.itemsCommitted(execution, through: count)
  }

  /// What each slot does, and for which job.
  func activities(_ slots: Int) -> [String] {
    (0..<slots).map { number in
      let (activity, image, execution) = scheduler.activity(of: slot(number))
      return ([activity.rawValue] + [image.flatMap { imageNames[$0] }, execution?.job.description].compactMap(\.self))
        .joined(separator: " ")
    }
  }
}
