import ClusterBroker
import Fabric
import Messages

/// An agent as the ownership protocol describes it, with a fabric that computes an item of every task per tick.
struct ToyAgent {
  private enum Phase: Equatable {
    case running
    case stopping(StopOrder)
    case sealed(Stopped)
  }

  private struct Held {
    let assignment: Assignment
    var phase = Phase.running
    /// The finished prefix of both tasks.
    var finished: [Int]
    var committed: Int
  }

  let name: String
  private(set) var incarnation: UInt64 = 1
  private var isRegistered = false
  private var jobs: [JobID: Held] = [:]
  /// The highest epoch that was released, per job.
  private var forgotten: [JobID: Epoch] = [:]
  /// Items run here, with the epoch, in the order of running.
  private(set) var ran: [JobEpoch] = []

  init(name: String) { self.name = name }

  /// Whether the agent knows of no job.
  var isIdle: Bool { jobs.isEmpty }

  /// Loses fabric and journal.
  mutating func restart() {
    incarnation += 1
    isRegistered = false
    jobs = [:]
    forgotten = [:]
  }

  /// Forgets only its connection's state.
  mutating func reconnect() { isRegistered = false }

  mutating func take(_ message: Message) -> [Message] {
    switch message {
    case .welcome(let welcome):
      isRegistered = true
      let known = Set(welcome.jobs.map(\.job))
      jobs = jobs.filter { known.contains($0.key) }
    case .unknownAgent: isRegistered = false
    case .assign(let assignment): take(assignment)
    case .committed(let committed):
      guard let held = jobs[committed.job], held.assignment.epoch == committed.epoch else { break }
      jobs[committed.job]?.committed = max(held.committed, committed.through)
    case .release(let release):
      forgotten[release.job] = max(forgotten[release.job] ?? .none, release.epoch)
      if let held = jobs[release.job], held.assignment.epoch <= release.epoch { jobs[release.job] = nil }
    case .prepare(let announced):
      if announced.incarnation.rawValue == incarnation, forgotten[announced.job] ?? .none < announced.epoch {
        return [.prepared(JobEpoch(job: announced.job, epoch: announced.epoch))]
      }
    case .stop(let order):
      guard let held = jobs[order.job], held.assignment.epoch == order.epoch else { break }
      switch held.phase {
      case .running: jobs[order.job]?.phase = .stopping(order)
      case .stopping: break
      case .sealed(let report): return [.stopped(report)]
      }
    default: break
    }
    return []
  }

  private mutating func take(_ assignment: Assignment) {
    guard assignment.incarnation.rawValue == incarnation, forgotten[assignment.job] ?? .none < assignment.epoch else {
      return
    }
    if let held = jobs[assignment.job], held.assignment.epoch >= assignment.epoch { return }
    jobs[assignment.job] = Held(
      assignment: assignment, finished: assignment.checkpoint.progress.tasks.map(\.finished),
      committed: assignment.committed)
  }

  /// Computes, and says what there is to say; `canDeliver` tells whether the destination of a migration can be reached.
  mutating func tick(number: UInt64, canDeliver: (BoardID) -> Bool) throws -> [Message] {
    guard isRegistered else {
      return [.register(try registration(name, incarnation: incarnation, jobs: heldJobs()))]
    }
    var out: [Message] = []
    for id in jobs.keys.sorted() {
      guard var held = jobs[id] else { continue }
      out += step(&held, canDeliver: canDeliver)
      jobs[id] = held
    }
    let heartbeat = Heartbeat(
      number: number, board: try boardID(name), incarnation: Incarnation(rawValue: incarnation), jobs: try heldJobs(),
      slots: [], health: BoardHealth(), configurations: [])
    return out + [.heartbeat(heartbeat)]
  }

  private mutating func step(_ held: inout Held, canDeliver: (BoardID) -> Bool) -> [Message] {
    let (job, epoch) = (held.assignment.job, held.assignment.epoch)
    switch held.phase {
    case .running:
      if held.finished[1] < held.finished[0] {
        held.finished[1] += 1
        ran.append(JobEpoch(job: job, epoch: epoch))
      }
      held.finished[0] = min(held.finished[0] + 1, held.assignment.request.inputs.count)
      return (held.committed..<max(held.committed, held.finished[1])).map { item in
        .itemFinished(ItemFinished(job: job, epoch: epoch, item: item, result: blob("result \(job) \(item)")))
      }
    case .stopping(let order):
      let tasks = zip(held.assignment.request.application.tasks, held.finished)
      let report = Stopped(
        job: job, epoch: epoch,
        checkpoint: Checkpoint(
          progress: Progress(tasks: tasks.map { TaskProgress(task: $0.name, finished: $1) }), items: []),
        isDelivered: canDeliver(order.destination), drainDuration: .zero)
      held.phase = .sealed(report)
      return [.stopped(report)]
    case .sealed: return []
    }
  }

  private func heldJobs() throws -> [HeldJob] {
    try jobs.keys.sorted().compactMap { id in
      guard let held = jobs[id] else { return nil }
      let phase: HeldJob.Phase =
        switch held.phase {
        case .running: .running
        case .stopping: .stopping
        case .sealed: .sealed
        }
      return try ClusterBrokerTests.held(
        id, epoch: held.assignment.epoch.rawValue, phase, finished: held.finished, committed: held.committed)
    }
  }
}
