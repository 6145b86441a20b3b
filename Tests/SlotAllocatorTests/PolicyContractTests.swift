import Fabric
import SlotAllocator
import Testing

/// When a policy is asked, and what it is told.
@Suite struct PolicyContractTests {
  let pair = TestApplication.chain("A", "B")

  func images(_ slots: Int...) throws -> [Image] {
    try pair.tasks.map { try pair.image(of: $0.name, .little, slots: slots) }
  }

  @Test func `a policy is asked when something has happened, when it wanted to, and never for a time that is past`()
    throws
  {
    let script = Script()
    var bench = try Bench(.little, policy: script)
    #expect(bench.next() == [] && script.asked == 1)
    #expect(bench.next() == [] && script.asked == 1)
    #expect(bench.next(mayLaunch: false) == [] && script.asked == 2, "the lease has ended")
    script.nextUpdate = BoardInstant(nanoseconds: 50)
    try bench.admit(job(1), pair, images: images(0), items: 1, loaded: 0)
    #expect(bench.next(mayLaunch: false) == [] && script.asked == 3)
    #expect(bench.scheduler.nextUpdate == script.nextUpdate)
    bench.now = BoardInstant(nanoseconds: 49)
    #expect(bench.next(mayLaunch: false) == [] && script.asked == 3)
    bench.now = BoardInstant(nanoseconds: 50)
    #expect(bench.next(mayLaunch: false) == [] && script.asked == 4)
    #expect(bench.scheduler.nextUpdate == nil, "50 is no later than now")
  }

  @Test func `what launches took is told of the image, and beforehand of the application's others`() throws {
    var bench = try Bench(.little, .little, durations: .learned)
    try bench.admit(job(1), pair, images: images(0, 1), items: 3)
    let seconds = { (bench: Bench) in bench.scheduler.board.jobs.map { $0.launchSeconds } }
    #expect(seconds(bench) == [[5e-6, 5e-6]])
    _ = bench.next()
    try bench.configured(0, 1)
    _ = bench.next()
    bench.now = BoardInstant(nanoseconds: 20_000)
    try bench.finished(0)
    #expect(
      seconds(bench).map { $0.map { ($0 * 1e9).rounded() } } == [[20_000, 20_000]],
      "all was estimated 4 times too short")
    _ = bench.next()
    bench.now = BoardInstant(nanoseconds: 30_000)
    try bench.finished(1)
    #expect(seconds(bench).map { $0.map { ($0 * 1e9).rounded() } } == [[20_000, 10_000]])
    bench.scheduler.remove(job(1))
    try bench.admit(job(2), pair, images: images(0, 1), items: 3)
    #expect(seconds(bench).map { $0.map { ($0 * 1e9).rounded() } } == [[20_000, 10_000]])
  }
}
