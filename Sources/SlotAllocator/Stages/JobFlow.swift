public import Fabric

/// Where a job's items are: which each task has begun and finished, and which wait in the rings between tasks.
///
/// Every edge is a ring of `capacity` item buffers: item `i` lies in buffer `i % capacity`, from the end of its production until its last
/// reader has finished it. The input edge is filled by loading, the output edge is emptied by the broker's commits. A task's items are begun in
/// order; several slots may work on them, so that they end in any order, but they are handed on in order: an item counts as finished when all before it are.
public struct JobFlow: Sendable, Hashable {
  /// How far a task is.
  struct TaskState: Sendable, Hashable {
    /// The first so many items were begun.
    var begun: Int
    /// The first so many items have ended.
    var finished: Int
    /// Bit `i` says that item `finished + i` has ended before its turn.
    var early: UInt64 = 0

    mutating func end(_ item: Int) {
      guard item == finished else { return early |= 1 << UInt64(item - finished) }
      let run = 1 + (early >> 1).trailingOnes
      finished += run
      early = run < 64 ? early >> UInt64(run) : 0
    }
  }

  public let itemCount: Int
  /// Item buffers of each edge.
  public let capacity: Int
  private(set) var tasks: [TaskState]
  /// Items that the tasks have not begun, summed: whoever looks at a board with many jobs passes quickly over those that need nothing.
  private var unbegunCount: Int
  /// Items of the input edge that are in board memory: the first so many.
  public private(set) var loaded: Int
  /// Results that the broker has committed: the first so many.
  public private(set) var committed: Int
  /// The bytes that each buffer holds, edge by edge.
  private var byteCounts: [Int]
  private let graph: FlowGraph

  /// The most items of one task that are begun and not handed on; ``TaskState/early`` has a bit for each.
  static let window = 64

  /// Starts at a checkpoint.
  ///
  /// `committed` counts at least the items that are committed, and never more than the last task has finished. `capacity` is the number of item buffers of
  /// each edge, at most one for each item.
  public init(
    application: Application, itemCount: Int, checkpoint: Checkpoint, committed: Int,
    capacity: Int = Limits.itemsPerRing
  ) {
    let capacity = Self.capacity(itemCount: itemCount, limit: capacity)
    self.itemCount = itemCount
    self.capacity = capacity
    self.tasks = application.tasks.map {
      let finished = checkpoint.progress[$0.name]
      return TaskState(begun: finished, finished: finished)
    }
    self.unbegunCount = tasks.reduce(0) { $0 + max(0, itemCount - $1.begun) }
    self.committed = committed
    self.byteCounts = [Int](repeating: 0, count: capacity * application.edges.count)
    self.graph = FlowGraph(application)
    self.loaded = 0
    self.loaded = inputEdge.map { consumed($0) } ?? 0
    for saved in checkpoint.items {
      guard let edge = application.edges.firstIndex(where: { $0.name == saved.edge }) else { continue }
      setByteCount(saved.blob.byteCount, of: saved.item, on: edge)
    }
  }

  public var application: Application { graph.application }

  /// Item buffers of each edge: at most one for each item.
  public static func capacity(itemCount: Int, limit: Int = Limits.itemsPerRing) -> Int { max(1, min(itemCount, limit)) }

  /// Each task's finished prefix.
  public var progress: Progress {
    Progress(
      tasks: zip(application.tasks, tasks).map { TaskProgress(task: $0.name, finished: $1.finished) })
  }

  /// Items that a task has finished, the first so many; the task by its position.
  public func finished(_ task: Int) -> Int { tasks[task].finished }

  /// Whether every task has begun every item.
  var isBegun: Bool { unbegunCount == 0 }

  /// Items that a task has not begun.
  public func unbegun(_ task: Int) -> Int { itemCount - tasks[task].begun }

  // MARK: Edges, by position

  /// The edge that takes the job's items.
  public var inputEdge: Int? { graph.inputEdge }

  /// The first edge that hands results out.
  public var outputEdge: Int? { graph.outputEdges.first }

  /// The task that fills an edge; nil for the input edge.
  func producer(of edge: Int) -> Int? { graph.producers[edge] }

  /// Items that the edge's producer has put in: the first so many.
  public func produced(_ edge: Int) -> Int { graph.producers[edge].map { tasks[$0].finished } ?? loaded }

  /// Items that every reader of the edge has finished: the first so many.
  public func consumed(_ edge: Int) -> Int {
    var least = Int.max
    for reader in graph.readers[edge] { least = min(least, tasks[reader].finished) }
    return least == .max ? committed : least
  }

  /// The bytes of an item that waits on an edge.
  public func byteCount(of item: Int, on edge: Int) -> Int { byteCounts[edge * capacity + item % capacity] }

  /// Whether every item has passed every task.
  package var isComputed: Bool { tasks.allSatisfy { $0.finished == itemCount } }

  /// The number of results that wait to be committed or are: of the first so many items every output is there.
  public var resultCount: Int {
    var least = Int.max
    for edge in graph.outputEdges { least = min(least, produced(edge)) }
    return least == .max ? 0 : least
  }

  // MARK: Launches

  /// The item that a part of a stage works on next, if its tasks are equally far and have not begun the whole batch.
  package func nextItem(of part: Stage.Part) -> Int? {
    let item = tasks[part.tasks[0]].begun
    for task in part.tasks where tasks[task].begun != item { return nil }
    return item < itemCount ? item : nil
  }

  /// How many launches of a part could begin now, side by side.
  package func readyItems(of part: Stage.Part) -> Int {
    guard let item = nextItem(of: part) else { return 0 }
    var ready = itemCount - item
    for task in part.tasks { ready = min(ready, tasks[task].finished + Self.window - item) }
    for port in part.inputs { ready = min(ready, produced(port.edge) - item) }
    for port in part.outputs { ready = min(ready, capacity + consumed(port.edge) - item) }
    return max(0, ready)
  }

  /// The next item of the input edge to load, if its ring has room.
  public var nextLoad: Int? {
    guard let input = inputEdge, loaded < itemCount, loaded - consumed(input) < capacity else { return nil }
    return loaded
  }

  /// The items that a checkpoint must carry: those on inner edges and the uncommitted results.
  public var neededItems: [(edge: EdgeName, item: Int, byteCount: Int)] {
    application.edges.indices.filter { graph.producers[$0] != nil }.flatMap { edge in
      (consumed(edge)..<max(consumed(edge), produced(edge))).map { item in
        (edge: application.edges[edge].name, item: item, byteCount: byteCount(of: item, on: edge))
      }
    }
  }

  /// The input edge has one more item in board memory.
  package mutating func itemLoaded(byteCount: Int) {
    guard let input = inputEdge else { return }
    setByteCount(byteCount, of: loaded, on: input)
    loaded += 1
  }

  /// A part of a stage works on its next item.
  package mutating func begin(_ part: Stage.Part) {
    for task in part.tasks { tasks[task].begun += 1 }
    unbegunCount -= part.tasks.count
  }

  /// A part of a stage has ended an item, writing these bytes.
  package mutating func end(_ part: Stage.Part, item: Int, written: [ArgumentName: Int]) {
    for port in part.outputs { setByteCount(written[port.argument] ?? 0, of: item, on: port.edge) }
    for task in part.tasks { tasks[task].end(item) }
  }

  /// The broker has committed the first `count` items.
  package mutating func itemsCommitted(through count: Int) { committed = max(committed, count) }

  private mutating func setByteCount(_ byteCount: Int, of item: Int, on edge: Int) {
    byteCounts[edge * capacity + item % capacity] = byteCount
  }
}

extension UInt64 {
  /// How many of the lowest bits are 1 in a row.
  fileprivate var trailingOnes: Int { (~self).trailingZeroBitCount }
}
