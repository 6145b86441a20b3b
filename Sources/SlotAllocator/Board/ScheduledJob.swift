public import Fabric

/// A job as a policy sees it: what can run it, and where its items are.
public struct ScheduledJob: Sendable, Hashable {
  enum Mode: Sendable, Hashable {
    /// Slots are configured ahead, nothing is launched.
    case reserved
    case running
    /// Items in flight end; it has no slot beside those that run them.
    case stopped
  }
  public let execution: JobEpoch
  /// When the board took it.
  public let arrival: BoardInstant
  /// 1 (least) to 9 (most).
  public let priority: Int
  /// Whose job it is, where that is known.
  public let tenant: TenantName?
  /// Every stage that the board's images allow: first each task by itself, then bundles.
  public let stages: [Stage]
  /// What a launch of each stage takes, in seconds, as far as is known.
  public internal(set) var launchSeconds: [Double]
  /// What is left of it; kept, since policies order all jobs by it whenever one has moved.
  package private(set) var remaining = RemainingWork()
  /// Stages that cover each task once, a task by itself where possible; of those for which the board has a healthy slot.
  public internal(set) var cover: [Int] = []
  /// Whether the ``cover`` has every task.
  var isCovered = false
  public internal(set) var flow: JobFlow
  var mode: Mode

  /// The stage of each task by itself, if there is one.
  private let stagesAlone: [Int?]
  /// The stages' positions in the order of their tasks.
  let stagesInOrder: [Int]

  init(
    execution: JobEpoch, arrival: BoardInstant, priority: Int, tenant: TenantName?, stages: [Stage],
    launchSeconds: [Double], flow: JobFlow, mode: Mode
  ) {
    self.execution = execution
    self.arrival = arrival
    self.priority = priority
    self.tenant = tenant
    self.stages = stages
    self.launchSeconds = launchSeconds
    self.flow = flow
    self.mode = mode
    var alone = [Int?](repeating: nil, count: flow.application.tasks.count)
    for index in stages.indices where stages[index].bundle == nil { alone[stages[index].firstTask] = index }
    self.stagesAlone = alone
    self.stagesInOrder = stages.indices.sorted { (stages[$0].firstTask, $0) < (stages[$1].firstTask, $1) }
  }

  /// What an item of a task takes by itself, in seconds, as far as is known.
  func taskSeconds(_ task: Int) -> Double {
    stagesAlone[task].map { launchSeconds[$0] } ?? Double(flow.application.tasks[task].estimatedMicrosecondsPerItem)
      / 1e6
  }

  /// Counts anew what is left: items have ended, or a duration or the ``cover`` has changed.
  mutating func updateRemaining() { remaining = countedRemaining() }

  public var taskCount: Int { flow.application.tasks.count }
  public var itemCount: Int { flow.itemCount }
  public var isStopped: Bool { mode == .stopped }

  /// How many launches of a stage could begin now, side by side; 0 for a job that only reserves.
  public func readyLaunches(of stage: Int) -> Int {
    guard mode == .running, !flow.isBegun else { return 0 }
    var most = 0
    for part in stages[stage].parts { most = max(most, flow.readyItems(of: part)) }
    return most
  }

  /// Whether a launch of the stage could begin now.
  public func isReady(_ stage: Int) -> Bool { readyLaunches(of: stage) > 0 }

  /// Whether the stage has nothing more to begin.
  public func isExhausted(_ stage: Int) -> Bool {
    flow.isBegun || stages[stage].parts.allSatisfy { part in part.tasks.allSatisfy { flow.unbegun($0) == 0 } }
  }

  /// Whether every task has begun every item.
  public var isExhausted: Bool { flow.isBegun }

  /// What a launch of the stage would work on now.
  func works(of stage: Int) -> [Launch.Work] {
    guard mode == .running else { return [] }
    var works: [Launch.Work] = []
    for (index, part) in stages[stage].parts.enumerated() where flow.readyItems(of: part) > 0 {
      guard let item = flow.nextItem(of: part) else { continue }
      works.append(Launch.Work(part: index, item: item))
    }
    return works
  }
}
