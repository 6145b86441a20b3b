internal import BoardAgent
internal import Fabric
internal import Reconfig
internal import SlotAllocator

/// A board in virtual time under the product's own scheduler and configuration queue: what it is told, and when that ends.
struct SimulatedBoard {
  enum PortEvent {
    case fetched(PartialReference)
    case written(SlotID)
  }

  /// What a slot did for a job.
  struct Span {
    let slot: SlotID
    let isConfiguration: Bool
    let execution: JobEpoch
    let began: BoardInstant
    let ended: BoardInstant
  }

  /// What the slots did in all.
  struct Tally {
    var configurationCount = 0
    /// The time in which slots ran items, summed over the slots.
    var busy = Duration.zero
    /// Empty unless they are asked for.
    var spans: [Span] = []
  }

  private(set) var scheduler: BoardScheduler
  private var queue: ConfigurationQueue
  private var launches = Agenda<SlotID>()
  private var port = Agenda<PortEvent>()
  private let descriptor: BoardDescriptor
  private let images: [ImageID: Image]
  private let options: SimulationOptions
  /// What a launch of each stage takes, by job.
  private var launchDurations: [JobEpoch: [Duration]] = [:]
  private var began: [SlotID: BoardInstant] = [:]
  private(set) var tally = Tally()

  init(policy: any Policy, descriptor: BoardDescriptor, images: [Image], options: SimulationOptions) {
    self.descriptor = descriptor
    self.images = Dictionary(images.map { ($0.id, $0) }) { first, _ in first }
    self.options = options
    let cacheByteLimit: Int
    switch options.configuration {
    case .modelled(let limit): cacheByteLimit = limit
    case .fixed, .fixedByKind: cacheByteLimit = 0
    }
    self.queue = ConfigurationQueue(
      slotCount: descriptor.slots.count, slotsAreBlank: true, cacheByteLimit: cacheByteLimit,
      eviction: options.eviction())
    self.scheduler = BoardScheduler(
      policy: policy, slots: descriptor.slots,
      configurationTimes: ConfigurationTimes(
        littleSeconds: Self.expectedSeconds(.little, on: descriptor, options),
        bigSeconds: Self.expectedSeconds(.big, on: descriptor, options)),
      durations: options.sight == .learned ? .learned : .given, reusesImages: !options.isAsPublished)
  }

  // MARK: What happens

  mutating func admit(_ job: SimulatedJob, stages: [Stage], at now: BoardInstant) {
    launchDurations[job.execution] = stages.map { stage in
      job.application.launchDuration(of: stage, options.latencies)
    }
    scheduler.admit(
      job.execution, priority: job.priority, stages: stages,
      flow: JobFlow(
        application: job.application, itemCount: job.batch,
        checkpoint: Checkpoint(progress: Progress(of: job.application, finished: 0), items: []), committed: 0,
        capacity: options.ringCapacity), isReserved: false, at: now)
    moveItems(of: job.execution)
  }

  /// When something ends next.
  var nextEnd: BoardInstant? { [launches.nextInstant, port.nextInstant].compactMap(\.self).min() }

  /// Takes the next launch in that has ended by then; gives its job, and whether that has ended with it.
  mutating func deliverLaunch(until now: BoardInstant) throws -> (execution: JobEpoch, isLast: Bool)? {
    guard let (instant, slot) = launches.next(until: now) else { return nil }
    guard let execution = try scheduler.launchFinished(slot, written: [:], at: instant) else { return nil }
    note(slot, isConfiguration: false, execution, at: instant)
    moveItems(of: execution)
    guard scheduler.flow(of: execution)?.isComputed == true else { return (execution, false) }
    scheduler.remove(execution)
    launchDurations[execution] = nil
    return (execution, true)
  }

  /// Takes what storage and port have done by then, and begins what they can do next.
  mutating func deliverPort(until now: BoardInstant) throws -> Bool {
    var hasDelivered = false
    while let (instant, event) = port.next(until: now) {
      hasDelivered = true
      switch event {
      case .fetched(let partial): _ = try queue.fetched(partial)
      case .written(let slot):
        guard case .configured(let request, _) = try queue.written(slot, nil, at: Now(instant)) else {
          break
        }
        note(slot, isConfiguration: true, request.execution, at: instant)
        try scheduler.slotConfigured(slot)
      }
      try drivePort(at: instant)
    }
    return hasDelivered
  }

  /// When storage and port have done everything that was asked for.
  mutating func waitForPort() throws -> BoardInstant? {
    var last: BoardInstant?
    while let next = port.nextInstant {
      last = next
      _ = try deliverPort(until: next)
    }
    return last
  }

  /// Inputs are there and results are taken away at once.
  private mutating func moveItems(of execution: JobEpoch) {
    guard let flow = scheduler.flow(of: execution) else { return }
    scheduler.itemsCommitted(execution, through: flow.resultCount)
    while scheduler.flow(of: execution)?.nextLoad != nil { scheduler.itemLoaded(execution, byteCount: 1) }
  }

  private mutating func note(_ slot: SlotID, isConfiguration: Bool, _ execution: JobEpoch, at now: BoardInstant) {
    guard let start = began.removeValue(forKey: slot) else { return }
    if isConfiguration { tally.configurationCount += 1 } else { tally.busy += now - start }
    guard options.recordsSpans else { return }
    tally.spans.append(
      Span(slot: slot, isConfiguration: isConfiguration, execution: execution, began: start, ended: now))
  }

  // MARK: What is begun

  /// Launches whatever has an item.
  mutating func launch(at now: BoardInstant) -> Bool {
    let actions = scheduler.launches(at: now)
    for case .launch(let slot, let launch) in actions {
      guard let assignment = scheduler.board[slot]?.assignment,
        let duration = launchDurations[launch.execution]?[assignment.stage]
      else { continue }
      began[slot] = now
      launches.add(slot, at: now + duration)
    }
    return !actions.isEmpty
  }

  /// Asks the policy, and begins what the port and the storage can; gives whether an image was asked for.
  mutating func configure(at now: BoardInstant) throws -> Bool {
    try queue.prepare(&scheduler, at: Now(now).wall)
    let actions = scheduler.configurations(at: now)
    for case .configure(let slot, let image, let need, let execution) in actions {
      try queue.request(image, of: images, for: slot, execution, tenant: nil, need: need, at: now)
    }
    // A core that does nothing beside a configuration reads nothing ahead either.
    if !options.isBlocking, let plan = scheduler.imagePlan(at: now) { queue.plan(plan, of: images) }
    try drivePort(at: now)
    return !actions.isEmpty
  }

  private mutating func drivePort(at now: BoardInstant) throws {
    for action in queue.next(at: Now(now)) {
      switch action {
      case .fetch(let partial): port.add(.fetched(partial), at: now + fetchDuration(of: partial))
      case .write(let partial):
        began[partial.slot] = now
        port.add(.written(partial.slot), at: now + writeDuration(of: partial.slot))
      // One tenant's jobs, and no faults.
      case .blank, .wake: break
      }
    }
  }

  private func fetchDuration(of partial: PartialReference) -> Duration {
    switch options.configuration {
    case .modelled: descriptor.fetchDuration(byteCount: partial.byteCount)
    case .fixed, .fixedByKind: .zero
    }
  }

  private func writeDuration(of slot: SlotID) -> Duration {
    switch options.configuration {
    case .modelled: descriptor.writeDuration(byteCount: descriptor[slot]?.partialByteCount ?? 0)
    case .fixed(let duration): duration
    case .fixedByKind(let little, let big): descriptor[slot]?.kind == .big ? big : little
    }
  }

  /// What the scheduler is told that a configuration takes: with a cache, that of an image in memory.
  private static func expectedSeconds(
    _ kind: SlotKind, on descriptor: BoardDescriptor, _ options: SimulationOptions
  ) -> Double {
    switch options.configuration {
    case .fixed(let duration): duration / .seconds(1)
    case .fixedByKind(let little, let big): (kind == .big ? big : little) / .seconds(1)
    case .modelled:
      descriptor.writeDuration(byteCount: descriptor.slots.first { $0.kind == kind }?.partialByteCount ?? 0)
        / .seconds(1)
    }
  }
}

extension BoardDescriptor {
  fileprivate func fetchDuration(byteCount: Int) -> Duration {
    .seconds(Double(byteCount) / Double(storageBytesPerSecond))
  }
  fileprivate func writeDuration(byteCount: Int) -> Duration {
    .seconds(Double(byteCount) / Double(portBytesPerSecond))
  }
}

extension Now {
  /// Both clocks run alike in virtual time.
  init(_ instant: BoardInstant) {
    self.init(board: instant, wall: WallInstant(nanoseconds: instant.nanoseconds))
  }
}

extension Application {
  /// What a launch of a stage really takes.
  fileprivate func launchDuration(of stage: Stage, _ latencies: SimulationOptions.Latencies) -> Duration {
    if let bundle = stage.bundle {
      return .microseconds(bundles[bundle.index].microsecondsPerLaunch[bundle.mode] ?? 0)
    }
    switch latencies {
    case .measured: return .microseconds(tasks[stage.firstTask].measuredMicrosecondsPerItem)
    case .estimated: return .microseconds(tasks[stage.firstTask].estimatedMicrosecondsPerItem)
    }
  }

  /// The application as a scheduler sees it: with the times that it shall be told.
  func seen(as sight: SimulationOptions.Sight) -> Application {
    guard sight == .measured else { return self }
    return Application(
      manifest: manifest, name: name,
      tasks: tasks.map {
        ApplicationTask(
          name: $0.name, kernel: $0.kernel, estimatedMicrosecondsPerItem: $0.measuredMicrosecondsPerItem,
          measuredMicrosecondsPerItem: $0.measuredMicrosecondsPerItem)
      }, edges: edges, bundles: bundles)
  }
}
