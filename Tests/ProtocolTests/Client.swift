import ClusterBroker
import Digests
import Fabric
import Messages
import Testing

/// Submits jobs until they are acknowledged, now and then moves or cancels one, and resets quarantined slots.
final class Client {
  private unowned let world: World
  private var waiting: [Submit] = []
  /// The request of the first that waits.
  private var request: UInt64 = 1
  /// The reset that is asked for until it has ended, and how many have.
  private var reset: SlotReset?
  private(set) var resetCount = 0
  private var resetRequest: UInt64 { 1_000_000 + UInt64(resetCount) }
  private(set) var acknowledged: [JobID: String] = [:]
  private var connection: Peer { world.broker.connection(0, 0, life: 0) }

  init(in world: World) { self.world = world }

  func start(jobs: Int) throws {
    waiting = try (0..<jobs).map { number in
      let application =
        switch Int.random(in: 0..<6, using: &world.random) {
        case 0: try Houses.chain(["a"])
        case 1: try Houses.diamond()
        case 2: try Houses.chain(["d", "c", "b"])
        case 3: try Houses.chain(["a", "b", "c"], bundled: 2)
        default: try Houses.chain(["a", "b", "c"], bundled: 3)
        }
      let items = world.random.happens(0.1) ? 40 : Int.random(in: 1...9, using: &world.random)
      let request = JobRequest(
        application: application,
        inputs: (0..<items).map { world.remember(Content(value: UInt64(number * 1000 + $0))) },
        priority: Int.random(in: 1...9, using: &world.random), tenant: try #require(TenantName("tenant-\(number % 2)")))
      return Submit(idempotencyKey: "job-\(number)", request: request)
    }
    world.after(.milliseconds(300)) { [unowned self] in try turn() }
  }

  var isAllAcknowledged: Bool { waiting.isEmpty }

  private func turn() throws {
    if let submit = waiting.first {
      for input in submit.request.inputs { try world.broker.put(input) }
      try say(.submit(submit), request: request)
    }
    let jobs = world.broker.core.ledger.open
    if let job = jobs.randomElement(using: &world.random), world.random.happens(0.6),
      let agent = world.agents.randomElement(using: &world.random), !world.isOver
    {
      try say(.migrate(MigrateRequest(job: job, destination: agent.board)))
    }
    if let job = jobs.randomElement(using: &world.random), world.random.happens(0.01), !world.isOver {
      try say(.cancel(job))
    }
    try resetSlots()
    world.after(world.random.duration(50...300)) { [unowned self] in try turn() }
  }

  private func resetSlots() throws {
    if reset == nil, world.isOver || world.random.happens(0.1) {
      for agent in world.agents {
        guard agent.isUp, let slot = agent.quarantinedSlot else { continue }
        reset = SlotReset(idempotencyKey: "reset-\(resetCount)", board: agent.board, slot: slot)
      }
    }
    if let reset { try say(.resetSlot(reset), request: resetRequest) }
  }

  private func say(_ message: Message, request: UInt64 = 0) throws {
    guard !world.random.happens(world.weather.loss) else { return }
    try world.broker.receive(Envelope(message, request: request), from: connection)
  }

  func hear(_ envelope: Envelope) {
    if envelope.request == resetRequest, reset != nil { return hearOfReset(envelope.message) }
    guard envelope.request == request, let first = waiting.first else { return }
    switch envelope.message {
    case .submitted(let id): acknowledged[id] = first.idempotencyKey
    // No board is large enough for it.
    case .refused(let refusal) where refusal.code == "broker.noMemory": break
    default: return
    }
    waiting.removeFirst()
    request += 1
  }

  private func hearOfReset(_ message: Message) {
    switch message {
    case .resetStatus(let status) where !status.isDone: break
    case .resetStatus, .refused:
      reset = nil
      resetCount += 1
    default: break
    }
  }
}
