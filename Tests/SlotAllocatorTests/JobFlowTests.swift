import Fabric
import SlotAllocator
import Testing

@Suite struct JobFlowTests {
  /// The stages of an application that has an image for each task.
  func stages(of application: TestApplication) throws -> [Stage] {
    let decoded = try application.decoded()
    let images = try application.tasks.map { try application.image(of: $0.name, .little, slots: [0]) }
    return try #require(StagePlanner.plans(for: decoded, images: images, progress: decoded.progress()).first).stages
  }

  /// What the next item of each stage is, with a `!` where it can be launched.
  func next(_ flow: JobFlow, _ stages: [Stage]) -> [String] {
    stages.map { stage in
      flow.nextItem(of: stage).map { "\($0.item)" + ($0.isReady ? "!" : "") } ?? "-"
    }
  }

  func finish(_ flow: inout JobFlow, _ stage: Stage, byteCount: Int = 1) {
    flow.itemFinished(
      stage, written: Dictionary(stage.outputs.map { ($0.argument, byteCount) }) { first, _ in first })
  }

  @Test func `items go from load to commit, one task after the other`() throws {
    let chain = TestApplication.chain("A", "B")
    let stages = try stages(of: chain)
    var flow = try chain.decoded().flow(items: 2)
    #expect(next(flow, stages) == ["0", "0"])
    #expect(flow.nextLoad == 0)
    flow.itemLoaded(byteCount: 7)
    #expect(next(flow, stages) == ["0!", "0"])
    #expect(flow.byteCount(of: 0, on: try flow.application.edge("in").name) == 7)
    finish(&flow, stages[0], byteCount: 5)
    #expect(next(flow, stages) == ["1", "0!"])
    #expect(flow.byteCount(of: 0, on: try flow.application.edge("from-A").name) == 5)
    flow.itemLoaded(byteCount: 7)
    #expect(flow.nextLoad == nil)
    finish(&flow, stages[0])
    finish(&flow, stages[1])
    #expect(next(flow, stages) == ["-", "1!"])
    #expect(!flow.isComputed)
    finish(&flow, stages[1])
    #expect(next(flow, stages) == ["-", "-"])
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
    let stages = try stages(of: chain)
    var flow = try chain.decoded().flow(items: 80)
    #expect(flow.capacity == Limits.itemsPerRing)
    for _ in 0..<32 {
      flow.itemLoaded(byteCount: 1)
      finish(&flow, stages[0])
    }
    flow.itemLoaded(byteCount: 1)
    #expect(next(flow, stages) == ["32", "0!"])
    finish(&flow, stages[1])
    #expect(next(flow, stages) == ["32!", "1!"])
  }

  @Test func `loading stops at a full input ring and computing at a full output ring`() throws {
    let single = TestApplication.chain("A")
    let stages = try stages(of: single)
    var flow = try single.decoded().flow(items: 80)
    var loads = 0
    while flow.nextLoad == loads {
      flow.itemLoaded(byteCount: 1)
      loads += 1
    }
    #expect(loads == 32)
    for _ in 0..<32 { finish(&flow, stages[0]) }
    flow.itemLoaded(byteCount: 1)
    #expect(next(flow, stages) == ["32"])
    flow.itemsCommitted(through: 1)
    #expect(next(flow, stages) == ["32!"])
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
    let stages = try stages(of: fork)
    let application = try fork.decoded()
    let both = try application.edge("both")
    var flow = application.flow(items: 40, application.progress(32, 5, 3, 3), committed: 3)
    #expect((flow.produced(both), flow.consumed(both)) == (32, 3))
    while flow.nextLoad != nil { flow.itemLoaded(byteCount: 1) }
    #expect(next(flow, stages) == ["32!", "5!", "3!", "3"])
    for _ in 0..<3 { finish(&flow, stages[0]) }
    #expect(next(flow, stages) == ["35", "5!", "3!", "3"])
    finish(&flow, stages[1])
    #expect(next(flow, stages)[0] == "35", "the other reader still needs it")
    finish(&flow, stages[2])
    #expect(next(flow, stages) == ["35!", "6!", "4!", "3!"])
  }

  @Test func `an input ring that two tasks read waits for the slower one`() throws {
    let fork = TestApplication(
      tasks: [TestTask("A", reads: ["in"], writes: ["a"]), TestTask("B", reads: ["in", "a"], writes: ["out"])])
    let stages = try stages(of: fork)
    var flow = try fork.decoded().flow(items: 40)
    while flow.nextLoad != nil { flow.itemLoaded(byteCount: 1) }
    for _ in 0..<5 { finish(&flow, stages[0]) }
    #expect(flow.nextLoad == nil)
    finish(&flow, stages[1])
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
    let stages = try stages(of: chain)
    let application = try chain.decoded()
    let edge = try application.edge("from-A").name
    let digest = try chain.image(of: "A", .little, slots: [0]).id.rawValue
    let items = (9..<40).map {
      SavedItem(edge: edge, item: $0, blob: BlobReference(digest: digest, byteCount: 100 + $0))
    }
    let flow = JobFlow(
      application: application, itemCount: 50,
      checkpoint: Checkpoint(progress: application.progress(40, 9), items: items), committed: 9)
    #expect((9..<40).allSatisfy { flow.byteCount(of: $0, on: edge) == 100 + $0 })
    #expect(flow.loaded == 40, "what the first task has finished need not be loaded again")
    #expect(next(flow, stages) == ["40", "9!"])
  }

  @Test func `a task that a checkpoint does not list begins at its first item`() throws {
    let chain = TestApplication.chain("A", "B")
    let stages = try stages(of: chain)
    let application = try chain.decoded()
    var flow = application.flow(items: 2, Progress(tasks: []))
    flow.itemLoaded(byteCount: 1)
    finish(&flow, stages[0])
    #expect(next(flow, stages) == ["1", "0!"])
  }

  @Test func `a stage needs no other one while only loads and commits hold it back`() throws {
    let chain = TestApplication.chain("A", "B")
    let stages = try stages(of: chain)
    let application = try chain.decoded()
    func alone(_ flow: JobFlow) -> [Bool] { stages.map { flow.needsNoOtherStage($0) } }
    #expect(alone(application.flow(items: 80)) == [true, false])
    #expect(alone(application.flow(items: 80, application.progress(32, 0))) == [false, true], "A's ring is full")
    #expect(alone(application.flow(items: 80, application.progress(40, 32))) == [true, true], "B waits for a commit")
    #expect(alone(application.flow(items: 80, application.progress(32, 32))) == [true, false])
    #expect(alone(application.flow(items: 80, application.progress(80, 80))) == [false, false])
  }
}
