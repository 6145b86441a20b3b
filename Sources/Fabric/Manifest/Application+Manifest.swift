extension Application {
  /// Checks and takes over an application manifest; `Documentation/manifests.md` lists its keys.
  ///
  /// The tasks come in a topological order, and among those possible in the one that keeps the manifest's best.
  /// O(`manifest.count` + tasks² × edge ends), all of which have limits.
  ///
  /// - Throws: ``ManifestError`` with the place of the first fault.
  public init(manifest: [UInt8]) throws(ManifestError) {
    let entry = try ApplicationEntry.read(manifest)
    let tasks = entry.tasks.map(\.task)
    try Self.requireUnique(tasks.map(\.name), in: "tasks")
    try Self.requireUnique(entry.edges.map(\.name), in: "edges")
    let edges = try entry.resolvedEdges(tasks: tasks.map(\.name))
    let graph = TaskGraph(tasks: tasks.map(\.name), edges: edges)
    try graph.checkEnds()
    let order = try graph.topologicalOrder()
    let bundles = entry.bundles.map(\.bundle)
    try graph.check(bundles)
    self.init(manifest: manifest, name: entry.name, tasks: order.map { tasks[$0] }, edges: edges, bundles: bundles)
  }

  private static func requireUnique<N: Name>(_ names: [N], in list: String) throws(ManifestError) {
    var first: [N: Int] = [:]
    for (index, name) in names.enumerated() {
      if let other = first.updateValue(index, forKey: name) {
        throw ManifestError(
          .duplicateName, at: "\(list)[\(index)].name", "'\(name)' is also the name of \(list)[\(other)]")
      }
    }
  }
}

extension Application {
  /// Makes an application that has no author's manifest, and writes one.
  ///
  /// Nothing is checked here but bundles and their names: the caller's tasks are in a topological order, and every name
  /// is taken once. Unlike one that was submitted it may have several output edges, and then its manifest is refused by
  /// ``init(manifest:)``.
  ///
  /// - Throws: `manifest.badShape`, `manifest.duplicateName` or `manifest.unknownName` for a bundle.
  package init(
    name: String, tasks: [ApplicationTask], edges: [Edge], bundles: [Bundle]
  ) throws(ManifestError) {
    try TaskGraph(tasks: tasks.map(\.name), edges: edges).check(bundles)
    var members: [ApplicationEntry.Key: JSONValue] = [
      .schema: .integer(ApplicationEntry.schema), .name: .text(name), .tasks: .list(tasks.map(TaskEntry.json)),
      .edges: .list(edges.map(EdgeEntry.json)),
    ]
    if !bundles.isEmpty { members[.bundles] = .list(bundles.map(BundleEntry.json)) }
    self.init(
      manifest: JSONValue.object(members).manifest, name: name, tasks: tasks, edges: edges, bundles: bundles)
  }
}

/// The root of an application manifest.
private struct ApplicationEntry: ManifestRoot {
  static let schema = 1
  enum Key: String, ManifestKey { case schema, name, description, tasks, edges, bundles }
  let name: String
  let tasks: [TaskEntry]
  let edges: [EdgeEntry]
  let bundles: [BundleEntry]

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    name = try fields.name(.name)
    try fields.checkNotes(.description)
    tasks = try fields.list(.tasks, count: 1...Limits.tasksPerApplication)
    edges = try fields.list(.edges, count: 2...Limits.edgesPerApplication)
    bundles = try fields.optionalList(.bundles, count: 0...Limits.tasksPerApplication / 2)
  }

  /// The edges, where every end names a task and no end is taken twice.
  func resolvedEdges(tasks: [TaskName]) throws(ManifestError) -> [Edge] {
    let known = Set(tasks)
    var taken: [Edge.End: String] = [:]
    func resolve(_ text: String, at place: String) throws(ManifestError) -> Edge.End {
      // At the last dot, so that a task's name may have dots.
      guard let dot = text.lastIndex(of: "."), let task = TaskName(String(text[..<dot])),
        let argument = ArgumentName(String(text[text.index(after: dot)...]))
      else { throw ManifestError(.outOfRange, at: place, "'\(text.prefix(80))' is not TASK.argument") }
      guard known.contains(task) else {
        throw ManifestError(.unknownName, at: place, "there is no task '\(task)'")
      }
      let end = Edge.End(task: task, argument: argument)
      if let other = taken.updateValue(place, forKey: end) {
        throw ManifestError(.duplicateName, at: place, "'\(text)' is already connected by \(other)")
      }
      return end
    }
    var result: [Edge] = []
    for (index, edge) in edges.enumerated() {
      var producer: Edge.End?
      if let from = edge.from { producer = try resolve(from, at: "edges[\(index)].from") }
      var readers: [Edge.End] = []
      for (position, to) in edge.to.enumerated() {
        readers.append(try resolve(to, at: "edges[\(index)].to[\(position)]"))
      }
      if producer == nil, readers.isEmpty {
        throw ManifestError(.badShape, at: "edges[\(index)]", "it has neither 'from' nor 'to'")
      }
      result.append(
        Edge(name: edge.name, producer: producer, readers: readers, maximumByteCount: edge.maximumByteCount))
    }
    return result
  }
}

private struct TaskEntry: ManifestObject {
  enum Key: String, ManifestKey {
    case name, kernel, estimatedMicrosecondsPerItem, measuredMicrosecondsPerItem, provenance
  }
  let task: ApplicationTask

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    task = ApplicationTask(
      name: try fields.value(.name), kernel: try fields.value(.kernel),
      estimatedMicrosecondsPerItem: try fields.integer(
        .estimatedMicrosecondsPerItem, in: ManifestRange.microseconds),
      measuredMicrosecondsPerItem: try fields.integer(.measuredMicrosecondsPerItem, in: ManifestRange.microseconds))
    try fields.checkNotes(.provenance)
  }

  static func json(_ task: ApplicationTask) -> JSONValue {
    .object([
      Key.name: .text(task.name.text), .kernel: .text(task.kernel.text),
      .estimatedMicrosecondsPerItem: .integer(task.estimatedMicrosecondsPerItem),
      .measuredMicrosecondsPerItem: .integer(task.measuredMicrosecondsPerItem),
    ])
  }
}

private struct EdgeEntry: ManifestObject {
  enum Key: String, ManifestKey { case name, from, to, maximumByteCount }
  let name: EdgeName
  let from: String?
  let to: [String]
  let maximumByteCount: Int

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    name = try fields.value(.name)
    from = try fields.optionalValue(.from)
    to = try fields.optionalList(.to, count: ManifestRange.readersPerEdge)
    maximumByteCount = try fields.integer(.maximumByteCount, in: 1...Limits.blobByteCount)
  }

  static func json(_ edge: Edge) -> JSONValue {
    func text(_ end: Edge.End) -> JSONValue { .text("\(end.task).\(end.argument)") }
    var members: [Key: JSONValue] = [
      .name: .text(edge.name.text), .maximumByteCount: .integer(edge.maximumByteCount),
    ]
    if let producer = edge.producer { members[.from] = text(producer) }
    if !edge.readers.isEmpty { members[.to] = .list(edge.readers.map(text)) }
    return .object(members)
  }
}

private struct BundleEntry: ManifestObject {
  enum Key: String, ManifestKey { case name, tasks, microsecondsPerLaunch, provenance }
  let bundle: Bundle

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    let times: LaunchTimeEntry = try fields.value(.microsecondsPerLaunch)
    bundle = Bundle(
      name: try fields.value(.name), tasks: try fields.list(.tasks, count: ManifestRange.bundleStages),
      microsecondsPerLaunch: times.byMode)
    try fields.checkNotes(.provenance)
  }

  static func json(_ bundle: Bundle) -> JSONValue {
    var times: [LaunchTimeEntry.Key: JSONValue] = [:]
    times[.serial] = bundle.microsecondsPerLaunch[.serial].map(JSONValue.integer)
    times[.parallel] = bundle.microsecondsPerLaunch[.parallel].map(JSONValue.integer)
    return .object([
      Key.name: .text(bundle.name.text), .tasks: .list(bundle.tasks.map { .text($0.text) }),
      .microsecondsPerLaunch: .object(times),
    ])
  }
}

private struct LaunchTimeEntry: ManifestObject {
  enum Key: String, ManifestKey { case serial, parallel }
  let byMode: [BundleMode: Int]

  init(_ fields: ManifestFields<Key>) throws(ManifestError) {
    var byMode: [BundleMode: Int] = [:]
    byMode[.serial] = try fields.optional(.serial)?.integer(in: ManifestRange.microseconds)
    byMode[.parallel] = try fields.optional(.parallel)?.integer(in: ManifestRange.microseconds)
    guard !byMode.isEmpty else {
      throw fields.fault(.missingKey, "at least one of 'serial' and 'parallel' is needed")
    }
    self.byMode = byMode
  }
}
