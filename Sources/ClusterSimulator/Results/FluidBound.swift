internal import Fabric

/// A mean response that no schedule of one sequence of jobs can beat: all slots as one machine that divides without loss.
///
/// The machine is always on the job with the least time left and changes over at no cost (shortest remaining processing time, which has
/// the least mean response of all schedules of one machine: Schrage, "A Proof of the Optimality of the Shortest Remaining Processing
/// Time Discipline", Operations Research 16(3), 1968). It bounds real boards as long as no task runs faster than stated.
public struct FluidBound: Sendable, Hashable {
  /// How a job is served.
  public enum Demand: Sendable, Hashable {
    /// All slots together: so much slot time, done at so many slots' speed, which may differ between jobs.
    case spread(work: Duration, slots: Double)
    /// By itself, beside all others, for so long: a job that no number of slots makes faster.
    case alone(Duration)
  }

  public struct Job: Sendable, Hashable {
    public var arrival: Duration
    public var demand: Demand
    public init(arrival: Duration, demand: Demand) {
      self.arrival = arrival
      self.demand = demand
    }
  }

  /// Each job's response, in the order given.
  public let responses: [Duration]

  /// Nil without jobs.
  public var mean: Duration? { responses.isEmpty ? nil : ResponseStatistics.mean(of: responses) }

  /// Serves the jobs of one sequence.
  ///
  /// O(n) steps, each O(jobs waiting) at worst.
  ///
  /// Times are whole nanoseconds; service is rounded down to them, so that the bound stays one. Slots that are not positive never end a
  /// job's work, and count as the longest time there is.
  public init(_ jobs: [Job]) {
    var responses = Array(repeating: Duration.zero, count: jobs.count)
    var arrivals: [Machine.Task] = []
    for (index, job) in jobs.enumerated() {
      switch job.demand {
      case .alone(let time): responses[index] = time
      case .spread(let work, let slots):
        arrivals.append(Machine.Task(job: index, arrival: job.arrival.nanoseconds, left: Self.service(work, slots)))
      }
    }
    arrivals.sort { ($0.arrival, $0.job) < ($1.arrival, $1.job) }
    Machine.serve(arrivals) { task, end in responses[task.job] = .nanoseconds(end - task.arrival) }
    self.responses = responses
  }

  private static func service(_ work: Duration, _ slots: Double) -> Int64 {
    let time = Double(work.nanoseconds) / slots
    return time.isFinite && time >= 0 ? Int64(exactly: time.rounded(.down)) ?? longest : longest
  }

  /// Ten years, in nanoseconds.
  private static let longest: Int64 = 315_576_000_000_000_000

  /// How many Little slots a Big slot is worth to an application: its work for one item over the Big slot's.
  ///
  /// An estimate, no bound: it takes the bundles of an item one after the other, each by one launch, with pipelines always full.
  public static func littleSlotsPerBigSlot(perItem: [Duration], perBundleLaunch: [Duration]) -> Double {
    perItem.reduce(.zero, +) / perBundleLaunch.reduce(.zero, +)
  }
}

/// The one machine.
private enum Machine {
  struct Task {
    let job: Int
    let arrival: Int64
    var left: Int64
  }

  /// Tells each task's end; `arrivals` are in their order.
  static func serve(_ arrivals: [Task], ended: (Task, Int64) -> Void) {
    // Most time left first, so that the next to be served is the last; of equals the first job.
    var waiting: [Task] = []
    var now = arrivals.first?.arrival ?? 0
    var next = 0
    while next < arrivals.count || !waiting.isEmpty {
      if waiting.isEmpty { now = max(now, arrivals[next].arrival) }
      while next < arrivals.count, arrivals[next].arrival <= now {
        insert(arrivals[next], into: &waiting)
        next += 1
      }
      guard var task = waiting.popLast() else { continue }
      let time = next < arrivals.count ? min(task.left, arrivals[next].arrival - now) : task.left
      let (later, overflows) = now.addingReportingOverflow(time)
      now = overflows ? .max : later
      task.left -= time
      if task.left == 0 { ended(task, now) } else { insert(task, into: &waiting) }
    }
  }

  private static func insert(_ task: Task, into waiting: inout [Task]) {
    var (low, high) = (0, waiting.count)
    while low < high {
      let middle = (low + high) / 2
      if (waiting[middle].left, waiting[middle].job) > (task.left, task.job) { low = middle + 1 } else { high = middle }
    }
    waiting.insert(task, at: low)
  }
}
