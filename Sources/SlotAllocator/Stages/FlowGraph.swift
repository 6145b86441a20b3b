internal import Fabric

/// Which tasks an application's edges connect, by position, so that a look at a job costs no comparison of names.
///
/// It never changes, so all copies of a job's flow share it.
final class FlowGraph: Sendable, Hashable {
  let application: Application
  /// The task that fills each edge; nil for the input edge.
  let producers: [Int?]
  /// The tasks that read each edge; none for an output edge.
  let readers: [[Int]]
  let inputEdge: Int?
  let outputEdges: [Int]

  /// O(tasks + edges).
  init(_ application: Application) {
    self.application = application
    let positions = Dictionary(
      application.tasks.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    self.producers = application.edges.map { $0.producer.flatMap { positions[$0.task] } }
    self.readers = application.edges.map { $0.readers.compactMap { positions[$0.task] } }
    self.inputEdge = producers.firstIndex { $0 == nil }
    self.outputEdges = readers.indices.filter { [readers] in readers[$0].isEmpty }
  }

  static func == (a: FlowGraph, b: FlowGraph) -> Bool { a === b || a.application == b.application }

  func hash(into hasher: inout Hasher) { hasher.combine(application) }
}
