import Bitstream
import BoardAgent
import Digests
import Fabric
import Messages
import Reconfig
import SlotAllocator
import Testing

/// A core whose board, disk, clock and broker are in the test's hands.
struct AgentBench {
  static let endpoint = "tcp://broker"
  static let lease = Duration.seconds(4)

  private(set) var core: AgentCore
  let images: [Image]
  private(set) var now = WallInstant(nanoseconds: 1_000_000_000)
  private(set) var records: [AgentRecord] = []
  /// The long actions that have not been answered, in order.
  private(set) var pending: [AgentAction] = []
  /// Everything that was asked for.
  private(set) var asked: [AgentAction] = []
  /// What was said to the broker since the last ``drain()``.
  private var said: [Message] = []
  private(set) var wakes: [WallInstant] = []

  init(
    little: Int = 2, big: Int = 0, incarnation: UInt64 = 1, policy: any Policy = InOrder(),
    recovered: [AgentRecord] = [], slotsAreBlank: Bool = true
  ) throws {
    let slots = (0..<little + big).map {
      SlotDescriptor(slot: SlotID(rawValue: $0), kind: $0 < little ? .little : .big, frames: [$0..<$0 + 1])
    }
    let descriptor = BoardDescriptor(
      manifest: [], model: "bench",
      part: try Part(name: "bench", device: DeviceID(rawValue: 0x05F5_A0FF), rows: 4, columns: [3, 1, 4, 2]),
      shell: ShellID(rawValue: Digest(of: [1])), layout: .bigLittle, slots: slots, memoryByteCount: 1 << 20,
      portBytesPerSecond: 1, storageBytesPerSecond: 1)
    let bundles = try BundleMode.allCases.map { ImageFunction.bundle($0, try ["a", "b"].map(kernel)) }
    images = try (["a", "b"].map { ImageFunction.kernel(try kernel($0)) } + (big > 0 ? bundles : [])).map {
      try image($0, on: descriptor)
    }
    core = AgentCore(
      AgentConfiguration(
        board: try #require(BoardID("bench")), incarnation: Incarnation(rawValue: incarnation),
        slotsAreBlank: slotsAreBlank, endpoint: "tcp://agent", brokerEndpoint: Self.endpoint, descriptor: descriptor,
        images: images, speed: 1, wallZero: TimeOfDay(nanoseconds: 1_000_000_000_000)), policy: policy)
    for record in recovered { try core.apply(record) }
    records = recovered
    try handle(.started)
  }

  // MARK: Events

  /// Hands an event in; gives what was asked for.
  @discardableResult mutating func handle(_ event: AgentEvent) throws -> [AgentAction] {
    var actions = Actions<AgentAction>()
    try core.handle(event, at: Now(board: BoardInstant(nanoseconds: now.nanoseconds), wall: now), into: &actions)
    let new = actions.drain()
    asked += new
    for action in new {
      switch action {
      case .persist(let record, let number):
        records.append(record)
        #expect(number.rawValue == UInt64(records.count))
      case .send(let envelope, let peer, _):
        #expect(peer == .dialed(endpoint: Self.endpoint))
        said.append(envelope.message)
      case .wake(.wall(let instant)): wakes.append(instant)
      case .wake(.board(let instant)): wakes.append(WallInstant(nanoseconds: instant.nanoseconds))
      case .readHealth, .audit, .adopt, .free, .evict, .abort: break
      case .allocate, .restore, .load, .store, .save, .deliver, .fetch, .blank, .write, .launch:
        pending.append(action)
      }
    }
    return new
  }

  @discardableResult mutating func hear(_ message: Message) throws -> [AgentAction] {
    try handle(.received(Envelope(message), from: .dialed(endpoint: Self.endpoint)))
  }

  /// Registers and is welcomed.
  mutating func join(jobs: [JobEpoch] = []) throws {
    try hear(.welcome(Welcome(leaseDuration: Self.lease, jobs: jobs)))
    _ = drain()
  }

  /// Lets time pass, waking the core where it asked for it; the broker answers heartbeats, or is silent.
  mutating func pass(_ duration: Duration, isAnswered: Bool = true) throws {
    let end = now + duration
    while let next = wakes.min(), next <= end {
      wakes.removeAll { $0 <= next }
      now = max(now, next)
      for action in try handle(.woke) {
        guard isAnswered, case .send(let envelope, _, _) = action, case .heartbeat(let beat) = envelope.message else {
          continue
        }
        try hear(.heartbeatAck(number: beat.number))
      }
    }
    now = end
  }

  /// What was said since the last time.
  mutating func drain() -> [Message] {
    defer { said = [] }
    return said
  }

  // MARK: Long actions

  /// Ends pending actions well, one after the other, except those held up, until there are no others.
  mutating func work(except isHeldUp: (AgentAction) -> Bool = { _ in false }) throws {
    while let index = pending.firstIndex(where: { !isHeldUp($0) }) {
      try handle(success(of: pending.remove(at: index)))
    }
  }

  /// Takes the first pending action of a name out, for the test to end it.
  mutating func take(_ name: String) throws -> AgentAction {
    let index = try #require(pending.firstIndex { $0.name == name }, "no \(name) among \(pending.map(\.name))")
    return pending.remove(at: index)
  }

  /// Ends the first pending action of a name well.
  @discardableResult mutating func finish(_ name: String) throws -> [AgentAction] {
    try handle(success(of: take(name)))
  }

  /// Ends a pending action well.
  mutating func finish(_ action: AgentAction) throws {
    pending.remove(at: try #require(pending.firstIndex(of: action)))
    try handle(success(of: action))
  }

  /// An operator wants a quarantined slot back.
  mutating func reset(_ slot: SlotID) throws -> Bool {
    let isQuarantined = core.reset(slot, at: Now(board: BoardInstant(nanoseconds: now.nanoseconds), wall: now))
    try handle(.woke)
    return isQuarantined
  }

  /// Has storage fail to give the first pending partial.
  @discardableResult mutating func failFetch(_ reason: Refusal) throws -> PartialReference {
    let partial = try takeFetch()
    try handle(.fetched(partial, .failure(reason)))
    return partial
  }

  /// Ends the first pending read well, after so long a verification.
  mutating func finishFetch(verification: Duration) throws {
    try handle(.fetched(takeFetch(), .success(verification)))
  }

  private mutating func takeFetch() throws -> PartialReference {
    let action = try take("fetch")
    guard case .fetch(let partial) = action else { throw NotLong(action: action) }
    return partial
  }

  mutating func sync() throws { try handle(.synced(SequenceNumber(rawValue: UInt64(records.count)))) }

  private func success(of action: AgentAction) throws -> AgentEvent {
    switch action {
    case .allocate(let execution, _): .allocated(execution, .success(Nothing()))
    case .restore(let execution, _): .restored(execution, .success(Nothing()))
    case .load(let execution, let place, let blob): .loaded(execution, item: place.item, .success(blob.byteCount))
    case .store(let execution, let place, let count):
      .stored(execution, item: place.item, .success(benchBlob("result \(place.item)", byteCount: count)))
    case .save(let execution, let items):
      .saved(
        execution,
        .success(
          items.map {
            SavedItem(
              edge: $0.place.edge, item: $0.place.item,
              blob: benchBlob("\($0.place.edge) \($0.place.item)", byteCount: $0.byteCount))
          }))
    case .deliver(let execution, _, _): .delivered(execution, .success(Nothing()))
    case .fetch(let partial): .fetched(partial, .success(.zero))
    case .blank(let slot): .blanked(slot, nil)
    case .write(let partial): .written(partial.slot, nil)
    case .launch(let slot, let launch):
      .launched(
        slot,
        .finished(
          launch.arguments.filter { $0.name.text.hasSuffix("out") }.map {
            WrittenOutput(argument: $0.name, byteCount: 7)
          }))
    default: throw NotLong(action: action)
    }
  }
}

struct NotLong: Error { let action: AgentAction }

extension AgentAction {
  /// The case's name.
  var name: String { String("\(self)".prefix { $0 != "(" }) }

  /// Whether it belongs to one of the job's launches.
  var launch: Launch? { if case .launch(_, let launch) = self { launch } else { nil } }
}

extension Launch {
  var items: [Int] { works.map(\.item) }
}

func kernel(_ text: String) throws -> KernelName { try #require(KernelName("test/\(text)@1")) }

func benchBlob(_ text: String, byteCount: Int = 5) -> BlobReference {
  BlobReference(digest: Digest(of: Array(text.utf8)), byteCount: byteCount)
}

func execution(_ epoch: UInt64 = 1, job: UInt64 = 1) -> JobEpoch {
  JobEpoch(job: JobID(rawValue: job), epoch: Epoch(rawValue: epoch))
}

let refusal = Refusal(code: "bench.fault", message: "it failed", hint: "try again")

/// The chain a, b with a bundle of both, in either mode.
func benchApplication() throws -> Application {
  let (a, b) = (try #require(TaskName("a")), try #require(TaskName("b")))
  let (input, output) = (try #require(ArgumentName("in")), try #require(ArgumentName("out")))
  let edge = { (name: String, producer: TaskName?, reader: TaskName?) in
    Edge(
      name: try #require(EdgeName(name)), producer: producer.map { Edge.End(task: $0, argument: output) },
      readers: reader.map { [Edge.End(task: $0, argument: input)] } ?? [], maximumByteCount: 10)
  }
  return Application(
    manifest: [], name: "bench",
    tasks: try [a, b].map {
      ApplicationTask(
        name: $0, kernel: try kernel($0.text), estimatedMicrosecondsPerItem: 1, measuredMicrosecondsPerItem: 1)
    },
    edges: [try edge("input", nil, a), try edge("inner", a, b), try edge("output", b, nil)],
    bundles: [
      Bundle(name: try #require(TaskName("both")), tasks: [a, b], microsecondsPerLaunch: [.serial: 1, .parallel: 1])
    ])
}

private func image(_ function: ImageFunction, on board: BoardDescriptor) throws -> Image {
  let kind: SlotKind = if case .bundle = function { .big } else { .little }
  let id = ImageID(rawValue: Digest(of: Array("\(function)".utf8)))
  let partials = board.slots.filter { $0.kind == kind }.map {
    PartialReference(slot: $0.slot, digest: Digest(of: Array("\(function) \($0.slot)".utf8)), byteCount: 1)
  }
  let name = if case .kernel(let kernel) = function { kernel.text } else { "bundle" }
  let prefixes = if case .bundle(.parallel, let kernels) = function { kernels.indices.map { "\($0)." } } else { [""] }
  return Image(
    manifest: [], id: id, name: name, function: function, model: board.model, shell: board.shell, slotKind: kind,
    microsecondsPerLaunch: 1,
    arguments: try prefixes.flatMap { prefix in
      [
        ArgumentRegisters(
          name: try #require(ArgumentName("\(prefix)in")), direction: .input, addressOffset: 16, byteCountOffset: 24),
        ArgumentRegisters(
          name: try #require(ArgumentName("\(prefix)out")), direction: .output, addressOffset: 32, byteCountOffset: 40),
      ]
    }, partials: partials)
}

extension AgentBench {
  func assignment(
    _ epoch: UInt64 = 1, job: UInt64 = 1, items: Int = 3, incarnation: UInt64 = 1, finished: (Int, Int) = (0, 0),
    saved: [SavedItem] = [], committed: Int = 0, images: [Image]? = nil, tenant: String = "tenant"
  ) throws -> Messages.Assignment {
    let application = try benchApplication()
    let progress = zip(application.tasks, [finished.0, finished.1]).map { TaskProgress(task: $0.name, finished: $1) }
    return Messages.Assignment(
      job: JobID(rawValue: job), epoch: Epoch(rawValue: epoch), incarnation: Incarnation(rawValue: incarnation),
      request: JobRequest(
        application: application, inputs: (0..<items).map { benchBlob("input \($0)") }, priority: 1,
        tenant: try #require(TenantName(tenant))),
      images: (images ?? self.images).map(\.id),
      checkpoint: Checkpoint(progress: Progress(tasks: progress), items: saved), committed: committed)
  }

  func stopOrder(_ epoch: UInt64 = 1) throws -> Message {
    .stop(
      StopOrder(
        job: JobID(rawValue: 1), epoch: Epoch(rawValue: epoch), destination: try #require(BoardID("other")),
        endpoint: "tcp://other"))
  }

  /// The newest heartbeat after one interval.
  mutating func heartbeat() throws -> Heartbeat {
    _ = drain()
    try pass(.milliseconds(500))
    return try #require(drain().compactMap { if case .heartbeat(let beat) = $0 { beat } else { nil } }.last)
  }
}

extension AgentBench {
  /// Has the port refuse a slot until that is quarantined.
  mutating func quarantine(_ slot: SlotID, by fault: BoardError) throws {
    let isHeldUp = { (action: AgentAction) in
      if case .write(let partial) = action { partial.slot == slot } else { action.name == "launch" }
    }
    for attempt in 1...ConfigurationQueue.attemptLimit {
      try work(except: isHeldUp)
      _ = try take("write")
      try handle(.written(slot, fault))
      try work(except: isHeldUp)
      guard attempt < ConfigurationQueue.attemptLimit else { return }
      let retry = try #require(wakes.min())
      #expect(retry <= now + ConfigurationQueue.firstRetryDelay * attempt)
      #expect(!pending.contains { $0.name == "write" }, "no wait before the retry")
      try pass(ConfigurationQueue.firstRetryDelay * attempt)
    }
  }
}
