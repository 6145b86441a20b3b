public import Fabric

/// Where a job's items are: each task's finished prefix and the items that wait in the rings between tasks.
///
/// Every edge is a ring of `capacity` item buffers: item `i` lies in buffer `i % capacity`, from the end of its production until its last
/// reader has finished it. The input edge is filled by loading, the output edge is emptied by the broker's commits.
public struct JobFlow: Sendable, Hashable {
  public let application: Application
  public let itemCount: Int
  /// Item buffers of each edge.
  public let capacity: Int
  public private(set) var progress: Progress
  /// Items of the input edge that are in board memory: the first so many.
  public private(set) var loaded: Int
  /// Results that the broker has committed: the first so many.
  public private(set) var committed: Int
  /// The bytes that each buffer of each edge holds.
  private var byteCounts: [EdgeName: [Int]]

  /// Starts at a checkpoint.
  ///
  /// `committed` counts at least the items that are committed, and never more than the last task has finished.
  public init(application: Application, itemCount: Int, checkpoint: Checkpoint, committed: Int) {
    let capacity = max(1, min(itemCount, Limits.itemsPerRing))
    self.application = application
    self.itemCount = itemCount
    self.capacity = capacity
    // Task by task, so that one that the checkpoint does not list begins at 0.
    self.progress = Progress(
      tasks: application.tasks.map { TaskProgress(task: $0.name, finished: checkpoint.progress[$0.name]) })
    self.committed = committed
    self.byteCounts = Dictionary(
      uniqueKeysWithValues: application.edges.map { ($0.name, [Int](repeating: 0, count: capacity)) })
    self.loaded = 0
    self.loaded = application.inputEdge.map { consumed($0) } ?? 0
    for saved in checkpoint.items { setByteCount(saved.blob.byteCount, of: saved.item, on: saved.edge) }
  }

  /// Items that the edge's producer has put in: the first so many.
  public func produced(_ edge: Edge) -> Int { edge.producer.map { progress[$0.task] } ?? loaded }

  /// Items that every reader of the edge has finished: the first so many.
  public func consumed(_ edge: Edge) -> Int { edge.readers.map { progress[$0.task] }.min() ?? committed }

  /// The bytes of an item that waits on an edge.
  public func byteCount(of item: Int, on edge: EdgeName) -> Int { byteCounts[edge]?[item % capacity] ?? 0 }

  /// Whether every item has passed every task.
  package var isComputed: Bool { progress.tasks.allSatisfy { $0.finished == itemCount } }

  /// The next item of a stage, and whether it could be launched now.
  public func nextItem(of stage: Stage) -> (item: Int, isReady: Bool)? {
    guard let first = stage.tasks.first, progress[first] < itemCount else { return nil }
    let item = progress[first]
    let hasInputs = stage.inputs.allSatisfy { port in edge(port.edge).map { produced($0) > item } ?? false }
    let hasRoom = stage.outputs.allSatisfy { port in
      edge(port.edge).map { item - consumed($0) < capacity } ?? false
    }
    return (item, hasInputs && hasRoom)
  }

  /// Whether a stage can go on without any other: its next item can be launched now, or as soon as inputs that have room are loaded and
  /// results that wait are committed.
  public func needsNoOtherStage(_ stage: Stage) -> Bool {
    guard let (item, isReady) = nextItem(of: stage) else { return false }
    if isReady { return true }
    let hasInputs = stage.inputs.allSatisfy { port in
      edge(port.edge).map { produced($0) > item || ($0.producer == nil && nextLoad == item) } ?? false
    }
    let hasRoom = stage.outputs.allSatisfy { port in
      edge(port.edge).map { item - consumed($0) < capacity || $0.readers.isEmpty } ?? false
    }
    return hasInputs && hasRoom
  }

  /// The next item of the input edge to load, if its ring has room.
  public var nextLoad: Int? {
    guard let input = application.inputEdge, loaded < itemCount, loaded - consumed(input) < capacity else { return nil }
    return loaded
  }

  /// The items that a checkpoint must carry: those on inner edges and the uncommitted results.
  public var neededItems: [(edge: EdgeName, item: Int, byteCount: Int)] {
    application.edges.filter { $0.producer != nil }.flatMap { edge in
      (consumed(edge)..<max(consumed(edge), produced(edge))).map { item in
        (edge: edge.name, item: item, byteCount: byteCount(of: item, on: edge.name))
      }
    }
  }

  /// The input edge has one more item in board memory.
  public mutating func itemLoaded(byteCount: Int) {
    guard let input = application.inputEdge else { return }
    setByteCount(byteCount, of: loaded, on: input.name)
    loaded += 1
  }

  /// A stage has finished its next item, writing these bytes.
  public mutating func itemFinished(_ stage: Stage, written: [ArgumentName: Int]) {
    guard let first = stage.tasks.first else { return }
    let item = progress[first]
    for port in stage.outputs { setByteCount(written[port.argument] ?? 0, of: item, on: port.edge) }
    for task in stage.tasks { progress[task] = item + 1 }
  }

  /// The broker has committed the first `count` items.
  public mutating func itemsCommitted(through count: Int) { committed = max(committed, count) }

  private func edge(_ name: EdgeName) -> Edge? { application.edges.first { $0.name == name } }

  private mutating func setByteCount(_ byteCount: Int, of item: Int, on edge: EdgeName) {
    byteCounts[edge]?[item % capacity] = byteCount
  }
}
