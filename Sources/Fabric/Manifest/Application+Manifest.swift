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
