import Fabric
import SlotAllocator
import TestBench
import Testing

@Suite struct JobFlowTests {
  /// The parts of an application's stages: an image for each task and each bundle, serial before parallel.
  func parts(of application: TestApplication) throws -> [Stage.Part] {
    let decoded = try application.decoded()
    let images =
      try application.tasks.map { try application.image(of: $0.name, .little, slots: [0]) }
      + application.bundles.flatMap { bundle in
        try BundleMode.allCases.map { try application.image(ofBundle: bundle.tasks, mode: $0, slots: [1]) }
      }
    let stages = StagePlanner.stages(for: decoded, images: images, progress: decoded.progress())
    return try #require(stages).flatMap(\.parts)
  }

  /// What the next item of each part is, with a `!` where it can be launched.
  func next(_ flow: JobFlow, _ parts: [Stage.Part]) -> [String] {
    parts.map { part in
      flow.nextItem(of: part).map { "\($0)" + (flow.readyItems(of: part) > 0 ? "!" : "") } ?? "-"
    }
  }

  func end(_ flow: inout JobFlow, _ part: Stage.Part, item: Int, byteCount: Int = 1) {
    flow.end(part, item: item, written: Dictionary(part.outputs.map { ($0.argument, byteCount) }) { first, _ in first })
  }

  func finish(_ flow: inout JobFlow, _ part: Stage.Part, byteCount: Int = 1) {
    guard let item = flow.nextItem(of: part) else { return #expect(Bool(false), "nothing is left") }
    flow.begin(part)
    end(&flow, part, item: item, byteCount: byteCount)
  }

  /// How many items each task has handed on.
  func prefixes(_ flow: JobFlow) -> [Int] { flow.progress.tasks.map(\.finished) }

  @Test func `items go from load to commit, one task after the other`() throws {
    let chain = TestApplication.chain("A", "B")
    let parts = try parts(of: chain)
    var flow = try chain.decoded().flow(items: 2)
    #expect(next(flow, parts) == ["0", "0"])
    #expect(flow.nextLoad == 0)
    flow.itemLoaded(byteCount: 7)
    #expect(next(flow, parts) == ["0!", "0"])
    #expect(flow.byteCount(of: 0, on: try flow.application.edge("in")) == 7)
    finish(&flow, parts[0], byteCount: 5)
    #expect(next(flow, parts) == ["1", "0!"])
    #expect(flow.byteCount(of: 0, on: try flow.application.edge("from-A")) == 5)
    flow.itemLoaded(byteCount: 7)
    #expect(flow.nextLoad == nil)
    finish(&flow, parts[0])
    finish(&flow, parts[1])
    #expect(next(flow, parts) == ["-", "1!"])
    #expect(!flow.isComputed)
    finish(&flow, parts[1])
    #expect(next(flow, parts) == ["-", "-"])
    #expect(flow.isComputed)
    let output = try flow.application.edge("out")
    #expect((flow.produced(output), flow.consumed(output)) == (2, 0))
    flow.itemsCommitted(through: 2)
    #expect(flow.consumed(output) == 2)
    flow.itemsCommitted(through: 1)
    #expect(flow.consumed(output) == 2, "commits never go back")
  }

  @Test func `a full ring holds its producer back until its reader has finished an item`() throws {
    let chain = TestApplication.chain("A", "B")
    let parts = try parts(of: chain)
    var flow = try chain.decoded().flow(items: 80)
    #expect(flow.capacity == Limits.itemsPerRing)
    for _ in 0..<32 {
      flow.itemLoaded(byteCount: 1)
      finish(&flow, parts[0])
    }
    flow.itemLoaded(byteCount: 1)
    #expect(next(flow, parts) == ["32", "0!"])
    finish(&flow, parts[1])
    #expect(next(flow, parts) == ["32!", "1!"])
  }

  @Test func `loading stops at a full input ring and computing at a full output ring`() throws {
    let single = TestApplication.chain("A")
    let parts = try parts(of: single)
    var flow = try single.decoded().flow(items: 80)
    var loads = 0
    while flow.nextLoad == loads {
      flow.itemLoaded(byteCount: 1)
      loads += 1
    }
    #expect(loads == 32)
    for _ in 0..<32 { finish(&flow, parts[0]) }
    flow.itemLoaded(byteCount: 1)
    #expect(next(flow, parts) == ["32"])
    flow.itemsCommitted(through: 1)
    #expect(next(flow, parts) == ["32!"])
  }

  @Test func `a ring is never longer than the batch`() throws {
    #expect(try TestApplication.chain("A").decoded().flow(items: 3).capacity == 3)
  }

  @Test func `a buffer with two readers is free after the slower one`() throws {
    let fork = TestApplication(
      tasks: [
        TestTask("S", reads: ["in"], writes: ["both"]), TestTask("L", reads: ["both"], writes: ["left"]),
        TestTask("R", reads: ["both"], writes: ["right"]), TestTask("J", reads: ["left", "right"], writes: ["out"]),
      ])
    let parts = try parts(of: fork)
    let application = try fork.decoded()
    let both = try application.edge("both")
    var flow = application.flow(items: 40, application.progress(32, 5, 3, 3), committed: 3)
    #expect((flow.produced(both), flow.consumed(both)) == (32, 3))
    while flow.nextLoad != nil { flow.itemLoaded(byteCount: 1) }
    #expect(next(flow, parts) == ["32!", "5!", "3!", "3"])
    for _ in 0..<3 { finish(&flow, parts[0]) }
    #expect(next(flow, parts) == ["35", "5!", "3!", "3"])
    finish(&flow, parts[1])
    #expect(next(flow, parts)[0] == "35", "the other reader still needs it")
    finish(&flow, parts[2])
    #expect(next(flow, parts) == ["35!", "6!", "4!", "3!"])
  }

  @Test func `an input ring that two tasks read waits for the slower one`() throws {
    let fork = TestApplication(
      tasks: [TestTask("A", reads: ["in"], writes: ["a"]), TestTask("B", reads: ["in", "a"], writes: ["out"])])
    let parts = try parts(of: fork)
    var flow = try fork.decoded().flow(items: 40)
    while flow.nextLoad != nil { flow.itemLoaded(byteCount: 1) }
    for _ in 0..<5 { finish(&flow, parts[0]) }
    #expect(flow.nextLoad == nil)
    finish(&flow, parts[1])
    #expect(flow.nextLoad == 32)
  }

  @Test func `a checkpoint needs the items between tasks and the uncommitted results`() throws {
    let chain = TestApplication.chain("A", "B", "C")
    let application = try chain.decoded()
    let flow = application.flow(items: 8, application.progress(5, 3, 2), committed: 1)
    #expect(flow.neededItems.map { "\($0.edge) \($0.item)" } == ["from-A 3", "from-A 4", "from-B 2", "out 1"])
    #expect(application.flow(items: 8, application.progress(2, 2, 2), committed: 2).neededItems.isEmpty)
  }

  @Test func `a checkpoint's items are there again with their bytes`() throws {
    let chain = TestApplication.chain("A", "B")
    let parts = try parts(of: chain)
    let application = try chain.decoded()
    let edge = try application.edge("from-A")
    let name = application.edges[edge].name
    let digest = try chain.image(of: "A", .little, slots: [0]).id.rawValue
    let items = (9..<40).map {
      SavedItem(edge: name, item: $0, blob: BlobReference(digest: digest, byteCount: 100 + $0))
    }
    let flow = JobFlow(
      application: application, itemCount: 50,
      checkpoint: Checkpoint(progress: application.progress(40, 9), items: items), committed: 9)
    #expect((9..<40).allSatisfy { flow.byteCount(of: $0, on: edge) == 100 + $0 })
    #expect(flow.loaded == 40, "what the first task has finished need not be loaded again")
    #expect(next(flow, parts) == ["40", "9!"])
  }

  @Test func `a task that a checkpoint does not list begins at its first item`() throws {
    let chain = TestApplication.chain("A", "B")
    let parts = try parts(of: chain)
    let application = try chain.decoded()
    var flow = application.flow(items: 2, Progress(tasks: []))
    flow.itemLoaded(byteCount: 1)
    finish(&flow, parts[0])
    #expect(next(flow, parts) == ["1", "0!"])
  }

  @Test func `items that end out of order are handed on in order`() throws {
    let chain = TestApplication.chain("A", "B")
    let parts = try parts(of: chain)
    var flow = try chain.decoded().flow(items: 5)
    for _ in 0..<5 { flow.itemLoaded(byteCount: 1) }
    #expect(flow.readyItems(of: parts[0]) == 5)
    for _ in 0..<4 { flow.begin(parts[0]) }
    #expect(flow.nextItem(of: parts[0]) == 4 && flow.unbegun(0) == 1)
    end(&flow, parts[0], item: 1, byteCount: 11)
    end(&flow, parts[0], item: 3, byteCount: 13)
    #expect(prefixes(flow) == [0, 0])
    #expect(next(flow, parts) == ["4!", "0"])
    end(&flow, parts[0], item: 0, byteCount: 10)
    #expect(prefixes(flow) == [2, 0], "3 still waits for 2")
    #expect(flow.readyItems(of: parts[1]) == 2)
    end(&flow, parts[0], item: 2, byteCount: 12)
    #expect(prefixes(flow) == [4, 0])
    let edge = try flow.application.edge("from-A")
    #expect((0..<4).map { flow.byteCount(of: $0, on: edge) } == [10, 11, 12, 13])
  }

  @Test func `a buffer is free only when its reader has finished all items before it, too`() throws {
    let chain = TestApplication.chain("A", "B")
    let parts = try parts(of: chain)
    let application = try chain.decoded()
    var flow = application.flow(items: 80, application.progress(32, 0))
    for _ in 0..<40 where flow.nextLoad != nil { flow.itemLoaded(byteCount: 1) }
    flow.begin(parts[1])
    flow.begin(parts[1])
    end(&flow, parts[1], item: 1)
    #expect(flow.readyItems(of: parts[0]) == 0)
    end(&flow, parts[1], item: 0)
    #expect(flow.readyItems(of: parts[0]) == 2)
  }

  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 63, 0], [63, 62, 61]])
  func `no more items of a task are under way than its window, whatever the rings hold`(first: [Int]) throws {
    let chain = TestApplication.chain("A")
    let part = try parts(of: chain)[0]
    var flow = JobFlow(
      application: try chain.decoded(), itemCount: 200,
      checkpoint: Checkpoint(progress: Progress(tasks: []), items: []),
      committed: 0, capacity: 200)
    for _ in 0..<200 { flow.itemLoaded(byteCount: 1) }
    var begun = 0
    while flow.readyItems(of: part) > 0 {
      flow.begin(part)
      begun += 1
    }
    #expect(begun == 64)
    let rest = (0..<64).filter { !first.contains($0) }
    for item in first + rest { end(&flow, part, item: item) }
    #expect(prefixes(flow) == [64] && flow.readyItems(of: part) == 64)
  }

  @Test func `once everything begun has ended, a checkpoint is a prefix of every task`() throws {
    var random = SeededRandom(seed: 7)
    let chain = TestApplication.chain("A", "B", "C")
    let parts = try parts(of: chain)
    for _ in 0..<200 {
      var flow = try chain.decoded().flow(items: 20)
      var underWay: [(part: Int, item: Int)] = []
      for _ in 0..<Int.random(in: 1...60, using: &random) {
        if flow.nextLoad != nil { flow.itemLoaded(byteCount: 1) }
        let part = Int.random(in: 0..<3, using: &random)
        if random.chance(60), flow.readyItems(of: parts[part]) > 0, let item = flow.nextItem(of: parts[part]) {
          flow.begin(parts[part])
          underWay.append((part, item))
        } else if let index = underWay.indices.randomElement(using: &random) {
          let ended = underWay.remove(at: index)
          end(&flow, parts[ended.part], item: ended.item)
        }
      }
      for ended in underWay.shuffled(using: &random) { end(&flow, parts[ended.part], item: ended.item) }
      #expect(prefixes(flow) == (0..<3).map { 20 - flow.unbegun($0) })
      let resumed = flow.application.flow(items: 20, flow.progress)
      #expect(resumed.neededItems.map(\.item) == flow.neededItems.map(\.item))
    }
  }

  @Test func `a serial bundle works only where its tasks are equally far, each part of a parallel one anywhere`() throws
  {
    let chain = TestApplication.chain("A", "B", bundles: [["A", "B"]])
    let parts = try parts(of: chain)
    let (a, b, both) = (parts[0], parts[1], parts[2])
    var flow = try chain.decoded().flow(items: 9)
    for _ in 0..<9 { flow.itemLoaded(byteCount: 1) }
    #expect(next(flow, parts) == ["0!", "0", "0!", "0!", "0"])
    finish(&flow, a)
    #expect(next(flow, parts) == ["1!", "0!", "-", "1!", "0!"])
    finish(&flow, b)
    #expect(next(flow, parts) == ["1!", "1", "1!", "1!", "1"])
    flow.begin(both)
    #expect(next(flow, parts) == ["2!", "2", "2!", "2!", "2"])
    flow.begin(a)
    #expect(next(flow, parts)[1...2] == ["2", "-"], "B's next item is not there yet")
    end(&flow, a, item: 2)
    #expect(next(flow, parts)[1] == "2", "what ended early is not handed on")
    end(&flow, both, item: 1)
    #expect(prefixes(flow) == [3, 2])
    #expect(next(flow, parts)[1...2] == ["2!", "-"])
    finish(&flow, b)
    #expect(next(flow, parts)[2] == "3!")
  }

  @Test func `a result counts when every output has it`() throws {
    // The simulator's applications have several outputs; a manifest's have one, so the task that joins them is taken off.
    let joined = TestApplication(
      tasks: [
        TestTask("A", reads: ["in"], writes: ["a"]), TestTask("B", reads: ["in"], writes: ["b"]),
        TestTask("J", reads: ["a", "b"], writes: ["out"]),
      ])
    let parts = try parts(of: joined)
    let whole = try joined.decoded()
    let edges = whole.edges.filter { $0.name.text != "out" }.map { edge in
      Edge(
        name: edge.name, producer: edge.producer, readers: edge.readers.filter { $0.task.text != "J" },
        maximumByteCount: 1)
    }
    let application = Application(
      manifest: [], name: "two outputs", tasks: Array(whole.tasks.prefix(2)), edges: edges, bundles: [])
    var flow = application.flow(items: 3)
    #expect(flow.inputEdge == edges.firstIndex { $0.name.text == "in" })
    #expect(flow.outputEdge == edges.firstIndex { $0.name.text == "a" })
    for _ in 0..<3 { flow.itemLoaded(byteCount: 1) }
    finish(&flow, parts[0])
    #expect(flow.resultCount == 0)
    finish(&flow, parts[1])
    #expect(flow.resultCount == 1)
  }
}
