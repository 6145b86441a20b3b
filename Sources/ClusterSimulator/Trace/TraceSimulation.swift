public import Fabric
public import SlotAllocator

/// Runs a trace on one board under one policy after another, each of its sequences on a fresh board.
public struct TraceSimulation: Sendable {
  private let sequences: [[SimulatedJob]]
  private let entries: [Trace.Entry]
  private let catalogue: ApplicationCatalogue
  private let board: BoardDescriptor
  private let images: [Image]
  private let options: SimulationOptions
  /// The ways in which each application can run, with the times that the scheduler is told.
  private let stages: [String: [Stage]]

  /// Prepares a simulation, in O(entries log entries).
  ///
  /// - Throws: ``SimulationError/unknownApplication(_:known:)``, ``SimulationError/notCovered(application:board:)``, and
  ///   ``SimulationError/publishedCatalogue(board:)`` where published policies would run with another catalogue than that of the board that they
  ///   were measured on.
  public init(
    of trace: Trace, catalogue: ApplicationCatalogue, board: BoardDescriptor, options: SimulationOptions
  ) throws(SimulationError) {
    if options.isAsPublished, !catalogue.statesPublishedRuns { throw .publishedCatalogue(board: catalogue.board) }
    let images = catalogue.images(for: board)
    var stages: [String: [Stage]] = [:]
    for name in Set(trace.entries.map(\.application)).sorted() {
      guard let application = catalogue[name]?.application else {
        throw .unknownApplication(name, known: catalogue.listings.map(\.application.name))
      }
      let seen = application.seen(as: options.isAsPublished ? .estimated : options.sight)
      guard let ways = StagePlanner.stages(for: seen, images: images, progress: Progress(of: seen, finished: 0)) else {
        throw .notCovered(application: name, board: board.model)
      }
      stages[name] = ways
    }
    self.sequences = Self.sequences(of: trace, catalogue)
    self.entries = trace.entries
    self.catalogue = catalogue
    self.board = board
    self.images = images
    self.options = options
    self.stages = stages
  }

  /// Each sequence's jobs in the order of arrival, those that come together in the trace's; a job's number is its place in the trace, from 1.
  private static func sequences(of trace: Trace, _ catalogue: ApplicationCatalogue) -> [[SimulatedJob]] {
    let applications = Dictionary(
      catalogue.listings.map { ($0.application.name, $0.application) }, uniquingKeysWith: { first, _ in first })
    var jobs: [Int: [SimulatedJob]] = [:]
    for (position, entry) in trace.entries.enumerated() {
      guard let application = applications[entry.application] else { continue }
      jobs[entry.sequence, default: []].append(
        SimulatedJob(
          execution: JobEpoch(job: JobID(rawValue: UInt64(position + 1)), epoch: Epoch(rawValue: 1)),
          application: application, batch: entry.batch, priority: entry.priority,
          arrival: BoardInstant(nanoseconds: entry.arrival.nanoseconds)))
    }
    return jobs.sorted { $0.key < $1.key }.map { sequence in
      sequence.value.sorted { ($0.arrival, $0.execution) < ($1.arrival, $1.execution) }
    }
  }

  /// What comes of the trace under a policy.
  ///
  /// - Throws: ``SimulationError/notPublished(policy:)``, or what ends a simulation early, which is a defect.
  public func report(under name: PolicyName) throws -> PolicyReport {
    let policy = try policy(name)
    let options = options(for: name)
    var run = PolicyRun(entryCount: entries.count)
    for (index, jobs) in sequences.enumerated() {
      var sequenceOptions = options
      sequenceOptions.recordsSpans = options.recordsSpans && index == 0
      var simulation = BoardSimulation(
        jobs: jobs, stages: jobs.map { stages[$0.application.name] ?? [] },
        board: SimulatedBoard(policy: policy, descriptor: board, images: images, options: sequenceOptions),
        policy: name.rawValue, isBlocking: options.isBlocking)
      run.add(try simulation.run(), of: jobs)
    }
    return run.report(of: entries, under: name, slotCount: board.slots.count)
  }

  private func policy(_ name: PolicyName) throws(SimulationError) -> any Policy {
    guard options.isAsPublished else { return name.policy() }
    var goals: [String: Int] = [:]
    for listing in catalogue.listings {
      goals[listing.application.name] = listing.slotGoals.count(of: .little, in: .onlyLittle)
    }
    guard let policy = name.published(slotGoals: goals) else { throw .notPublished(policy: name.rawValue) }
    return policy
  }

  /// As published: what the schedulers were told, no memory for images, and none too little for items.
  private func options(for name: PolicyName) -> SimulationOptions {
    guard options.isAsPublished, let time = catalogue.configurationTimes.time(under: name.rawValue) else {
      return options
    }
    var options = options
    options.sight = .estimated
    options.configuration = .fixed(time)
    options.ringCapacity = Limits.itemsPerBatch
    return options
  }
}

/// What came of the sequences so far.
private struct PolicyRun {
  private var arrivals: [Duration]
  private var ends: [Duration]
  private var tally = SimulatedBoard.Tally()
  /// The lengths of the sequences, summed.
  private var length = Duration.zero

  init(entryCount: Int) {
    arrivals = Array(repeating: .zero, count: entryCount)
    ends = arrivals
  }

  mutating func add(_ outcome: BoardSimulation.Outcome, of jobs: [SimulatedJob]) {
    for (index, job) in jobs.enumerated() {
      arrivals[job.position] = outcome.admissions[index].sinceStart
      ends[job.position] = outcome.ends[index].sinceStart
    }
    tally.configurationCount += outcome.tally.configurationCount
    tally.busy += outcome.tally.busy
    tally.spans += outcome.tally.spans
    length += outcome.ends.max()?.sinceStart ?? .zero
  }

  func report(of entries: [Trace.Entry], under name: PolicyName, slotCount: Int) -> PolicyReport {
    var counts: [Int: Int] = [:]
    let jobs = entries.enumerated().map { position, entry in
      let index = counts[entry.sequence, default: 0]
      counts[entry.sequence] = index + 1
      return PolicyReport.Job(
        sequence: entry.sequence, index: index, application: entry.application, batch: entry.batch,
        arrival: arrivals[position], end: ends[position])
    }
    let spans = tally.spans.map { span in
      let entry = entries[span.execution.position]
      return PolicyReport.Span(
        sequence: entry.sequence, slot: span.slot, kind: span.isConfiguration ? .configuring : .running,
        application: entry.application, begin: span.began.sinceStart, end: span.ended.sinceStart)
    }
    let capacity = length * slotCount
    return PolicyReport(
      policy: name.rawValue, jobs: jobs, configurations: tally.configurationCount,
      slotUtilisation: capacity > .zero ? tally.busy / capacity : 0, spans: spans)
  }
}

extension SimulatedJob {
  fileprivate var position: Int { execution.position }
}

extension JobEpoch {
  /// The place in the trace, from 0, of a job numbered by it.
  fileprivate var position: Int { Int(job.rawValue) - 1 }
}

extension BoardInstant {
  fileprivate var sinceStart: Duration { .nanoseconds(nanoseconds) }
}

extension ApplicationCatalogue {
  /// Whether it is the catalogue of the board on which published policies were measured.
  fileprivate var statesPublishedRuns: Bool {
    guard let json = BuiltIn.catalogue(Self.publishedName) else { return false }
    return (try? Self(json: json)) == self
  }

  /// The built-in catalogue that goes with published policies.
  static let publishedName = "zcu106-nimblock"
}
