import Fabric
import SlotAllocator
import Testing

@Suite struct JobFlowTests {
  @Test func `items go from load to commit, one task after the other`() throws {
    let chain = TestApplication.chain("A", "B")
    let parts = try chain.parts()
    var flow = try chain.decoded().flow(items: 2)
    #expect(flow.next(of: parts) == ["0", "0"])
    #expect(flow.nextLoad == 0)
    flow.itemLoaded(byteCount: 7)
    #expect(flow.next(of: parts) == ["0!", "0"])
    #expect(flow.byteCount(of: 0, on: try flow.application.edge("in")) == 7)
    flow.finish(parts[0], byteCount: 5)
    #expect(flow.next(of: parts) == ["1", "0!"])
    #expect(flow.byteCount(of: 0, on: try flow.application.edge("from-A")) == 5)
    flow.itemLoaded(byteCount: 7)
    #expect(flow.nextLoad == nil)
    flow.finish(parts[0])
    flow.finish(parts[1])
    #expect(flow.next(of: parts) == ["-", "1!"])
    #expect(!flow.isComputed)
    flow.finish(parts[1])
    #expect(flow.next(of: parts) == ["-", "-"])
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
    let parts = try chain.parts()
    var flow = try chain.decoded().flow(items: 80)
    #expect(flow.capacity == Limits.itemsPerRing)
    for _ in 0..<32 {
      flow.itemLoaded(byteCount: 1)
      flow.finish(parts[0])
    }
    flow.itemLoaded(byteCount: 1)
    #expect(flow.next(of: parts) == ["32", "0!"])
    flow.finish(parts[1])
    #expect(flow.next(of: parts) == ["32!", "1!"])
  }

  @Test func `loading stops at a full input ring and computing at a full output ring`() throws {
    let single = TestApplication.chain("A")
    let parts = try single.parts()
    var flow = try single.decoded().flow(items: 80)
    var loads = 0
    while flow.nextLoad == loads {
      flow.itemLoaded(byteCount: 1)
      loads += 1
    }
    #expect(loads == 32)
    for _ in 0..<32 { flow.finish(parts[0]) }
    flow.itemLoaded(byteCount: 1)
    #expect(flow.next(of: parts) == ["32"])
    flow.itemsCommitted(through: 1)
    #expect(flow.next(of: parts) == ["32!"])
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
    let parts = try fork.parts()
    let application = try fork.decoded()
    let both = try application.edge("both")
    var flow = application.flow(items: 40, application.progress(32, 5, 3, 3), committed: 3)
    #expect((flow.produced(both), flow.consumed(both)) == (32, 3))
    while flow.nextLoad != nil { flow.itemLoaded(byteCount: 1) }
    #expect(flow.next(of: parts) == ["32!", "5!", "3!", "3"])
    for _ in 0..<3 { flow.finish(parts[0]) }
    #expect(flow.next(of: parts) == ["35", "5!", "3!", "3"])
    flow.finish(parts[1])
    #expect(flow.next(of: parts)[0] == "35", "the other reader still needs it")
    flow.finish(parts[2])
    #expect(flow.next(of: parts) == ["35!", "6!", "4!", "3!"])
  }

  @Test func `an input ring that two tasks read waits for the slower one`() throws {
    let fork = TestApplication(
      tasks: [TestTask("A", reads: ["in"], writes: ["a"]), TestTask("B", reads: ["in", "a"], writes: ["out"])])
    let parts = try fork.parts()
    var flow = try fork.decoded().flow(items: 40)
    while flow.nextLoad != nil { flow.itemLoaded(byteCount: 1) }
    for _ in 0..<5 { flow.finish(parts[0]) }
    #expect(flow.nextLoad == nil)
    flow.finish(parts[1])
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
    let parts = try chain.parts()
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
    #expect(flow.next(of: parts) == ["40", "9!"])
  }

  @Test func `a task that a checkpoint does not list begins at its first item`() throws {
    let chain = TestApplication.chain("A", "B")
    let parts = try chain.parts()
    let application = try chain.decoded()
    var flow = application.flow(items: 2, Progress(tasks: []))
    flow.itemLoaded(byteCount: 1)
    flow.finish(parts[0])
    #expect(flow.next(of: parts) == ["1", "0!"])
  }

  @Test func `a serial bundle works only where its tasks are equally far, each part of a parallel one anywhere`() throws
  {
    let chain = TestApplication.chain("A", "B", bundles: [["A", "B"]])
    let parts = try chain.parts()
    let (a, b, both) = (parts[0], parts[1], parts[2])
    var flow = try chain.decoded().flow(items: 9)
    for _ in 0..<9 { flow.itemLoaded(byteCount: 1) }
    #expect(flow.next(of: parts) == ["0!", "0", "0!", "0!", "0"])
    flow.finish(a)
    #expect(flow.next(of: parts) == ["1!", "0!", "-", "1!", "0!"])
    flow.finish(b)
    #expect(flow.next(of: parts) == ["1!", "1", "1!", "1!", "1"])
    flow.begin(both)
    #expect(flow.next(of: parts) == ["2!", "2", "2!", "2!", "2"])
    flow.begin(a)
    #expect(flow.next(of: parts)[1...2] == ["2", "-"], "B's next item is not there yet")
    flow.end(a, item: 2)
    #expect(flow.next(of: parts)[1] == "2", "what ended early is not handed on")
    flow.end(both, item: 1)
    #expect(flow.prefixes == [3, 2])
    #expect(flow.next(of: parts)[1...2] == ["2!", "-"])
    flow.finish(b)
    #expect(flow.next(of: parts)[2] == "3!")
  }

  @Test func `a result counts when every output has it`() throws {
    // The simulator's applications have several outputs; a manifest's have one, so the task that joins them is taken off.
    let joined = TestApplication(
      tasks: [
        TestTask("A", reads: ["in"], writes: ["a"]), TestTask("B", reads: ["in"], writes: ["b"]),
        TestTask("J", reads: ["a", "b"], writes: ["out"]),
      ])
    let parts = try joined.parts()
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
    flow.finish(parts[0])
    #expect(flow.resultCount == 0)
    flow.finish(parts[1])
    #expect(flow.resultCount == 1)
  }
}
