import Fabric
import Foundation
import Testing
import TestBench

/// A random DAG as a manifest says it: tasks and edges in any order.
private struct RandomGraph {
  let manifest: JSON
  /// The tasks in the manifest's order, and who reads from whom.
  let tasks: [String]
  let arcs: [(from: String, to: String)]

  init(taskCount: Int, using random: inout SeededRandom) {
    let hidden = (0..<taskCount).map { "T\($0)" }
    var readers = hidden.indices.map { _ in Set<Int>() }
    for task in hidden.indices.dropFirst() {
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        readers[Int.random(in: 0..<task, using: &random)].insert(task)
      }
    }
    for task in hidden.indices.dropLast() where readers[task].isEmpty { readers[task].insert(taskCount - 1) }
    var arcs: [(from: String, to: String)] = []
    var edges: [JSON] = [
      ["name": "in", "to": ["T0.items"], "maximumByteCount": 1],
      ["name": "out", "from": .text("\(hidden[taskCount - 1]).results"), "maximumByteCount": 1],
    ]
    for task in hidden.indices where !readers[task].isEmpty {
      let ends = readers[task].sorted().map { "\(hidden[$0]).from-\(task)" }
      edges.append(Good.edge("e\(task)", from: "\(hidden[task]).output", to: ends))
      arcs += readers[task].sorted().map { (hidden[task], hidden[$0]) }
    }
    tasks = hidden.shuffled(using: &random)
    self.arcs = arcs
    manifest = [
      "schema": 1, "name": "random", "tasks": .list(tasks.map(Good.task)),
      "edges": .list(edges.shuffled(using: &random)),
    ]
  }

  /// The order that takes the first task of the manifest that is possible, each time.
  var expectedOrder: [String] {
    var order: [String] = []
    while let next = tasks.first(where: { task in
      !order.contains(task) && arcs.allSatisfy { $0.to != task || order.contains($0.from) }
    }) { order.append(next) }
    return order
  }
}

@Suite struct TaskGraphTests {
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `tasks come in a topological order that keeps the manifest's where it can`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let graph = RandomGraph(taskCount: .random(in: 1...Limits.tasksPerApplication, using: &random), using: &random)
    let application = try Application(manifest: graph.manifest.bytes)
    let order = application.tasks.map(\.name.text)
    #expect(order.sorted() == graph.tasks.sorted())
    for arc in graph.arcs {
      #expect(try #require(order.firstIndex(of: arc.from)) < #require(order.firstIndex(of: arc.to)))
    }
    #expect(order == graph.expectedOrder)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func `an edge back is found, and the cycle that it closes is named`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let graph = RandomGraph(taskCount: .random(in: 2...20, using: &random), using: &random)
    let arc = try #require(graph.arcs.randomElement(using: &random))
    var manifest = graph.manifest
    let count = manifest["edges"]?.elements.count ?? 0
    manifest["edges[\(count)]"] = Good.edge("back", from: "\(arc.to).back", to: ["\(arc.from).again"])
    let found = try #require(fault(of: manifest.bytes, as: Application.self))
    #expect(found.fault == .cycle)
    let names = try #require(found.detail.split(separator: ": ").last).components(separatedBy: " -> ")
    #expect(names.count > 2 && names.first == names.last)
    #expect(Set(names).count == names.count - 1)
    for (from, to) in zip(names, names.dropFirst()) {
      let isArc = graph.arcs.contains { $0 == (from, to) } || (from, to) == (arc.to, arc.from)
      #expect(isArc, "no edge goes from \(from) to \(to)")
    }
  }
}
