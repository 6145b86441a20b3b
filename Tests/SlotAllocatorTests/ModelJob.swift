import Fabric
import SlotAllocator

/// What is true of a job whatever the scheduler believes, kept in the simplest way: which items each task has ended, and which item lies in each
/// buffer.
struct ModelJob {
  enum Phase { case reserved, running, stopping }
  /// A task whose launch an argument belongs to, and the edge behind the argument.
  private struct Port: Hashable {
    let argument: String
    let edge: EdgeName
    let isInput: Bool
  }
  private struct Place: Hashable {
    let edge: EdgeName
    let index: Int
  }

  private(set) var execution: JobEpoch
  private(set) var phase: Phase
  let application: Application
  let items: Int
  private var ended: [TaskName: Set<Int>] = [:]
  private var inFlight: [TaskName: Set<Int>] = [:]
  private var buffers: [Place: Int] = [:]
  private var loaded = 0
  private(set) var committed = 0

  init(_ execution: JobEpoch, _ application: Application, items: Int, isReserved: Bool) {
    self.execution = execution
    self.phase = isReserved ? .reserved : .running
    self.application = application
    self.items = items
  }

  var window: Int { min(items, Limits.itemsPerRing) }
  var isDone: Bool { committed == items }
  var isLoadable: Bool {
    guard phase == .running, loaded < items, let edge = application.inputEdge else { return false }
    return isFree(edge, for: loaded)
  }
  var isCommittable: Bool {
    guard let edge = application.outputEdge, let producer = edge.producer else { return false }
    return hasEnded(producer.task, committed)
  }

  private func hasEnded(_ task: TaskName, _ item: Int) -> Bool { ended[task]?.contains(item) == true }

  /// Whether the buffer that an item takes was read by all that had to.
  private func isFree(_ edge: Edge, for item: Int) -> Bool {
    let former = item - window
    guard former >= 0 else { return true }
    return edge.readers.isEmpty ? former < committed : edge.readers.allSatisfy { hasEnded($0.task, former) }
  }

  /// The bytes that an item has on an edge; its own for each, so that a mix-up shows.
  static func byteCount(_ item: Int, on edge: EdgeName) -> Int {
    edge.text.utf8.reduce(item + 1) { ($0 * 31 + Int($1)) % 4096 }
  }

  // MARK: What happens

  /// The job has come under its next epoch, with what a checkpoint carries.
  mutating func come() {
    execution.epoch = execution.epoch.next
    phase = .running
    guard let input = application.inputEdge else { return }
    // The inputs are brought in again.
    loaded = (0..<items).first { item in !input.readers.allSatisfy { hasEnded($0.task, item) } } ?? items
    buffers = buffers.filter { $0.key.edge != input.name }
  }

  mutating func stop() { phase = .stopping }

  mutating func load() -> Int? {
    guard let edge = application.inputEdge else { return nil }
    buffers[Place(edge: edge.name, index: loaded % window)] = loaded
    loaded += 1
    return Self.byteCount(loaded - 1, on: edge.name)
  }

  mutating func commit() -> Int {
    committed += 1
    return committed
  }

  /// Begins a launch, or says what is wrong with it.
  mutating func begin(_ launch: Launch, of function: ImageFunction) -> String? {
    guard phase == .running else { return "the job does not run here" }
    guard let parts = tasks(of: launch, function) else { return "no task has these arguments" }
    // All that a launch reads is there when it begins, whatever it writes.
    for (work, tasks) in zip(launch.works, parts) {
      for port in ports(of: tasks) where port.isInput {
        guard buffers[Place(edge: port.edge, index: work.item % window)] == work.item else {
          return "no \(work.item) on '\(port.edge)'"
        }
      }
    }
    for (work, tasks) in zip(launch.works, parts) {
      guard work.item < items else { return "the batch has \(items) items" }
      for task in tasks {
        guard !hasEnded(task, work.item), inFlight[task, default: []].insert(work.item).inserted else {
          return "'\(task)' computes \(work.item) again"
        }
      }
      for edge in application.edges where edge.producer.map({ tasks.contains($0.task) }) == true {
        guard isFree(edge, for: work.item) else { return "the buffer of \(work.item) on '\(edge.name)' is in use" }
      }
    }
    for argument in launch.arguments {
      let item = launch.works.map(\.item).first { $0 % window == argument.ringIndex }
      let isInput = argument.name.text.contains("i")
      guard let item, argument.byteCount == (isInput ? Self.byteCount(item, on: argument.edge) : 4096) else {
        return "wrong buffer or bytes: \(argument)"
      }
    }
    return nil
  }

  /// Ends a launch well; gives what it wrote.
  mutating func end(_ launch: Launch, of function: ImageFunction) -> [ArgumentName: Int] {
    var written: [ArgumentName: Int] = [:]
    for (work, tasks) in zip(launch.works, tasks(of: launch, function) ?? []) {
      for task in tasks {
        inFlight[task]?.remove(work.item)
        ended[task, default: []].insert(work.item)
      }
      for port in ports(of: tasks) where !port.isInput {
        buffers[Place(edge: port.edge, index: work.item % window)] = work.item
      }
      for argument in launch.arguments where prefix(argument.name) == prefix(of: work, function) {
        written[argument.name] = Self.byteCount(work.item, on: argument.edge)
      }
    }
    return written
  }

  /// What is wrong with a checkpoint of the job, which runs nowhere.
  func check(_ flow: JobFlow) -> String? {
    for task in flow.progress.tasks where Set(0..<task.finished) != ended[task.task] ?? [] {
      return "'\(task.task)' has ended \(ended[task.task] ?? []), not the first \(task.finished)"
    }
    var needed: Set<String> = []
    for edge in application.edges {
      guard let producer = edge.producer else { continue }
      for item in ended[producer.task] ?? [] {
        let isUsed = edge.readers.isEmpty ? item < committed : edge.readers.allSatisfy { hasEnded($0.task, item) }
        if !isUsed { needed.insert("\(edge.name) \(item) \(Self.byteCount(item, on: edge.name))") }
      }
    }
    let saved = Set(flow.neededItems.map { "\($0.edge) \($0.item) \($0.byteCount)" })
    return saved == needed ? nil : "saves \(saved.sorted()), needed is \(needed.sorted())"
  }

  // MARK: Which tasks a launch runs

  /// The tasks of each work of a launch: those that run the image's kernels and have the launch's arguments.
  private func tasks(of launch: Launch, _ function: ImageFunction) -> [[TaskName]]? {
    let given = Set(launch.arguments.map { "\($0.name) \($0.edge)" })
    let ways: [[[TaskName]]] =
      switch function {
      case .kernel(let kernel): application.tasks.filter { $0.kernel == kernel }.map { [[$0.name]] }
      case .bundle(.serial, let kernels): bundles(of: kernels).map { [$0.tasks] }
      case .bundle(.parallel, let kernels):
        bundles(of: kernels).map { bundle in launch.works.map { [bundle.tasks[$0.part]] } }
      }
    return ways.first { way in
      let expected = zip(launch.works, way).flatMap { work, tasks in
        ports(of: tasks).map { "\(prefix(of: work, function))\($0.argument) \($0.edge)" }
      }
      return Set(expected) == given && launch.works.count == way.count && expected.count == launch.arguments.count
    }
  }

  private func bundles(of kernels: [KernelName]) -> [Bundle] {
    application.bundles.filter { bundle in
      bundle.tasks.compactMap { name in application.tasks.first { $0.name == name }?.kernel } == kernels
    }
  }

  /// The buffer arguments of tasks in one part; what stays between them is none.
  private func ports(of tasks: [TaskName]) -> [Port] {
    application.edges.flatMap { edge -> [Port] in
      let readers = edge.readers.filter { tasks.contains($0.task) }
      let producer = edge.producer.flatMap { tasks.contains($0.task) ? $0 : nil }
      if producer != nil, !readers.isEmpty { return [] }
      return readers.map { Port(argument: $0.argument.text, edge: edge.name, isInput: true) }
        + (producer.map { [Port(argument: $0.argument.text, edge: edge.name, isInput: false)] } ?? [])
    }
  }

  private func prefix(of work: Launch.Work, _ function: ImageFunction) -> String {
    if case .bundle(.parallel, _) = function { "\(work.part)." } else { "" }
  }

  private func prefix(_ name: ArgumentName) -> String {
    name.text.firstIndex(of: ".").map { String(name.text[...$0]) } ?? ""
  }
}
