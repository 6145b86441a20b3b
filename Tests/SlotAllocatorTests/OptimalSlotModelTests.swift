import Fabric
import SlotAllocator
import Testing

@Suite struct OptimalSlotModelTests {
  /// A diamond A -> (B, C) -> D, with bundles AB and CD where `bundles` says so.
  func diamond(bundles: [Bundle] = []) throws -> Application {
    func end(_ task: String) throws -> Edge.End {
      Edge.End(task: try name(task), argument: try #require(ArgumentName("x")))
    }
    func edge(_ from: String?, _ to: [String]) throws -> Edge {
      Edge(
        name: try #require(EdgeName("from-\(from ?? "user")")), producer: try from.map(end), readers: try to.map(end),
        maximumByteCount: 1)
    }
    let kernel = try #require(KernelName("tests/k@1"))
    let tasks = try ["A", "B", "C", "D"].enumerated().map { index, text in
      ApplicationTask(
        name: try name(text), kernel: kernel, estimatedMicrosecondsPerItem: 1, measuredMicrosecondsPerItem: index + 1)
    }
    let edges = [
      try edge(nil, ["A"]), try edge("A", ["B", "C"]), try edge("B", ["D"]), try edge("C", ["D"]), try edge("D", []),
    ]
    return Application(manifest: [], name: "diamond", tasks: tasks, edges: edges, bundles: bundles)
  }

  func name(_ text: String) throws -> TaskName { try #require(TaskName(text)) }

  func bundle(_ text: String) throws -> Bundle {
    Bundle(
      name: try name(text), tasks: try text.map { try name(String($0)) },
      microsecondsPerLaunch: [.serial: 10, .parallel: 6])
  }

  @Test func `tasks follow those whose edges they read`() throws {
    let model = PipelineModel(
      tasksOf: try diamond(), itemCount: 3, perConfiguration: .microseconds(9),
      perItem: { .microseconds($0.measuredMicrosecondsPerItem) })
    let expected: [PipelineModel.Element] = [
      .init(perLaunch: .microseconds(1)), .init(perLaunch: .microseconds(2), after: [0]),
      .init(perLaunch: .microseconds(3), after: [0]), .init(perLaunch: .microseconds(4), after: [1, 2]),
    ]
    #expect(model == PipelineModel(elements: expected, itemCount: 3, perConfiguration: .microseconds(9)))
  }

  @Test func `bundles follow those whose edges cross between them, in the mode asked for`() throws {
    let application = try diamond(bundles: [bundle("AB"), bundle("CD")])
    let model = PipelineModel(
      bundlesOf: application, itemCount: 3, perConfiguration: .microseconds(9),
      mode: { $0.name.text == "AB" ? .serial : .parallel })
    let expected: [PipelineModel.Element] = [
      .init(perLaunch: .microseconds(10)), .init(perLaunch: .microseconds(6), stageCount: 2, after: [0]),
    ]
    #expect(model == PipelineModel(elements: expected, itemCount: 3, perConfiguration: .microseconds(9)))
  }

  @Test func `an application with a task in no bundle has no model of bundles`() throws {
    let application = try diamond(bundles: [bundle("AB")])
    #expect(
      PipelineModel(bundlesOf: application, itemCount: 3, perConfiguration: .zero, mode: { _ in .serial }) == nil)
  }
}
