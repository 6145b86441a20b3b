import Fabric
import SlotAllocator

/// What is true of a job whatever the scheduler believes, kept in the simplest way.
struct ModelJob {
  private(set) var execution: JobEpoch
  /// Whether the job still runs elsewhere.
  private(set) var isReserved: Bool
  let application: Application
  let plans: [StagePlan]
  let items: Int
  private(set) var finished: [TaskName: Int] = [:]
  private(set) var inFlight: Set<TaskName> = []
  private(set) var loaded = 0
  private(set) var committed = 0
  var configurations = 0

  init(_ execution: JobEpoch, _ application: Application, plans: [StagePlan], items: Int, isReserved: Bool) {
    self.execution = execution
    self.isReserved = isReserved
    self.application = application
    self.plans = plans
    self.items = items
  }

  var window: Int { min(items, Limits.itemsPerRing) }
  var isDone: Bool { committed == items }
  var isLoadable: Bool {
    guard let edge = application.inputEdge else { return false }
    return !isReserved && loaded < items && loaded - drained(edge) < window
  }
  var isCommittable: Bool { application.outputEdge.map { committed < filled($0) } ?? false }

  private func done(_ task: TaskName) -> Int { finished[task] ?? 0 }
  private func filled(_ edge: Edge) -> Int { edge.producer.map { done($0.task) } ?? loaded }
  private func drained(_ edge: Edge) -> Int { edge.readers.map { done($0.task) }.min() ?? committed }

  /// The bytes that an item has on an edge; its own for each, so that a mix-up shows.
  static func byteCount(_ item: Int, on edge: EdgeName) -> Int {
    edge.text.utf8.reduce(item + 1) { ($0 * 31 + Int($1)) % 4096 }
  }

  /// The job has come, under its next epoch.
  mutating func come() {
    execution.epoch = execution.epoch.next
    isReserved = false
  }

  mutating func load() -> Int? {
    guard let edge = application.inputEdge else { return nil }
    loaded += 1
    return Self.byteCount(loaded - 1, on: edge.name)
  }

  mutating func commit() -> Int {
    committed += 1
    return committed
  }

  /// The tasks that a launch runs, known by the edges it writes.
  func tasks(of launch: Launch) -> [TaskName]? {
    let edges = Set(launch.arguments.map(\.edge))
    return plans.flatMap(\.stages).first {
      $0.image == launch.image && Set(($0.inputs + $0.outputs).map(\.edge)) == edges
    }?
    .tasks
  }

  /// Begins a launch, or says what is wrong with it.
  mutating func begin(_ launch: Launch) -> String? {
    guard !isReserved else { return "the job runs elsewhere" }
    guard let tasks = tasks(of: launch) else { return "no stage has these arguments" }
    for task in tasks {
      guard done(task) == launch.item else { return "'\(task)' has finished \(done(task)) items" }
      guard launch.item < items else { return "the batch has \(items) items" }
      guard inFlight.insert(task).inserted else { return "'\(task)' has an item in flight" }
    }
    for argument in launch.arguments {
      guard let edge = application.edges.first(where: { $0.name == argument.edge }) else { return "no such edge" }
      guard argument.ringIndex == launch.item % window else { return "wrong buffer on '\(edge.name)'" }
      if let producer = edge.producer, tasks.contains(producer.task) {
        guard launch.item - drained(edge) < window else { return "the ring of '\(edge.name)' is full" }
      } else {
        guard launch.item < filled(edge) else { return "no item on '\(edge.name)'" }
        guard argument.byteCount == Self.byteCount(launch.item, on: edge.name) else { return "wrong bytes" }
      }
    }
    return nil
  }

  /// Ends a launch; gives what it wrote.
  mutating func end(_ launch: Launch, succeeded: Bool) -> [ArgumentName: Int] {
    for task in tasks(of: launch) ?? [] {
      inFlight.remove(task)
      if succeeded { finished[task] = launch.item + 1 }
    }
    let written = launch.arguments.map { ($0.name, Self.byteCount(launch.item, on: $0.edge)) }
    return Dictionary(written) { first, _ in first }
  }

  /// The most configurations that are reasonable: every stage once for each ring's worth of items, and once more for what is configured
  /// ahead and taken back, or fails; and once more where the job came while its slots were still being configured.
  var configurationLimit: Int {
    let rounds = (items + window - 1) / window
    return application.tasks.count * (rounds + (execution.epoch.rawValue > 1 ? 2 : 1))
  }
}
