/// A DAG of tasks that streams items: what a tenant submits, as a validated value.
///
/// Made only by decoding its manifest, which checks that names resolve, that the graph has no cycle and that there is one input and one
/// output edge.
public struct Application: ManifestValue {
  /// What all copies share: every message about a job carries its application.
  @usableFromInline
  final class Content: Sendable, Equatable {
    @usableFromInline let manifest: [UInt8]
    @usableFromInline let name: String
    @usableFromInline let tasks: [ApplicationTask]
    @usableFromInline let edges: [Edge]
    @usableFromInline let bundles: [Bundle]

    init(manifest: [UInt8], name: String, tasks: [ApplicationTask], edges: [Edge], bundles: [Bundle]) {
      self.manifest = manifest
      self.name = name
      self.tasks = tasks
      self.edges = edges
      self.bundles = bundles
    }

    @usableFromInline static func == (a: Content, b: Content) -> Bool {
      a === b
        || a.manifest == b.manifest && a.name == b.name && a.tasks == b.tasks && a.edges == b.edges
          && a.bundles == b.bundles
    }
  }

  @usableFromInline let content: Content

  /// The JSON text that this value was decoded from.
  @inlinable public var manifest: [UInt8] { content.manifest }
  @inlinable public var name: String { content.name }
  /// The tasks in a topological order.
  @inlinable public var tasks: [ApplicationTask] { content.tasks }
  @inlinable public var edges: [Edge] { content.edges }
  @inlinable public var bundles: [Bundle] { content.bundles }

  package init(manifest: [UInt8], name: String, tasks: [ApplicationTask], edges: [Edge], bundles: [Bundle]) {
    self.content = Content(manifest: manifest, name: name, tasks: tasks, edges: edges, bundles: bundles)
  }

  /// Hashes the manifest, which says all of an application, and the name for those that have none.
  public func hash(into hasher: inout Hasher) {
    manifest.withUnsafeBytes { hasher.combine(bytes: $0) }
    hasher.combine(name)
  }

  /// The edge that takes the job's items.
  public var inputEdge: Edge? { edges.first { $0.producer == nil } }
  /// The edge that hands the results out.
  public var outputEdge: Edge? { edges.first { $0.readers.isEmpty } }

  /// The board memory that a job of so many items needs: a ring of item buffers for each edge, in bytes.
  ///
  /// At most `Int.max`, which no board has. O(edges).
  public func ringByteCount(itemCount: Int) -> Int {
    let capacity = max(1, min(itemCount, Limits.itemsPerRing))
    return edges.reduce(0) { sum, edge in
      let ring = edge.maximumByteCount.multipliedReportingOverflow(by: capacity)
      let total = sum.addingReportingOverflow(ring.partialValue)
      return ring.overflow || total.overflow ? .max : total.partialValue
    }
  }
}

/// A step of an application: one kernel, item by item.
public struct ApplicationTask: Sendable, Hashable, Codable {
  public let name: TaskName
  public let kernel: KernelName
  /// What a scheduler assumes for one item.
  public let estimatedMicrosecondsPerItem: Int
  /// What a board measured for one item.
  public let measuredMicrosecondsPerItem: Int
  public init(
    name: TaskName, kernel: KernelName, estimatedMicrosecondsPerItem: Int, measuredMicrosecondsPerItem: Int
  ) {
    self.name = name
    self.kernel = kernel
    self.estimatedMicrosecondsPerItem = estimatedMicrosecondsPerItem
    self.measuredMicrosecondsPerItem = measuredMicrosecondsPerItem
  }
}

/// A stream of items from one task to others; without a producer it is the job's input, without readers its output.
public struct Edge: Sendable, Hashable, Codable {
  /// A task's buffer argument.
  public struct End: Sendable, Hashable, Codable {
    public let task: TaskName
    public let argument: ArgumentName
    public init(task: TaskName, argument: ArgumentName) {
      self.task = task
      self.argument = argument
    }
  }
  public let name: EdgeName
  public let producer: End?
  public let readers: [End]
  /// The most bytes that one item takes on this edge.
  public let maximumByteCount: Int
  public init(name: EdgeName, producer: End?, readers: [End], maximumByteCount: Int) {
    self.name = name
    self.producer = producer
    self.readers = readers
    self.maximumByteCount = maximumByteCount
  }
}

/// How a bundle's stages run.
public enum BundleMode: String, Sendable, Hashable, Codable, CaseIterable {
  /// One launch per item runs every stage in turn.
  case serial
  /// All stages at once, items overlapped: items + stages - 1 launches.
  case parallel
}

/// Consecutive tasks compiled into one Big image.
public struct Bundle: Sendable, Hashable, Codable {
  public let name: TaskName
  public let tasks: [TaskName]
  /// Microseconds per launch in each mode that exists.
  public let microsecondsPerLaunch: [BundleMode: Int]
  public init(name: TaskName, tasks: [TaskName], microsecondsPerLaunch: [BundleMode: Int]) {
    self.name = name
    self.tasks = tasks
    self.microsecondsPerLaunch = microsecondsPerLaunch
  }
}

extension BundleMode: CodingKeyRepresentable {}
