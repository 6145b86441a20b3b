import ClusterBroker
import Digests
import Fabric
import Messages

/// A broker's core with boards that are full and jobs that wait.
///
/// Boards differ in images, speed, and memory; jobs in application, batch and so in the memory they need.
struct BrokerHouse {
  private static let applicationCount = 12
  private static let offerCount = 4

  private var core: BrokerCore
  private var random: SplitMix64
  private let registrations: [Registration]
  private let applications: [Application]
  private let blobs: [BlobReference]
  private let waitingJobs: Int
  private var submissionCount = 0

  init(boards: Int, jobs: Int, seed: UInt64) throws {
    var configuration = BrokerConfiguration()
    configuration.boards = boards
    configuration.openJobs = .max
    configuration.retainedJobs = jobs + 20 * boards + 1_000
    configuration.unsyncedRecords = .max
    configuration.requeues = .max
    configuration.leaseDuration = .seconds(86_400)
    var random = SplitMix64(seed: seed)
    let sets = try (0..<Self.offerCount).map { try HouseValues.images(offer: $0) }
    let applications = try (0..<Self.applicationCount).map { try HouseValues.application($0) }
    let registrations = try (0..<boards).map { number in
      try HouseValues.registration(
        number, images: sets[number % sets.count], speed: Double(Int.random(in: 1...2, using: &random)))
    }
    self.core = BrokerCore(configuration)
    self.random = random
    self.registrations = registrations
    self.applications = applications
    self.blobs = (0..<64).map { BlobReference(digest: Digest(of: [UInt8($0)]), byteCount: 1_000) }
    self.waitingJobs = jobs
    _ = try handle(.started(blobs: blobs))
  }

  /// Reports, line by line.
  mutating func measure(samples: Int, report: (String) -> Void) throws {
    report(try register("register a new board"))
    let queued = try fillUp(report)
    report("resident \(ThisProcess.residentByteCount >> 20) MiB with \(queued) open jobs")
    report(try submitSmall(samples, "submit past the queue, placed"))
    report(try finish(samples, "last item, next job placed"))
    report(try cancelOwned(samples, "cancel, next job placed"))
    report(try handBack(samples, "hand a job back, another placed"))
    report(try heartbeat(samples, "heartbeat with its jobs"))
    report(try progress(samples, "progress"))
    report(try commit(samples, "an item committed"))
    report(try cancelWaiting(samples, "cancel a waiting job"))
    report(try status(samples / 20, "status of the newest jobs"))
    report(try register("register again"))
  }

  // MARK: Events

  private mutating func register(_ name: String) throws -> String {
    var timings = Timings()
    for registration in registrations {
      try say(.register(registration), by: registration.board, &timings)
    }
    return timings.line(name)
  }

  /// Submits until all boards are full and so many jobs wait; returns how many were submitted.
  private mutating func fillUp(_ report: (String) -> Void) throws -> Int {
    var (placed, waiting) = (Timings(), Timings())
    var waitingCount = 0
    while waitingCount < waitingJobs {
      let submit = try nextSubmission()
      var timings = Timings()
      let done = try timings.time {
        try handle(.received(Envelope(.submit(submit)), from: .dialed(endpoint: "client")))
      }
      let isPlaced = done.contains { if case .persist(.owned, _) = $0 { true } else { false } }
      if isPlaced { placed.append(timings) } else { waiting.append(timings) }
      waitingCount += isPlaced ? 0 : 1
    }
    report(placed.line("submit, job placed"))
    report(waiting.line("submit, job waits"))
    return submissionCount
  }

  /// Submits jobs for which there is memory on boards that are too full for any that waits.
  private mutating func submitSmall(_ count: Int, _ name: String) throws -> String {
    var timings = Timings()
    let application = try HouseValues.application(0, itemByteCount: 1_000)
    // Each board takes a few of them, which leaves it as full as it was.
    for _ in 0..<min(count, registrations.count) {
      let submit = try nextSubmission(of: application, itemCount: 1)
      var one = Timings()
      let actions = try one.time { try handle(.received(Envelope(.submit(submit)), from: .dialed(endpoint: "client"))) }
      if actions.contains(where: { if case .persist(.owned, _) = $0 { true } else { false } }) { timings.append(one) }
    }
    return timings.line(name)
  }

  private mutating func finish(_ count: Int, _ name: String) throws -> String {
    try onOwnedJobs(count, name) { house, job, board in
      for item in job.committed..<(job.itemCount - 1) {
        var ignored = Timings()
        try house.say(
          .itemFinished(.init(job: job.id, epoch: job.epoch, item: item, result: house.blobs[0])), by: board, &ignored)
      }
      return .itemFinished(
        ItemFinished(job: job.id, epoch: job.epoch, item: job.itemCount - 1, result: house.blobs[0]))
    }
  }

  private mutating func cancelOwned(_ count: Int, _ name: String) throws -> String {
    try onOwnedJobs(count, name) { _, job, _ in .cancel(job.id) }
  }

  private mutating func handBack(_ count: Int, _ name: String) throws -> String {
    let reason = Refusal(code: "board.fault", message: "a fault", hint: "none")
    return try onOwnedJobs(count, name) { house, job, board in
      // A board that was heard of since takes jobs that it gave up before.
      var ignored = Timings()
      try house.say(house.heartbeat(of: board), by: board, &ignored)
      return .handBack(HandBack(job: job.id, epoch: job.epoch, cause: .board, reason: reason))
    }
  }

  private mutating func heartbeat(_ count: Int, _ name: String) throws -> String {
    try onOwnedJobs(count, name) { house, _, board in house.heartbeat(of: board) }
  }

  private func heartbeat(of board: BoardID) -> Message {
    let held = core.ledger.jobs(on: board).compactMap { id in
      core.ledger[id].map { job in
        HeldJob(
          job: id, epoch: job.epoch, phase: .running,
          progress: Progress(of: job.request.application, finished: job.committed), committed: job.committed)
      }
    }
    return .heartbeat(
      Heartbeat(
        number: 1, board: board, incarnation: Incarnation(rawValue: 1), jobs: held, slots: [], health: BoardHealth(),
        configurations: []))
  }

  private mutating func progress(_ count: Int, _ name: String) throws -> String {
    try onOwnedJobs(count, name) { house, job, _ in
      let finished = Int.random(in: job.committed...job.itemCount, using: &house.random)
      return .progress(
        HeldJob(
          job: job.id, epoch: job.epoch, phase: .running,
          progress: Progress(of: job.request.application, finished: finished), committed: job.committed))
    }
  }

  private mutating func commit(_ count: Int, _ name: String) throws -> String {
    try onOwnedJobs(count, name) { house, job, _ in
      job.committed + 1 < job.itemCount
        ? .itemFinished(ItemFinished(job: job.id, epoch: job.epoch, item: job.committed, result: house.blobs[0])) : nil
    }
  }

  private mutating func cancelWaiting(_ count: Int, _ name: String) throws -> String {
    var timings = Timings()
    for _ in 0..<count {
      let id = JobID(rawValue: UInt64.random(in: 1...UInt64(submissionCount), using: &random))
      guard let job = core.ledger[id], job.phase == .queued else { continue }
      try say(.cancel(id), by: nil, &timings)
    }
    return timings.line(name)
  }

  private mutating func status(_ count: Int, _ name: String) throws -> String {
    var timings = Timings()
    for _ in 0..<count { try say(.statusQuery(StatusQuery(job: nil)), by: nil, &timings) }
    return timings.line(name)
  }

  /// Times a message about a random job on a random board, so many times.
  private mutating func onOwnedJobs(
    _ count: Int, _ name: String, _ message: (inout BrokerHouse, Job, BoardID) throws -> Message?
  ) throws -> String {
    var timings = Timings()
    for _ in 0..<count {
      guard let board = registrations.randomElement(using: &random)?.board,
        let id = core.ledger.jobs(on: board).randomElement(using: &random), let job = core.ledger[id],
        let message = try message(&self, job, board)
      else { continue }
      try say(message, by: board, &timings)
    }
    return timings.line(name)
  }

  // MARK: Core

  private mutating func nextSubmission() throws -> Submit {
    let application = applications[Int.random(in: 0..<applications.count, using: &random)]
    let itemCount = [1, 1, 1, 2, 3, 4, 6, 8][Int.random(in: 0..<8, using: &random)]
    return try nextSubmission(of: application, itemCount: itemCount)
  }

  private mutating func nextSubmission(of application: Application, itemCount: Int) throws -> Submit {
    submissionCount += 1
    let request = JobRequest(
      application: application, inputs: (0..<itemCount).map { blobs[(submissionCount + $0) % blobs.count] },
      priority: 5,
      tenant: try HouseValues.tenant())
    // As long as a UUID.
    let number = String(submissionCount)
    return Submit(
      idempotencyKey: String(repeating: "0", count: 36 - number.utf8.count) + number, request: request)
  }

  private mutating func say(_ message: Message, by board: BoardID?, _ timings: inout Timings) throws {
    let event = BrokerEvent.received(Envelope(message), from: .dialed(endpoint: board?.text ?? "client"))
    try timings.time { try handle(event) }
  }

  private mutating func handle(_ event: BrokerEvent) throws -> [BrokerAction] {
    var actions = Actions<BrokerAction>()
    let now = Now(board: BoardInstant(nanoseconds: 0), wall: WallInstant(nanoseconds: 1))
    try core.handle(event, at: now, into: &actions)
    return actions.drain()
  }
}
