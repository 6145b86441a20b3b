/// The tasks and edges of an application, whose names resolve; checks what they say together.
struct TaskGraph {
  /// In the manifest's order, each once.
  let tasks: [TaskName]
  let edges: [Edge]
  /// For each task, by position: those whose items it reads, and those that read its items.
  private let producers: [Set<Int>]
  private let readers: [Set<Int>]

  /// Takes over tasks and the edges between them, in O(edge ends).
  init(tasks: [TaskName], edges: [Edge]) {
    self.tasks = tasks
    self.edges = edges
    let position = Dictionary(tasks.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var producers = [Set<Int>](repeating: [], count: tasks.count)
    var readers = producers
    for edge in edges {
      guard let producer = edge.producer.flatMap({ position[$0.task] }) else { continue }
      for reader in edge.readers.compactMap({ position[$0.task] }) {
        producers[reader].insert(producer)
        readers[producer].insert(reader)
      }
    }
    self.producers = producers
    self.readers = readers
  }

  /// One edge takes the job's items, one hands the results out, and every task reads and writes.
  func checkEnds() throws(ManifestError) {
    let inputs = edges.indices.filter { edges[$0].producer == nil }
    guard inputs.count == 1 else { throw Self.wrongCount(of: inputs, without: "from", role: "input") }
    let outputs = edges.indices.filter { edges[$0].readers.isEmpty }
    guard outputs.count == 1 else { throw Self.wrongCount(of: outputs, without: "to", role: "output") }
    for (index, task) in tasks.enumerated() {
      guard edges.contains(where: { $0.readers.contains { $0.task == task } }) else {
        throw ManifestError(.badShape, at: "tasks[\(index)]", "no edge goes to '\(task)'")
      }
      guard edges.contains(where: { $0.producer?.task == task }) else {
        throw ManifestError(.badShape, at: "tasks[\(index)]", "no edge comes from '\(task)'")
      }
    }
  }

  /// The positions of the tasks in an order where producers stand first; of those possible, the one that takes the
  /// first possible task of the manifest each time.
  ///
  /// - Throws: `manifest.cycle`, naming the tasks of one cycle in the order in which items would go round.
  func topologicalOrder() throws(ManifestError) -> [Int] {
    var order: [Int] = []
    var placed: Set<Int> = []
    while order.count < tasks.count {
      guard let next = tasks.indices.first(where: { !placed.contains($0) && producers[$0].isSubset(of: placed) }) else {
        let names = cycle(outside: placed).map { tasks[$0].text }
        throw ManifestError(.cycle, at: "edges", "items would go round: \(names.joined(separator: " -> "))")
      }
      order.append(next)
      placed.insert(next)
    }
    return order
  }

  /// A cycle among the tasks that could not be placed, its first task repeated at the end.
  ///
  /// Each of them has a producer that could not be placed either, so going from task to producer must come back.
  private func cycle(outside placed: Set<Int>) -> [Int] {
    var path: [Int] = []
    var current = tasks.indices.first { !placed.contains($0) }
    while let task = current {
      if let start = path.firstIndex(of: task) { return [task] + path[start...].reversed() }
      path.append(task)
      current = producers[task].subtracting(placed).min()
    }
    return path
  }

  /// Bundles have names of their own, and are chains of tasks that no other bundle has.
  func check(_ bundles: [Bundle]) throws(ManifestError) {
    var names = Set(tasks)
    var owners: [TaskName: Int] = [:]
    for (index, bundle) in bundles.enumerated() {
      let place = "bundles[\(index)]"
      guard names.insert(bundle.name).inserted else {
        throw ManifestError(.duplicateName, at: "\(place).name", "another task or bundle is named '\(bundle.name)'")
      }
      var stages: [Int] = []
      for (stage, task) in bundle.tasks.enumerated() {
        guard let position = tasks.firstIndex(of: task) else {
          throw ManifestError(.unknownName, at: "\(place).tasks[\(stage)]", "there is no task '\(task)'")
        }
        if let owner = owners.updateValue(index, forKey: task) {
          throw ManifestError(
            .duplicateName, at: "\(place).tasks[\(stage)]", "'\(task)' is already in bundles[\(owner)]")
        }
        stages.append(position)
      }
      try checkChain(stages, at: "\(place).tasks")
    }
  }

  /// Each stage writes only to the next, which reads only from it, so that one image can hold what lies between.
  private func checkChain(_ stages: [Int], at place: String) throws(ManifestError) {
    for (index, (stage, next)) in zip(stages, stages.dropFirst()).enumerated() {
      guard readers[stage] == [next], producers[next] == [stage], !isJobEnd(from: stage, to: next) else {
        throw ManifestError(
          .badShape, at: "\(place)[\(index + 1)]",
          "'\(tasks[next])' and '\(tasks[stage])' before it must have each other as only reader and producer")
      }
    }
  }

  /// Whether a stage also writes the job's results, or the next one also reads the job's items.
  private func isJobEnd(from stage: Int, to next: Int) -> Bool {
    edges.contains { edge in
      (edge.readers.isEmpty && edge.producer?.task == tasks[stage])
        || (edge.producer == nil && edge.readers.contains { $0.task == tasks[next] })
    }
  }

  private static func wrongCount(of edges: [Int], without key: String, role: String) -> ManifestError {
    let place = edges.count > 1 ? "edges[\(edges[1])]" : "edges"
    return ManifestError(
      .badShape, at: place, "\(edges.count) edges have no '\(key)'; exactly one, the job's \(role), is needed")
  }
}
