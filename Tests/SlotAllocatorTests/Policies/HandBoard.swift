import Digests
import Fabric
import SlotAllocator

/// An application worked out by hand: tasks with the seconds of an item and the tasks that they wait for.
struct HandApplication {
  let name: String
  var tasks: [(name: String, seconds: Double, after: [Int])]

  static func chain(_ name: String, _ tasks: (String, Double)...) -> HandApplication {
    HandApplication(
      name: name, tasks: tasks.enumerated().map { ($0.element.0, $0.element.1, $0.offset == 0 ? [] : [$0.offset - 1]) })
  }

  /// Tasks that wait for nothing.
  static func side(_ name: String, _ tasks: (String, Double)...) -> HandApplication {
    HandApplication(name: name, tasks: tasks.map { ($0.0, $0.1, []) })
  }

  /// Nil where a name is none.
  var application: Application? {
    guard let input = EdgeName("in"), let out = ArgumentName("out") else { return nil }
    let names = tasks.compactMap { TaskName($0.name) }
    let kernels = tasks.compactMap { KernelName("tests/\(name)-\($0.name)@1") }
    let arguments = (0..<4).compactMap { ArgumentName("in\($0)") }
    let produced = tasks.compactMap { EdgeName("from-\($0.name)") }
    guard names.count == tasks.count, kernels.count == tasks.count, produced.count == tasks.count else { return nil }
    let roots = tasks.indices.filter { tasks[$0].after.isEmpty }.map {
      Edge.End(task: names[$0], argument: arguments[0])
    }
    let inner = tasks.indices.map { task in
      let readers = tasks.indices.compactMap { reader in
        tasks[reader].after.firstIndex(of: task).map { Edge.End(task: names[reader], argument: arguments[$0]) }
      }
      return Edge(
        name: produced[task], producer: Edge.End(task: names[task], argument: out), readers: readers,
        maximumByteCount: 1)
    }
    return Application(
      manifest: [], name: name,
      tasks: tasks.indices.map { task in
        let microseconds = Int(tasks[task].seconds * 1e6)
        return ApplicationTask(
          name: names[task], kernel: kernels[task], estimatedMicrosecondsPerItem: microseconds,
          measuredMicrosecondsPerItem: microseconds)
      }, edges: [Edge(name: input, producer: nil, readers: roots, maximumByteCount: 1)] + inner, bundles: [])
  }
}

/// A board of Little slots in virtual time, whose every configuration takes a second, and what its scheduler asks for: at each instant what has ended comes first, then
/// what arrives, then the decisions.
struct HandBoard {
  struct Arrival {
    let seconds: Double
    let job: Int
    let application: HandApplication
    var items = 1
    var priority = 1
  }

  private enum Event {
    case configured(SlotID)
    case finished(SlotID)
  }

  private let slotCount: Int
  private var scheduler: BoardScheduler
  private var events: [(milliseconds: Int, event: Event)] = []
  private var applications: [JobEpoch: (application: Application, stages: [Stage])] = [:]
  private var log: [String] = []

  init(slots: Int, _ policy: any Policy) {
    slotCount = slots
    scheduler = BoardScheduler(
      policy: policy, slots: (0..<slots).map { SlotDescriptor(slot: SlotID(rawValue: $0), kind: .little, frames: []) },
      configurationTimes: ConfigurationTimes(littleSeconds: 1, bigSeconds: 2), durations: .given)
  }

  /// Every decision until all jobs have ended or nothing happens any more: `2 1.A -> 0` is that at 2 s slot 0 is configured for job 1's task A, and
  /// `3 1.A[0] in 0` that its first item begins.
  mutating func decisions(_ arrivals: [Arrival]) throws -> [String] {
    var arrivals = arrivals
    var now = 0
    while true {
      try deliver(now)
      while let first = arrivals.first, Int(first.seconds * 1e3) <= now { try admit(arrivals.removeFirst(), at: now) }
      for action in scheduler.next(at: instant(now), mayLaunch: true) { begin(action, at: now) }
      let hasJobs = !arrivals.isEmpty || !scheduler.board.jobs.isEmpty
      let update = scheduler.nextUpdate.map { Int($0.nanoseconds / 1_000_000) }
      let ahead = [events.map(\.milliseconds).min(), arrivals.first.map { Int($0.seconds * 1e3) }, update].compactMap(
        \.self)
      guard hasJobs, let next = ahead.min(), log.count < 100 else { return log }
      now = next
    }
  }

  private func instant(_ milliseconds: Int) -> BoardInstant {
    BoardInstant(nanoseconds: Int64(milliseconds) * 1_000_000)
  }

  private mutating func deliver(_ now: Int) throws {
    let due = events.filter { $0.milliseconds <= now }
    events.removeAll { $0.milliseconds <= now }
    for (_, event) in due {
      switch event {
      case .configured(let slot): try scheduler.slotConfigured(slot)
      case .finished(let slot):
        guard let execution = try scheduler.launchFinished(slot, written: [:], at: instant(now)) else { break }
        guard let flow = scheduler.flow(of: execution) else { break }
        scheduler.itemsCommitted(execution, through: flow.resultCount)
        if flow.resultCount == flow.itemCount { scheduler.remove(execution) }
      }
    }
  }

  private mutating func admit(_ arrival: Arrival, at now: Int) throws {
    let execution = JobEpoch(job: JobID(rawValue: UInt64(arrival.job)), epoch: Epoch(rawValue: 1))
    guard let application = arrival.application.application else { return }
    let progress = Progress(of: application, finished: 0)
    guard let stages = StagePlanner.stages(for: application, images: images(of: application), progress: progress) else {
      return
    }
    applications[execution] = (application, stages)
    scheduler.admit(
      execution, priority: arrival.priority, stages: stages,
      flow: JobFlow(
        application: application, itemCount: arrival.items, checkpoint: Checkpoint(progress: progress, items: []),
        committed: 0), isReserved: false, at: instant(now))
    for _ in 0..<arrival.items { scheduler.itemLoaded(execution, byteCount: 1) }
  }

  private mutating func begin(_ action: BoardScheduler.Action, at now: Int) {
    switch action {
    case .configure(let slot, _, let execution):
      log.append("\(text(now)) \(text(execution, in: slot)) -> \(slot)")
      events.append((now + 1000, .configured(slot)))
    case .launch(let slot, let launch):
      guard let known = applications[launch.execution], let stage = scheduler.board[slot]?.assignment?.stage else {
        return
      }
      log.append("\(text(now)) \(text(launch.execution, in: slot))[\(launch.works[0].item)] in \(slot)")
      events.append((now + Int(known.stages[stage].estimatedSeconds * 1e3), .finished(slot)))
    }
  }

  private func text(_ milliseconds: Int) -> String {
    milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
  }

  /// The job and the task that a slot has.
  private func text(_ execution: JobEpoch, in slot: SlotID) -> String {
    guard let known = applications[execution], let stage = scheduler.board[slot]?.assignment?.stage else { return "?" }
    return "\(execution.job).\(known.application.tasks[known.stages[stage].firstTask].name)"
  }

  /// One image for each task, for all slots.
  private func images(of application: Application) -> [Image] {
    application.tasks.map { task in
      let digest = Digest(of: Array(task.kernel.text.utf8))
      let inputs = application.edges.flatMap(\.readers).filter { $0.task == task.name }.map(\.argument)
      let outputs = application.edges.compactMap(\.producer).filter { $0.task == task.name }.map(\.argument)
      let arguments = inputs.map { ($0, ArgumentRegisters.Direction.input) } + outputs.map { ($0, .output) }
      return Image(
        manifest: [], id: ImageID(rawValue: digest), name: task.name.text, function: .kernel(task.kernel),
        model: "tests",
        shell: ShellID(rawValue: digest), slotKind: .little, microsecondsPerLaunch: 1,
        arguments: arguments.map {
          ArgumentRegisters(name: $0.0, direction: $0.1, addressOffset: 16, byteCountOffset: 24)
        },
        partials: (0..<slotCount).map { PartialReference(slot: SlotID(rawValue: $0), digest: digest, byteCount: 1) })
    }
  }
}
