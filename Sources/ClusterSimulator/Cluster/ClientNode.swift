internal import Digests
internal import Fabric
internal import Messages

/// All clients of a cluster: each submits its job when it arrives, and again while the broker has no room for it.
struct ClientNode {
  /// Refusals after which the same submission may be taken later.
  private static let passing: Set<String> = ["broker.queueFull", "broker.busy", "broker.starting"]

  private let workload: ClusterWorkload
  private let configuration: ClusterConfiguration
  private let tenant: TenantName
  /// When the first client began.
  private let begin: WallInstant
  /// Batches of so many items, since all items are the same.
  private var batches: [Int: [BlobReference]] = [:]
  private var nextArrival = 0
  private var submissions: [UInt16]
  /// What the broker called each job; nil before it has answered.
  private var jobs: [JobID?]
  private(set) var refused = 0
  private(set) var retries = 0

  init(_ workload: ClusterWorkload, _ configuration: ClusterConfiguration, tenant: TenantName, from begin: WallInstant)
  {
    self.workload = workload
    self.configuration = configuration
    self.tenant = tenant
    self.begin = begin
    self.submissions = Array(repeating: 0, count: workload.arrivals.count)
    self.jobs = Array(repeating: nil, count: workload.arrivals.count)
  }

  /// Waits for the first job.
  func start(in world: inout Surroundings) { scheduleArrival(in: &world) }

  /// A job has arrived.
  mutating func submitNext(in world: inout Surroundings) {
    submit(nextArrival, in: &world)
    nextArrival += 1
    scheduleArrival(in: &world)
  }

  mutating func submit(_ index: Int, in world: inout Surroundings) {
    let arrival = workload.arrivals[index]
    submissions[index] += 1
    let request = JobRequest(
      application: workload.applications[arrival.application], inputs: batch(of: arrival.itemCount),
      priority: arrival.priority, tenant: tenant)
    let submit = Submit(idempotencyKey: "job-\(index)", request: request)
    world.send(Envelope(.submit(submit), request: UInt64(index) + 1), toBrokerFrom: world.clients)
  }

  /// The broker has answered a submission.
  mutating func receive(_ envelope: Envelope, in world: inout Surroundings) {
    guard (1...UInt64(jobs.count)).contains(envelope.request) else { return }
    let index = Int(envelope.request - 1)
    switch envelope.message {
    case .submitted(let job): jobs[index] = job
    case .refused(let refusal):
      if Self.passing.contains(refusal.code), Int(submissions[index]) < configuration.submissionLimit {
        retries += 1
        world.schedule(.retry(job: Int32(index)), afterNanoseconds: configuration.retryInterval.nanoseconds)
      } else {
        refused += 1
      }
    default: break
    }
  }

  /// The responses of the jobs that completed, in the order of their arrivals: from a job's arrival until its last result was durable.
  func responses(by book: EndBook) -> [Duration] {
    zip(workload.arrivals, jobs).compactMap { arrival, job in
      job.flatMap(book.completion).map { $0 - (begin + arrival.at) }
    }
  }

  private func scheduleArrival(in world: inout Surroundings) {
    guard nextArrival < workload.arrivals.count else { return }
    world.schedule(.arrival, at: begin + workload.arrivals[nextArrival].at)
  }

  private mutating func batch(of count: Int) -> [BlobReference] {
    if let known = batches[count] { return known }
    let item = BlobReference(digest: ClusterNames.item, byteCount: configuration.itemByteCount)
    let made = Array(repeating: item, count: count)
    batches[count] = made
    return made
  }
}
