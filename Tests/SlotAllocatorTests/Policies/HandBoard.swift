import Fabric
import SlotAllocator
import Testing

/// A board in virtual time, whose scheduler's decisions are compared with those worked by hand.
///
/// At each instant what has ended comes first, then what arrives, then the decisions. Inputs are there from the start, results are taken at once, and the port writes one image at a time.
struct HandBoard {
  struct Arrival {
    let application: TestApplication
    var items = 1
    var priority = 1
    var tenant: TenantName?
    var seconds = 0.0
  }
  private enum End { case launch(SlotID), configuration(SlotID) }

  private let kinds: [SlotKind]
  private let configurationTimes: ConfigurationTimes
  /// Slots whose first configuration fails for good.
  private let broken: Set<Int>
  private var scheduler: BoardScheduler
  private var ends: [(at: BoardInstant, end: End)] = []
  private var portFree = BoardInstant(nanoseconds: 0)
  private var imageNames: [ImageID: String] = [:]
  private var lines: [String] = []

  init(
    _ kinds: [SlotKind], littleSeconds: Double = 1, bigSeconds: Double = 2, broken: Set<Int> = [],
    policy: any Policy
  ) throws {
    self.kinds = kinds
    self.configurationTimes = ConfigurationTimes(littleSeconds: littleSeconds, bigSeconds: bigSeconds)
    self.broken = broken
    self.scheduler = BoardScheduler(
      policy: policy, slots: try makeBoard(kinds).slots, configurationTimes: configurationTimes, durations: .given)
  }

  /// Runs jobs, numbered from 1 in the order of their arrivals, until all have ended.
  ///
  /// - Returns: `SECONDS JOB: IMAGE -> SLOT` for each configuration begun, `SECONDS JOB: TASK[ITEM] in SLOT` for each launch, with all tasks and items that it works on, and
  ///   `SECONDS JOB: end`.
  mutating func run(_ arrivals: [Arrival]) throws -> [String] {
    var now = BoardInstant(nanoseconds: 0)
    var arrived = 0
    while true {
      try takeEnds(now)
      while arrived < arrivals.count, instant(arrivals[arrived].seconds) <= now {
        arrived += 1
        try admit(job(UInt64(arrived)), arrivals[arrived - 1], now)
      }
      for action in scheduler.next(at: now, mayLaunch: true) { begin(action, now) }
      let next = [
        ends.map(\.at).min(), arrived < arrivals.count ? instant(arrivals[arrived].seconds) : nil, scheduler.nextUpdate,
      ]
      guard !scheduler.board.jobs.isEmpty || arrived < arrivals.count else { return lines }
      now = try #require(
        next.compactMap(\.self).min().flatMap { $0 > now && $0 < instant(1000) ? $0 : nil },
        "the board stands still after \(lines)")
    }
  }

  private mutating func admit(_ execution: JobEpoch, _ arrival: Arrival, _ now: BoardInstant) throws {
    let application = try arrival.application.decoded()
    let images = try arrival.application.images(for: kinds)
    for image in images { imageNames[image.id] = image.name }
    let stages = StagePlanner.stages(for: application, images: images, progress: application.progress())
    scheduler.admit(
      execution, priority: arrival.priority, tenant: arrival.tenant, stages: try #require(stages),
      flow: application.flow(items: arrival.items), isReserved: false, at: now)
    for _ in 0..<arrival.items { scheduler.itemLoaded(execution, byteCount: 1) }
  }

  private mutating func takeEnds(_ now: BoardInstant) throws {
    let due = ends.filter { $0.at <= now }
    ends.removeAll { $0.at <= now }
    for (_, end) in due {
      switch end {
      case .configuration(let slot) where broken.contains(slot.rawValue):
        scheduler.quarantine(slot)
      case .configuration(let slot): try scheduler.slotConfigured(slot)
      case .launch(let slot):
        guard let execution = try scheduler.launchFinished(slot, written: [:], at: now),
          let flow = scheduler.flow(of: execution)
        else { continue }
        scheduler.itemsCommitted(execution, through: flow.resultCount)
        guard flow.isComputed else { continue }
        scheduler.remove(execution)
        lines.append("\(text(now)) \(execution.job): end")
      }
    }
  }

  private mutating func begin(_ action: BoardScheduler.Action, _ now: BoardInstant) {
    switch action {
    case .configure(let slot, let image, _, let execution):
      portFree = max(portFree, now) + .seconds(configurationTimes.seconds(kinds[slot.rawValue]))
      ends.append((portFree, .configuration(slot)))
      lines.append("\(text(now)) \(execution.job): \(imageNames[image] ?? "?") -> \(slot)")
    case .launch(let slot, let launch):
      guard let assignment = scheduler.board[slot]?.assignment, let job = scheduler.board.job(assignment.execution)
      else { return }
      ends.append((now + .seconds(job.launchSeconds[assignment.stage]), .launch(slot)))
      let works = launch.works.map { work in
        let tasks = job.stages[assignment.stage].parts[work.part].tasks.map { job.flow.application.tasks[$0].name.text }
        return "\(tasks.joined())[\(work.item)]"
      }
      lines.append("\(text(now)) \(launch.execution.job): \(works.joined(separator: " ")) in \(slot)")
    }
  }

  private func instant(_ seconds: Double) -> BoardInstant {
    BoardInstant(nanoseconds: Int64((seconds * 1e9).rounded()))
  }

  private func text(_ instant: BoardInstant) -> String {
    let seconds = Double(instant.nanoseconds) / 1e9
    return seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
  }
}

extension TestApplication {
  /// An image of each task for all Little slots, and of both variants of each bundle for all Big ones.
  fileprivate func images(for kinds: [SlotKind]) throws -> [Image] {
    let little = kinds.indices.filter { kinds[$0] == .little }
    let big = kinds.indices.filter { kinds[$0] == .big }
    let singles = try tasks.map { try image(of: $0.name, .little, slots: little) }
    guard !big.isEmpty else { return singles }
    return try singles
      + bundles.flatMap { bundle in
        try BundleMode.allCases.map { try image(ofBundle: bundle.tasks, mode: $0, slots: big) }
      }
  }
}
