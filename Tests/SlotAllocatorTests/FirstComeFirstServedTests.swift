import Fabric
import SlotAllocator
import Testing

/// Decisions on small boards, worked out by hand.
@Suite struct FirstComeFirstServedTests {
  let pair = TestApplication.chain("A", "B")
  let triple = TestApplication.chain("A", "B", "C")
  /// Four tasks in two bundles.
  let four = TestApplication.chain("A", "B", "C", "D", bundles: [["A", "B"], ["C", "D"]])

  func images(of application: TestApplication, slots: [Int]) throws -> [Image] {
    try application.tasks.map { try application.image(of: $0.name, .little, slots: slots) }
  }

  @Test func `the earlier job comes first and its later stages are configured ahead`() throws {
    var bench = try Bench(.little, .little, .little)
    let images = try images(of: pair, slots: [0, 1, 2])
    try bench.admit(job(1), pair, images: images, items: 2)
    try bench.admit(job(2), pair, images: images, items: 2)
    #expect(bench.next() == ["1: A -> 0", "1: B -> 1", "2: A -> 2"])
    #expect(bench.next() == [])
    try bench.configured(2, 0)
    #expect(bench.next() == ["1: A[0] in 0", "2: A[0] in 2"])
    try bench.configured(1)
    try bench.finished(0)
    #expect(bench.next() == ["1: A[1] in 0", "1: B[0] in 1"])
  }

  @Test func `a free slot that holds the image is preferred and nothing is configured`() throws {
    var bench = try Bench(.little, .little, .little)
    let images = try images(of: pair, slots: [0, 1, 2])
    try bench.admit(job(1), pair, images: images, items: 1)
    _ = bench.next()
    try bench.configured(0, 1)
    bench.scheduler.remove(job(1))
    try bench.admit(job(2), TestApplication.chain("B"), images: images, items: 1)
    #expect(bench.next() == ["2: B[0] in 1"])
  }

  @Test func `a stage that has finished the batch leaves its slot to the next one`() throws {
    var bench = try Bench(.little)
    try bench.admit(job(1), pair, images: images(of: pair, slots: [0]), items: 2)
    #expect(bench.next() == ["1: A -> 0"])
    try bench.configured(0)
    #expect(bench.next() == ["1: A[0] in 0"])
    try bench.finished(0)
    #expect(bench.next() == ["1: A[1] in 0"])
    try bench.finished(0)
    #expect(bench.next() == ["1: B -> 0"])
  }

  @Test func `bundles go to Big slots and a second job to Little ones while these are taken`() throws {
    var bench = try Bench(.little, .little, .little, .little, .big, .big)
    let images =
      try images(of: four, slots: [0, 1, 2, 3])
      + [four.image(ofBundle: ["A", "B"], slots: [4, 5]), four.image(ofBundle: ["C", "D"], slots: [4, 5])]
    for number in 1...3 { try bench.admit(job(UInt64(number)), four, images: images, items: 2) }
    #expect(
      bench.next() == ["1: AB -> 4", "1: CD -> 5", "2: A -> 0", "2: B -> 1", "2: C -> 2", "2: D -> 3"])
    try bench.configured(0, 1, 2, 3, 4, 5)
    #expect(bench.next() == ["2: A[0] in 0", "1: AB[0] in 4"], "the third job takes no slot of an earlier one")
  }

  @Test func `a job takes no bundle plan of which a Big slot is missing while Little ones are free`() throws {
    var bench = try Bench(.little, .little, .little, .little, .big)
    let mixed = TestApplication.chain("A", "B", "C", bundles: [["B", "C"]])
    let images = try images(of: mixed, slots: [0, 1, 2, 3]) + [mixed.image(ofBundle: ["B", "C"], slots: [4])]
    try bench.admit(job(1), mixed, images: images, items: 2)
    try bench.admit(job(2), mixed, images: images, items: 2)
    #expect(bench.next() == ["1: A -> 0", "1: BC -> 4", "2: A -> 1", "2: B -> 2", "2: C -> 3"])
  }

  @Test func `a chain longer than the board takes its own slots back, the most upstream one first`() throws {
    var bench = try Bench(.little, .little)
    let images = try images(of: triple, slots: [0, 1])
    // Both rings are full, so only C can run.
    try bench.admit(job(1), triple, images: images, items: 66, loaded: 64, progress: [64, 32, 0])
    #expect(bench.next() == ["1: A -> 0", "1: B -> 1"])
    try bench.configured(0)
    #expect(bench.next() == [], "the job moves: B is being configured")
    try bench.configured(1)
    #expect(bench.next() == ["1: C -> 0"])
    try bench.configured(0)
    #expect(bench.next() == ["1: C[0] in 0"])
    #expect(try bench.runOut() == (64, []), "C fills the output ring, B goes on behind it")
    bench.load(job(1), 2)
    #expect(bench.next() == [], "A could run, but C waits only for a commit")
    bench.commit(job(1), through: 32)
    #expect(bench.next() == ["1: C[32] in 0"])
    #expect(try bench.runOut() == (32, ["1: A -> 1"]), "B has nothing to do, and neither has C now")
  }

  @Test func `a stage that waits for an input counts as moving`() throws {
    var bench = try Bench(.little, .little)
    let images = try images(of: triple, slots: [0, 1])
    try bench.admit(job(1), triple, images: images, items: 66, loaded: 63, progress: [63, 32, 0])
    #expect(bench.next() == ["1: A -> 0", "1: B -> 1"])
    try bench.configured(0, 1)
    #expect(bench.next() == [], "C could run and both slots stand still, but A's input is on its way")
    bench.load(job(1), 1)
    #expect(bench.next() == ["1: A[63] in 0"])
    #expect(try bench.runOut() == (1, ["1: C -> 0"]), "now A's ring is full")
  }

  @Test func `a later job waits for the slots of an earlier one`() throws {
    var bench = try Bench(.little)
    try bench.admit(job(1), TestApplication.chain("A"), images: images(of: pair, slots: [0]), items: 3, loaded: 0)
    try bench.admit(job(2), TestApplication.chain("B"), images: images(of: pair, slots: [0]), items: 3)
    #expect(bench.next() == ["1: A -> 0"])
    try bench.configured(0)
    #expect(bench.next() == [], "the second job does not move, but came later")
    bench.load(job(1), 3)
    #expect(bench.next() == ["1: A[0] in 0"])
    #expect(try bench.runOut() == (3, ["2: B -> 0"]))
  }

  @Test func `an earlier job that does not move takes a stalled slot of a later one`() throws {
    var bench = try Bench(.little, .little, .little)
    let own = try [
      triple.image(of: "A", .little, slots: [0, 2]), triple.image(of: "B", .little, slots: [1]),
      triple.image(of: "C", .little, slots: [0]),
    ]
    let other = TestApplication.chain("X")
    try bench.admit(job(1), triple, images: own, items: 66, loaded: 64, progress: [64, 32, 0])
    try bench.admit(job(2), other, images: images(of: other, slots: [2]), items: 3, loaded: 0)
    #expect(bench.next() == ["1: A -> 0", "1: B -> 1", "2: X -> 2"])
    try bench.configured(0, 1, 2)
    #expect(bench.next() == ["1: C -> 0"])
    try bench.configured(0)
    _ = bench.next()
    _ = try bench.runOut()
    bench.load(job(1), 2)
    #expect(bench.next() == [], "C waits for a commit")
    bench.commit(job(1), through: 64)
    _ = bench.next()
    #expect(try bench.runOut() == (32, ["1: A -> 2"]))
  }

  @Test func `nothing is taken back while nothing may be launched`() throws {
    var bench = try Bench(.little)
    try bench.admit(job(1), pair, images: images(of: pair, slots: [0]), items: 3, progress: [2, 1])
    #expect(bench.next(mayLaunch: false) == ["1: A -> 0"])
    try bench.configured(0)
    #expect(bench.next(mayLaunch: false) == [])
    #expect(bench.next() == ["1: A[2] in 0"])
  }

  @Test func `a reservation takes no stalled slot`() throws {
    var bench = try Bench(.little)
    try bench.admit(job(1), pair, images: images(of: pair, slots: [0]), items: 3, progress: [2, 1], isReserved: true)
    #expect(bench.next() == ["1: A -> 0"])
    try bench.configured(0)
    #expect(bench.next() == [], "its second stage could run too, but neither may")
  }

  @Test func `two stages that run the same kernel share a slot without an end of taking it back`() throws {
    var bench = try Bench(.little)
    let twice = TestApplication(
      tasks: [
        TestTask("A", reads: ["in"], writes: ["between"], kind: "same"),
        TestTask("B", reads: ["between"], writes: ["out"], kind: "same"),
      ])
    try bench.admit(job(1), twice, images: [twice.image(of: "A", .little, slots: [0])], items: 3, progress: [2, 1])
    _ = bench.next(mayLaunch: false)
    try bench.configured(0)
    #expect(bench.next(mayLaunch: false) == [])
    #expect(bench.next() == ["1: A[2] in 0"])
    try bench.finished(0)
    #expect(bench.next() == ["1: A[1] in 0"], "the same image, now for B: nothing is configured")
  }
}
