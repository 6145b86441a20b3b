public import Fabric

extension PipelineModel {
  /// Every task of an application in a slot of its own.
  ///
  /// Nil when the sizes are beyond those of ``init(elements:itemCount:perConfiguration:)``. O(tasks x edges).
  public init?(
    tasksOf application: Application, itemCount: Int, perConfiguration: Duration,
    perItem: (ApplicationTask) -> Duration
  ) {
    let groups = application.tasks.map { Group(tasks: [$0.name], perLaunch: perItem($0), stageCount: 1) }
    self.init(groups, edges: application.edges, itemCount: itemCount, perConfiguration: perConfiguration)
  }

  /// Every bundle of an application in a slot of its own, none of its tasks alone.
  ///
  /// Nil when a task is in no bundle, a bundle has no time for its mode, or the sizes are beyond those of
  /// ``init(elements:itemCount:perConfiguration:)``. O(tasks x edges).
  public init?(
    bundlesOf application: Application, itemCount: Int, perConfiguration: Duration, mode: (Bundle) -> BundleMode
  ) {
    var groups: [Group] = []
    // Tasks are in a topological order, and a bundle's are consecutive: its first task gives its place.
    for task in application.tasks where !groups.contains(where: { $0.tasks.contains(task.name) }) {
      guard let bundle = application.bundles.first(where: { $0.tasks.contains(task.name) }) else { return nil }
      let mode = mode(bundle)
      guard let microseconds = bundle.microsecondsPerLaunch[mode] else { return nil }
      let stageCount = mode == .parallel ? bundle.tasks.count : 1
      groups.append(Group(tasks: bundle.tasks, perLaunch: .microseconds(microseconds), stageCount: stageCount))
    }
    self.init(groups, edges: application.edges, itemCount: itemCount, perConfiguration: perConfiguration)
  }

  /// The tasks that share a slot.
  private struct Group {
    let tasks: [TaskName]
    let perLaunch: Duration
    let stageCount: Int
  }

  private init?(_ groups: [Group], edges: [Edge], itemCount: Int, perConfiguration: Duration) {
    var groupOfTask: [TaskName: Int] = [:]
    for (index, group) in groups.enumerated() {
      for task in group.tasks { groupOfTask[task] = index }
    }
    var predecessors = Array(repeating: Set<Int>(), count: groups.count)
    for edge in edges {
      guard let producer = edge.producer, let from = groupOfTask[producer.task] else { continue }
      for reader in edge.readers {
        if let to = groupOfTask[reader.task], to != from { predecessors[to].insert(from) }
      }
    }
    let elements = zip(groups, predecessors).map { group, predecessors in
      Element(perLaunch: group.perLaunch, stageCount: group.stageCount, after: predecessors.sorted())
    }
    self.init(elements: elements, itemCount: itemCount, perConfiguration: perConfiguration)
  }
}
