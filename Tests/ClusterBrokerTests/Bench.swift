import ClusterBroker
import Fabric
import Messages
import Testing

/// A core with its disk and its clock in the test's hands.
///
/// After every decision the ledger is compared with the fold of all records so far.
struct Bench {
  private(set) var core: BrokerCore
  /// A core that gets the records and nothing else.
  private var shadow: BrokerCore
  private(set) var records: [BrokerRecord] = []
  /// What was asked to be sent since the last ``drain()``, in order.
  private var mail: [(peer: Peer, envelope: Envelope, after: SequenceNumber)] = []
  private(set) var wakes: [WallInstant] = []
  private(set) var now = WallInstant(nanoseconds: 1_000_000_000)
  private let configuration: BrokerConfiguration
  /// Whether the disk is done at once.
  var syncsAtOnce = true

  init(_ configuration: BrokerConfiguration = BrokerConfiguration(), items: Int = 32) throws {
    self.configuration = configuration
    self.core = BrokerCore(configuration)
    self.shadow = core
    try handle(.started(blobs: (0..<items).map { blob("input \($0)") }))
  }

  mutating func handle(_ event: BrokerEvent) throws {
    var actions = Actions<BrokerAction>()
    let instant = Now(board: BoardInstant(nanoseconds: 0), wall: now)
    try core.handle(event, at: instant, into: &actions)
    let count = records.count
    for action in actions.drain() {
      switch action {
      case .persist(let record, let number):
        records.append(record)
        if number.rawValue != UInt64(records.count) { Issue.record("\(record) has number \(number)") }
        try shadow.apply(record)
      case .send(let envelope, let peer, let number): mail.append((peer, envelope, number))
      case .wake(.wall(let instant)): wakes.append(instant)
      case .wake(.board): Issue.record("a broker has no board time")
      }
    }
    guard records.count > count else { return }
    if shadow.ledger != core.ledger { Issue.record("the ledger is not the fold of its records") }
    if syncsAtOnce { try handle(.synced(core.ledger.last)) }
  }

  /// Hands a message in.
  mutating func take(_ message: Message, from peer: Peer = client, request: UInt64 = 0) throws {
    try handle(.received(Envelope(message, request: request), from: peer))
  }

  /// Hands a request in, and returns the answer to it.
  mutating func ask(_ message: Message, request: UInt64 = 77) throws -> Message {
    try take(message, request: request)
    let answers = drain(to: client)
    #expect(answers.count == 1)
    #expect(answers.first?.request == request)
    return try #require(answers.first).message
  }

  /// What was asked to be sent to one peer.
  mutating func drain(to peer: Peer) -> [Envelope] {
    defer { mail.removeAll { $0.peer == peer } }
    return mail.filter { $0.peer == peer }.map(\.envelope)
  }

  /// The messages to a board's agent.
  mutating func heard(by board: String) -> [Message] { drain(to: ClusterBrokerTests.peer(board)).map(\.message) }

  /// Everything that was asked to be sent, and after which record.
  mutating func drain() -> [(peer: Peer, envelope: Envelope, after: SequenceNumber)] {
    defer { mail = [] }
    return mail
  }

  /// Lets time pass, and wakes the core where it asked for it.
  mutating func pass(_ duration: Duration) throws {
    let end = now + duration
    while let next = wakes.min(), next <= end {
      wakes.removeAll { $0 == next }
      now = max(now, next)
      try handle(.woke)
    }
    now = end
  }

  /// A core with nothing but the records.
  func fold() throws -> BrokerCore {
    var core = BrokerCore(configuration)
    for record in records { try core.apply(record) }
    return core
  }

  /// Restarts the broker from its records; agents and hints are forgotten.
  mutating func restart(items: Int = 32, results: [BlobReference] = []) throws {
    core = try fold()
    mail = []
    wakes = []
    try handle(.started(blobs: (0..<items).map { blob("input \($0)") } + results))
  }
}

extension Bench {
  /// Registers an agent, whose connection has the board's name.
  mutating func register(
    _ board: String, incarnation: UInt64 = 1, kernels: [String] = ["a", "b"], memory: Int = 1 << 20,
    offer: [Image]? = nil,
    jobs: [HeldJob] = [], slots: [SlotStatus] = [], connection: String? = nil
  ) throws {
    let registration = try registration(
      board, incarnation: incarnation, kernels: kernels, memory: memory, offer: offer, jobs: jobs, slots: slots)
    try take(.register(registration), from: peer(connection ?? board))
  }

  mutating func heartbeat(_ board: String, incarnation: UInt64 = 1, jobs: [HeldJob] = []) throws {
    let heartbeat = Heartbeat(
      number: 9, board: try boardID(board), incarnation: Incarnation(rawValue: incarnation), jobs: jobs, slots: [],
      health: BoardHealth(), configurations: [])
    try take(.heartbeat(heartbeat), from: peer(board))
  }

  /// Submits a job that is expected to be admitted.
  mutating func submit(
    _ key: String = "key", kernels: [String] = ["a", "b"], items: Int = 3
  ) throws -> JobID {
    let answer = try ask(.submit(submission(key, chain(kernels), items: items)))
    guard case .submitted(let job) = answer else { throw Unexpected(message: answer) }
    return job
  }

  /// Has the owner give the job up for its board's fault.
  mutating func giveUp(_ id: JobID, on board: String) throws {
    let reason = Refusal(code: "x", message: "m", hint: "h")
    let handBack = HandBack(job: id, epoch: try job(id).epoch, cause: .board, reason: reason)
    try take(.handBack(handBack), from: peer(board))
  }

  /// Has the owner finish one item, whose bytes are at the broker.
  mutating func finish(_ item: Int, of job: JobID, epoch: UInt64 = 1, on board: String) throws {
    let result = blob("result \(job) \(item)")
    try handle(.blobStored(result))
    let finished = ItemFinished(job: job, epoch: Epoch(rawValue: epoch), item: item, result: result)
    try take(.itemFinished(finished), from: peer(board))
  }

  func job(_ id: JobID) throws -> Job { try #require(core.ledger[id]) }

  /// Who owns the job, and under which epoch.
  func owner(of id: JobID) throws -> String? {
    try job(id).phase.ownership.map { "\($0.board)@\($0.epoch)" }
  }

  mutating func status(_ job: JobID) throws -> JobStatus {
    let answer = try ask(.statusQuery(StatusQuery(job: job)))
    guard case .status(let states) = answer, let status = states.first else { throw Unexpected(message: answer) }
    return status
  }
}

/// An answer that a test cannot go on with.
struct Unexpected: Error { let message: Message }

extension Message {
  /// The code of a refusal.
  var refusalCode: String? {
    if case .refused(let refusal) = self { refusal.code } else { nil }
  }

  var assignment: Assignment? {
    if case .assign(let assignment) = self { assignment } else { nil }
  }
}

/// What an agent holds.
func held(
  _ job: JobID, epoch: UInt64 = 1, _ phase: HeldJob.Phase = .running, finished: [Int] = [0, 0], committed: Int = 0
) throws -> HeldJob {
  HeldJob(
    job: job, epoch: Epoch(rawValue: epoch), phase: phase, progress: try progress(finished), committed: committed)
}

/// The progress of a chain of tasks.
func progress(_ finished: [Int]) throws -> Progress {
  Progress(
    tasks: try finished.enumerated().map {
      TaskProgress(task: try #require(TaskName("t\($0.offset)")), finished: $0.element)
    })
}
