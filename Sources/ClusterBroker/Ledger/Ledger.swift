package import Fabric

/// What is durable at the broker: the fold of its records, and nothing else.
///
/// The core changes it only by applying the record that it persists, so a restarted broker has the same ledger.
package struct Ledger: Sendable, Equatable {
  /// The number of the last record.
  package private(set) var last = SequenceNumber.zero
  private var jobs = SortedTable<JobID, Job>()
  private var submissions: [SubmissionKey: JobID] = [:]
  /// The jobs that have not ended, in the order of submission.
  package private(set) var open: [JobID] = []
  /// The jobs that wait for a board, in the order of submission.
  package private(set) var queue: [JobID] = []
  private var held = SortedTable<BoardID, [JobID]>()
  private var lastJob = JobID(rawValue: 0)

  init() {}

  package subscript(job: JobID) -> Job? { jobs[job] }

  /// The jobs that are known, in the order of submission.
  package var known: [JobID] { jobs.keys }

  /// The number that the next job takes.
  var nextJob: JobID { JobID(rawValue: lastJob.rawValue + 1) }

  /// The job that was submitted under a key.
  func job(under key: SubmissionKey) -> Job? { submissions[key].flatMap { jobs[$0] } }

  /// The jobs that a board owns, in the order of submission.
  package func jobs(on board: BoardID) -> [JobID] { held[board] ?? [] }

  /// The boards that own jobs, by name.
  var owners: [BoardID] { held.keys }

  /// The jobs that shall go to a board next, in the order of submission; found in O(open jobs).
  func stopping(to board: BoardID) -> [JobID] {
    open.filter {
      if case .stopping(_, let destination)? = jobs[$0]?.phase { destination.board == board } else { false }
    }
  }

  /// The job that was submitted first of those that have ended; found in O(known jobs).
  var oldestEnded: JobID? { jobs.keys.first { jobs[$0]?.phase.isEnd == true } }

  /// Takes one record in.
  ///
  /// - Throws: ``BrokerError/recordOutOfPlace(_:_:)`` when the record does not follow from those before it; the ledger is then unchanged.
  mutating func apply(_ record: BrokerRecord) throws(BrokerError) {
    switch record {
    case .submitted(let id, let key, let request): try submit(id, key, request)
    case .owned(let id, let ownership): try own(id, ownership)
    case .stopping(let id, let epoch, let destination):
      guard var job = jobs[id], case .owned(let ownership) = job.phase, ownership.epoch == epoch else {
        throw outOfPlace("job \(id) is not owned under epoch \(epoch)")
      }
      job.phase = .stopping(ownership, destination)
      store(job)
    case .committed(let id, let epoch, let item, let result): try commit(id, epoch, item, result)
    case .requeued(let id, let epoch, let cause): try requeue(id, epoch, cause)
    case .ended(let id, let end): try finish(id, end)
    case .forgotten(let id):
      guard let job = jobs[id], job.phase.isEnd else { throw outOfPlace("job \(id) has not ended") }
      jobs[id] = nil
      submissions[job.submissionKey] = nil
    }
    last = last.next
  }

  private mutating func submit(_ id: JobID, _ key: String, _ request: JobRequest) throws(BrokerError) {
    let job = Job(
      id: id, idempotencyKey: key, request: request, submitted: last.next, phase: .queued, epoch: .none, lastBoard: nil,
      results: [],
      faultedBoards: [])
    guard id > lastJob else { throw outOfPlace("job \(id) is not after job \(lastJob)") }
    guard submissions[job.submissionKey] == nil else { throw outOfPlace("the key of job \(id) is taken") }
    lastJob = id
    submissions[job.submissionKey] = id
    store(job)
  }

  private mutating func own(_ id: JobID, _ ownership: Ownership) throws(BrokerError) {
    guard var job = jobs[id], !job.phase.isEnd else { throw outOfPlace("job \(id) is not open") }
    guard ownership.epoch == job.epoch.next else {
      throw outOfPlace("job \(id) takes epoch \(ownership.epoch) after \(job.epoch)")
    }
    job.epoch = ownership.epoch
    job.phase = .owned(ownership)
    job.lastBoard = ownership.board
    store(job)
  }

  private mutating func commit(
    _ id: JobID, _ epoch: Epoch, _ item: Int, _ result: BlobReference
  ) throws(BrokerError) {
    guard var job = jobs[id], job.phase.ownership?.epoch == epoch else {
      throw outOfPlace("job \(id) is not owned under epoch \(epoch)")
    }
    guard item == job.committed, item < job.itemCount else {
      throw outOfPlace("item \(item) of job \(id) is committed after \(job.committed) of \(job.itemCount)")
    }
    job.results.append(result)
    if job.committed == job.itemCount { job.phase = .ended(.completed) }
    store(job)
  }

  private mutating func requeue(_ id: JobID, _ epoch: Epoch, _ cause: RequeueCause) throws(BrokerError) {
    guard var job = jobs[id], let ownership = job.phase.ownership, ownership.epoch == epoch else {
      throw outOfPlace("job \(id) is not owned under epoch \(epoch)")
    }
    if case .boardFault = cause { job.faultedBoards.append(ownership.board) }
    job.phase = .queued
    store(job)
  }

  private mutating func finish(_ id: JobID, _ end: JobEnd) throws(BrokerError) {
    guard var job = jobs[id], !job.phase.isEnd else { throw outOfPlace("job \(id) is not open") }
    guard end != .completed else { throw outOfPlace("job \(id) completes by its last commit only") }
    job.phase = .ended(end)
    store(job)
  }

  /// Keeps the indexes in step with the job's phase.
  private mutating func store(_ job: Job) {
    let before = jobs[job.id]?.phase
    jobs[job.id] = job
    if let board = before?.ownership?.board, board != job.phase.ownership?.board {
      held[board]?.removeSorted(job.id)
      if held[board]?.isEmpty == true { held[board] = nil }
    }
    if let board = job.phase.ownership?.board {
      var jobs = held[board] ?? []
      jobs.insertSorted(job.id)
      held[board] = jobs
    }
    if job.phase == .queued { queue.insertSorted(job.id) } else { queue.removeSorted(job.id) }
    if job.phase.isEnd { open.removeSorted(job.id) } else { open.insertSorted(job.id) }
  }

  private func outOfPlace(_ reason: String) -> BrokerError { .recordOutOfPlace(last.next, reason) }
}

extension Job {
  var submissionKey: SubmissionKey { SubmissionKey(tenant: request.tenant, text: idempotencyKey) }
}
