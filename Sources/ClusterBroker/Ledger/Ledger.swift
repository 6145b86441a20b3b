package import Fabric

/// What is durable at the broker: the fold of its records, and nothing else.
///
/// The core changes it only by applying the record that it persists, so a restarted broker has the same ledger.
package struct Ledger: Sendable, Equatable {
  /// The number of the last record.
  package private(set) var last = SequenceNumber.zero
  private var jobs = ShardedTable<JobID, Job>()
  private var submissions = ShardedTable<SubmissionKey, JobID>()
  private(set) var applications = ApplicationTable()
  private var lastJob = JobID(rawValue: 0)
  // What follows from the jobs' phases; ``change(_:_:)`` keeps it in step.
  private var order = SortedBlocks<JobID>()
  private var ended = SortedBlocks<JobID>()
  private var held = JobsByBoard()
  private var arriving = JobsByBoard()

  init() {}

  package subscript(job: JobID) -> Job? { jobs[job] }

  /// The jobs that are known, in the order of submission; O(known jobs).
  package var known: [JobID] { Array(order.elements) }
  /// The jobs that have not ended, in the order of submission; O(known jobs).
  package var open: [JobID] { known.filter { jobs[$0]?.phase.isEnd == false } }
  /// The jobs that wait for a board, in the order of submission; O(known jobs).
  package var queue: [JobID] { known.filter { jobs[$0]?.phase.isQueued == true } }

  package var knownCount: Int { order.count }
  package var openCount: Int { order.count - ended.count }

  /// The known jobs that were submitted last, at most so many, in the order of submission.
  func newest(_ maximumCount: Int) -> [JobID] { order.suffix(maximumCount) }

  /// The number that the next job takes.
  var nextJob: JobID { JobID(rawValue: lastJob.rawValue + 1) }

  /// The job that was submitted under a key.
  func job(under key: SubmissionKey) -> Job? { submissions[key].flatMap { jobs[$0] } }

  /// The jobs that a board owns, in the order of submission.
  package func jobs(on board: BoardID) -> [JobID] { held[board] }

  /// The boards that own jobs, by name.
  var owners: [BoardID] { held.boards }

  /// The jobs that shall go to a board next, in the order of submission.
  func stopping(to board: BoardID) -> [JobID] { arriving[board] }

  /// The job that was submitted first of those that have ended.
  var oldestEnded: JobID? { ended.first }

  /// Takes one record in.
  ///
  /// - Throws: ``BrokerError/recordOutOfPlace(_:_:)`` when the record does not follow from those before it; the ledger is then unchanged.
  mutating func apply(_ record: BrokerRecord) throws(BrokerError) {
    switch record {
    case .submitted(let id, let key, let request): try submit(id, key, request)
    case .owned(let id, let ownership): try own(id, ownership)
    case .stopping(let id, let epoch, let destination):
      guard case .owned(let ownership)? = jobs[id]?.phase, ownership.epoch == epoch else {
        throw outOfPlace("job \(id) is not owned under epoch \(epoch)")
      }
      change(id) { $0.phase = .stopping(ownership, destination) }
    case .committed(let id, let epoch, let item, let result): try commit(id, epoch, item, result)
    case .requeued(let id, let epoch, let cause): try requeue(id, epoch, cause)
    case .ended(let id, let end): try finish(id, end)
    case .forgotten(let id): try forget(id)
    }
    last = last.next
  }

  private mutating func submit(_ id: JobID, _ key: String, _ request: JobRequest) throws(BrokerError) {
    let submissionKey = SubmissionKey(tenant: request.tenant, text: key)
    guard id > lastJob else { throw outOfPlace("job \(id) is not after job \(lastJob)") }
    guard submissions[submissionKey] == nil else { throw outOfPlace("the key of job \(id) is taken") }
    let (application, shared) = applications.retain(request.application)
    let sharing = JobRequest(
      application: shared, inputs: request.inputs, priority: request.priority, tenant: request.tenant)
    lastJob = id
    submissions[submissionKey] = id
    jobs[id] = Job(
      Submission(id: id, idempotencyKey: key, request: sharing, application: application, submitted: last.next))
    order.insert(id)
  }

  private mutating func own(_ id: JobID, _ ownership: Ownership) throws(BrokerError) {
    guard let job = jobs[id], !job.phase.isEnd else { throw outOfPlace("job \(id) is not open") }
    guard ownership.epoch == job.epoch.next else {
      throw outOfPlace("job \(id) takes epoch \(ownership.epoch) after \(job.epoch)")
    }
    change(id) {
      $0.epoch = ownership.epoch
      $0.phase = .owned(ownership)
      $0.lastBoard = ownership.board
    }
  }

  private mutating func commit(
    _ id: JobID, _ epoch: Epoch, _ item: Int, _ result: BlobReference
  ) throws(BrokerError) {
    guard let ownership = jobs[id]?.phase.ownership, ownership.epoch == epoch else {
      throw outOfPlace("job \(id) is not owned under epoch \(epoch)")
    }
    let (committed, itemCount) = jobs[id].map { ($0.committed, $0.itemCount) } ?? (0, 0)
    guard item == committed, item < itemCount else {
      throw outOfPlace("item \(item) of job \(id) is committed after \(committed) of \(itemCount)")
    }
    change(id) {
      $0.results.append(result)
      if $0.committed == itemCount { $0.phase = .ended(.completed) }
    }
  }

  private mutating func requeue(_ id: JobID, _ epoch: Epoch, _ cause: RequeueCause) throws(BrokerError) {
    guard let ownership = jobs[id]?.phase.ownership, ownership.epoch == epoch else {
      throw outOfPlace("job \(id) is not owned under epoch \(epoch)")
    }
    change(id) {
      if case .boardFault = cause { $0.faultedBoards.append(ownership.board) }
      $0.phase = .queued
    }
  }

  private mutating func finish(_ id: JobID, _ end: JobEnd) throws(BrokerError) {
    guard let phase = jobs[id]?.phase, !phase.isEnd else { throw outOfPlace("job \(id) is not open") }
    guard end != .completed else { throw outOfPlace("job \(id) completes by its last commit only") }
    change(id) { $0.phase = .ended(end) }
  }

  private mutating func forget(_ id: JobID) throws(BrokerError) {
    guard let job = jobs[id], job.phase.isEnd else { throw outOfPlace("job \(id) has not ended") }
    jobs[id] = nil
    submissions[job.submission.key] = nil
    applications.release(job.submission.application)
    order.remove(id)
    ended.remove(id)
  }

  /// Changes a job where it stands, and keeps what follows from its phase in step.
  private mutating func change(_ id: JobID, _ body: (inout Job) -> Void) {
    guard let (before, after) = jobs[id]?.change(body) else { return }
    if let board = before.ownership?.board { held.remove(id, from: board) }
    if let board = after.ownership?.board { held.insert(id, on: board) }
    if let board = before.destination?.board { arriving.remove(id, from: board) }
    if let board = after.destination?.board { arriving.insert(id, on: board) }
    if after.isEnd { ended.insert(id) }
  }

  private func outOfPlace(_ reason: String) -> BrokerError { .recordOutOfPlace(last.next, reason) }
}
