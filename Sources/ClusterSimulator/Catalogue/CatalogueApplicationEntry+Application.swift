internal import Fabric

extension CatalogueApplicationEntry {
  /// The most bytes of an item on any edge: assumed, since publications say nothing of them.
  private static let itemByteCount = 4096
  private static let inputName = "input"

  /// The application: one edge with the job's items for every task that reads from no other, and one from each task.
  func application(named name: String, kernels: KernelNaming) throws(ManifestError) -> Application {
    try checkNames(in: name)
    let application = try tasks.enumerated().map { index, task throws(ManifestError) in
      ApplicationTask(
        name: task.name, kernel: try kernels.kernel(of: task, at: "apps.\(name).tasks[\(index)].kernel", in: name),
        estimatedMicrosecondsPerItem: task.estimatedMicroseconds,
        measuredMicrosecondsPerItem: task.measuredMicroseconds)
    }
    do {
      return try Application(
        name: name, tasks: application, edges: try edges(),
        bundles: bundles.map { bundle in
          Bundle(
            name: bundle.name, tasks: bundle.tasks.map { tasks[$0].name },
            microsecondsPerLaunch: bundle.microsecondsPerLaunch)
        })
    } catch {
      throw ManifestError(error.fault, at: "apps.\(name).\(error.place)", error.detail)
    }
  }

  /// Tasks have names of their own, and tasks of one kernel the same arguments, since they share its image.
  private func checkNames(in application: String) throws(ManifestError) {
    var names: Set<String> = [Self.inputName]
    var inputCounts: [String: (count: Int, task: TaskName)] = [:]
    for (index, task) in tasks.enumerated() {
      let place = "apps.\(application).tasks[\(index)]"
      guard names.insert(task.name.text).inserted else {
        throw ManifestError(.duplicateName, at: "\(place).name", "another task or the input is named '\(task.name)'")
      }
      let count = task.inputCount
      let first = inputCounts[task.kernel] ?? (count, task.name)
      inputCounts[task.kernel] = first
      guard first.count == count else {
        throw ManifestError(
          .badShape, at: "\(place).after",
          "'\(task.name)' has \(count) inputs and '\(first.task)' \(first.count); both run '\(task.kernel)'")
      }
    }
  }

  private func edges() throws(ManifestError) -> [Edge] {
    var readers = [[Edge.End]](repeating: [], count: tasks.count)
    var inputReaders: [Edge.End] = []
    for task in tasks {
      if task.after.isEmpty { inputReaders.append(try task.end(CatalogueArgument.input(0))) }
      for (position, producer) in task.after.enumerated() {
        readers[producer].append(try task.end(CatalogueArgument.input(position)))
      }
    }
    var edges = [try edge(Self.inputName, producer: nil, readers: inputReaders)]
    for (task, readers) in zip(tasks, readers) {
      edges.append(
        try edge(task.name.text, producer: try task.end(CatalogueArgument.output), readers: readers))
    }
    return edges
  }

  private func edge(_ text: String, producer: Edge.End?, readers: [Edge.End]) throws(ManifestError) -> Edge {
    guard let name = EdgeName(text) else { throw ManifestError(.outOfRange, at: "tasks", "'\(text)' is no name") }
    return Edge(name: name, producer: producer, readers: readers, maximumByteCount: Self.itemByteCount)
  }
}

extension CatalogueTaskEntry {
  /// The job's items, or one from each task that it reads from.
  var inputCount: Int { max(1, after.count) }

  fileprivate func end(_ argument: String) throws(ManifestError) -> Edge.End {
    guard let argument = ArgumentName(argument) else {
      throw ManifestError(.outOfRange, at: "tasks", "'\(argument)' is no name")
    }
    return Edge.End(task: name, argument: argument)
  }
}

/// What the arguments of a catalogue's kernels are called.
enum CatalogueArgument {
  static let output = "out"
  static func input(_ position: Int) -> String { "in\(position)" }
}
