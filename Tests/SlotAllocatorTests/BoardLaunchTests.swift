import Fabric
import SlotAllocator
import Testing

/// What a launch works on: several items of a task, several parts of a bundle.
@Suite struct BoardLaunchTests {
  let pair = TestApplication.chain("A", "B")

  func images(_ slots: Int...) throws -> [Image] {
    try pair.tasks.map { try pair.image(of: $0.name, .little, slots: slots) }
  }

  @Test func `arguments of a launch are ring buffers with the bytes that they hold`() throws {
    var bench = try Bench(.little, .little)
    let inputs = [40, 41, 42]
    try bench.admit(job(1), pair, images: images(0, 1), items: 34, loaded: 0)
    for byteCount in inputs { bench.scheduler.itemLoaded(job(1), byteCount: byteCount) }
    _ = bench.next()
    try bench.configured(0, 1)
    let first = launches(&bench)
    #expect(
      first.map { $0.arguments.map { "\($0.name) \($0.edge) \($0.ringIndex) \($0.byteCount)" } } == [
        ["i0 in 0 40", "o0 from-A 0 4096"]
      ])
    let written = Dictionary(uniqueKeysWithValues: [(first[0].arguments[1].name, 77)])
    _ = try bench.scheduler.launchFinished(slot(0), written: written, at: bench.now)
    #expect(
      launches(&bench).map { $0.arguments.map { "\($0.edge) \($0.ringIndex) \($0.byteCount)" } } == [
        ["in 1 41", "from-A 1 4096"], ["from-A 0 77", "out 0 4096"],
      ])
  }

  private func launches(_ bench: inout Bench) -> [Launch] {
    bench.scheduler.next(at: bench.now, mayLaunch: true).compactMap {
      if case .launch(_, let launch) = $0 { launch } else { nil }
    }
  }

  @Test func `several slots work on one task, and hand on in order what ends out of order`() throws {
    var bench = try Bench(.little, .little, .little, policy: GivenOrder(slotsPerStage: 3))
    try bench.admit(job(1), TestApplication.chain("A"), images: images(0, 1, 2), items: 5)
    #expect(bench.next() == ["1: A -> 0", "1: A -> 1", "1: A -> 2"])
    try bench.configured(0, 1, 2)
    #expect(bench.next() == ["1: A[0] in 0", "1: A[1] in 1", "1: A[2] in 2"])
    try bench.finished(2, 1)
    #expect(bench.scheduler.flow(of: job(1))?.resultCount == 0)
    #expect(bench.next() == ["1: A[3] in 1", "1: A[4] in 2"])
    try bench.finished(0)
    #expect(bench.scheduler.flow(of: job(1))?.resultCount == 3)
    #expect(bench.next() == [] && bench.activities(1) == ["ready A"], "nothing is left to begin")
    bench.scheduler.stop(job(1))
    try bench.finished(2)
    #expect(bench.scheduler.runningSlots(of: job(1)) == [slot(1)])
    try bench.finished(1)
    let flow = bench.scheduler.flow(of: job(1))
    #expect(flow?.progress.tasks.map(\.finished) == [5] && flow?.isComputed == true)
  }

  @Test func `launch k of a parallel bundle works stage s on item k - s, and a stage without an item gets nothing`()
    throws
  {
    var bench = try Bench(.little, .big)
    let three = TestApplication.chain("A", "B", "C", bundles: [["A", "B", "C"]])
    let image = try three.image(ofBundle: ["A", "B", "C"], mode: .parallel, slots: [1])
    try bench.admit(job(1), three, images: [image], items: 2)
    #expect(bench.next() == ["1: A.B.C -> 1"])
    try bench.configured(1)
    for launch in ["0:0", "0:1 1:0", "1:1 2:0", "2:1"] {
      #expect(bench.next() == ["1: A.B.C[\(launch)] in 1"])
      try bench.finished(1)
    }
    #expect(bench.next() == [])
    #expect(bench.scheduler.flow(of: job(1))?.isComputed == true)
  }

  @Test func `a part's arguments are named with its stage, and what it wrote is its own`() throws {
    var bench = try Bench(.little, .big)
    let two = TestApplication.chain("A", "B", bundles: [["A", "B"]])
    let image = try two.image(ofBundle: ["A", "B"], mode: .parallel, slots: [1])
    try bench.admit(job(1), two, images: [image], items: 3, loaded: 2)
    _ = bench.next()
    try bench.configured(1)
    #expect(launches(&bench)[0].arguments.map(\.name.text) == ["0.i0", "0.o0"])
    let names = try ["0.o0", "1.o0"].map { try #require(ArgumentName($0)) }
    _ = try bench.scheduler.launchFinished(slot(1), written: [names[0]: 70], at: bench.now)
    let second = launches(&bench)[0]
    #expect(
      second.arguments.map { "\($0.name) \($0.edge) \($0.ringIndex) \($0.byteCount)" } == [
        "0.i0 in 1 1", "0.o0 from-A 1 4096", "1.i0 from-A 0 70", "1.o0 out 0 4096",
      ])
    _ = try bench.scheduler.launchFinished(slot(1), written: [names[0]: 71, names[1]: 90], at: bench.now)
    let flow = try #require(bench.scheduler.flow(of: job(1)))
    #expect(flow.byteCount(of: 1, on: try flow.application.edge("from-A")) == 71)
    #expect(flow.byteCount(of: 0, on: try flow.application.edge("out")) == 90)
  }

  @Test func `a job changes between its stages at item boundaries`() throws {
    let script = Script()
    var bench = try Bench(.little, .big, policy: script)
    let two = TestApplication.chain("A", "B", bundles: [["A", "B"]])
    let singles = try two.tasks.map { try two.image(of: $0.name, .little, slots: [0]) }
    let both = try BundleMode.allCases.map { try two.image(ofBundle: ["A", "B"], mode: $0, slots: [1]) }
    try bench.admit(job(1), two, images: singles + both, items: 9)
    func place(_ stage: Int, in number: Int) -> [String] {
      script.wish(Placement(slot: slot(number), assignment: Assignment(execution: job(1), stage: stage)))
      bench.scheduler.itemsCommitted(job(1), through: 0)
      return bench.next()
    }
    #expect(place(2, in: 1) == ["1: AB -> 1"])
    try bench.configured(1)
    #expect(bench.next() == ["1: AB[0] in 1"])
    #expect(place(0, in: 0) == ["1: A -> 0"])
    try bench.configured(0)
    #expect(bench.next() == ["1: A[1] in 0"])
    try bench.finished(1)
    #expect(place(3, in: 1) == ["1: A.B -> 1"], "A is an item ahead, so the serial bundle could not go on")
    try bench.finished(0)
    try bench.configured(1)
    #expect(bench.next() == ["1: A[2] in 0", "1: A.B[0:3 1:1] in 1"])
    try bench.finished(0, 1)
    #expect(place(1, in: 0) == ["1: B -> 0", "1: A.B[0:4 1:2] in 1"])
    try bench.configured(0)
    #expect(bench.next() == ["1: B[3] in 0"], "beside item 2, which the bundle works on")
  }
}
