import Fabric
import SlotAllocator
import Testing

/// The way out where nothing moves, whatever the policy does.
@Suite struct BoardStandstillTests {
  let pair = TestApplication.chain("A", "B")

  func images(_ slots: Int...) throws -> [Image] {
    try pair.tasks.map { try pair.image(of: $0.name, .little, slots: slots) }
  }

  /// Rings shorter than a batch: A and B have filled theirs, and only C can run.
  @Test func `where full rings stop everything, a stage that can run takes the most upstream slot`() throws {
    let triple = TestApplication.chain("A", "B", "C")
    let images = try triple.tasks.map { try triple.image(of: $0.name, .little, slots: [0, 1]) }
    var bench = try Bench(.little, .little)
    try bench.admit(job(1), triple, images: images, items: 66, loaded: 64, progress: [64, 32, 0])
    #expect(bench.next() == ["1: A -> 0", "1: B -> 1"])
    try bench.configured(0)
    #expect(bench.next() == [], "B is on its way")
    try bench.configured(1)
    #expect(bench.next() == ["1: C -> 0"])
    try bench.configured(0)
    #expect(bench.next() == ["1: C[0] in 0"])
    #expect(try bench.runOut() == (64, []), "C fills the output ring, B goes on behind it")
  }

  @Test func `the latest job's slot is taken first`() throws {
    var bench = try Bench(.little, .little)
    let waiting = TestApplication.chain("B")
    try bench.admit(job(1), waiting, images: images(0, 1), items: 3, loaded: 0)
    try bench.admit(job(2), waiting, images: images(0, 1), items: 3, loaded: 0)
    try bench.admit(job(3), TestApplication.chain("A"), images: images(0, 1), items: 3)
    #expect(bench.next() == ["1: B -> 0", "2: B -> 1"])
    try bench.configured(0, 1)
    #expect(bench.next() == ["3: A -> 1"])
  }

  @Test func `nothing is taken while a slot could go on, or while a job only reserves`() throws {
    var bench = try Bench(.little)
    try bench.admit(job(1), pair, images: images(0), items: 3, progress: [2, 1])
    #expect(bench.next(mayLaunch: false) == ["1: A -> 0"])
    try bench.configured(0)
    #expect(bench.next(mayLaunch: false) == [], "A waits only for the lease")
    #expect(bench.next() == ["1: A[2] in 0"])
    var reserving = try Bench(.little)
    try reserving.admit(job(1), pair, images: images(0), items: 3, progress: [2, 1], isReserved: true)
    #expect(reserving.next() == ["1: A -> 0"])
    try reserving.configured(0)
    #expect(reserving.next() == [])
  }

  @Test func `two tasks that run the same kernel share a slot without another configuration`() throws {
    let twice = TestApplication(
      tasks: [
        TestTask("A", reads: ["in"], writes: ["between"], kind: "same"),
        TestTask("B", reads: ["between"], writes: ["out"], kind: "same"),
      ])
    var bench = try Bench(.little)
    try bench.admit(job(1), twice, images: [twice.image(of: "A", .little, slots: [0])], items: 3, progress: [2, 1])
    _ = bench.next()
    try bench.configured(0)
    #expect(bench.next() == ["1: A[2] in 0"])
    try bench.finished(0)
    #expect(bench.next() == ["1: A[1] in 0"], "the same image, now for B")
  }

  @Test func `a free slot is left to a policy that waits, and taken when nothing can come any more`() throws {
    let script = Script()
    var bench = try Bench(.little, policy: script)
    try bench.admit(job(1), TestApplication.chain("A"), images: images(0), items: 2, loaded: 1)
    #expect(bench.next() == [], "another input may come")
    script.nextUpdate = BoardInstant(nanoseconds: 9)
    bench.load(job(1), 1)
    #expect(bench.next() == [], "the policy wants to be asked again")
    script.nextUpdate = nil
    bench.now = BoardInstant(nanoseconds: 9)
    #expect(bench.next() == ["1: A -> 0"])
  }
}
