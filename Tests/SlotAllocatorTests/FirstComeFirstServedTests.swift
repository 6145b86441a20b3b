import Fabric
import SlotAllocator
import Testing

/// Decisions on small boards, worked out by hand.
@Suite struct FirstComeFirstServedTests {
  let pair = TestApplication.chain("A", "B")

  func bench(_ kinds: SlotKind...) throws -> Bench {
    switch kinds.count {
    case 1: try Bench(.little, policy: PolicyName.fcfs.policy())
    default: try Bench(.little, .little, policy: PolicyName.fcfs.policy())
    }
  }

  func images(slots: [Int]) throws -> [Image] {
    try pair.tasks.map { try pair.image(of: $0.name, .little, slots: slots) }
  }

  @Test func `tasks take slots in the order in which they became able to run, one image at a time`() throws {
    var bench = try bench(.little, .little)
    try bench.admit(job(1), pair, images: images(slots: [0, 1]), items: 2)
    try bench.admit(job(2), TestApplication.chain("B"), images: images(slots: [0, 1]), items: 2)
    #expect(bench.next() == ["1: A -> 0"], "job 1's B has no item yet, and the port is asked for one image only")
    try bench.configured(0)
    #expect(bench.next() == ["2: B -> 1", "1: A[0] in 0"])
    try bench.configured(1)
    try bench.finished(0)
    #expect(bench.next() == ["1: A[1] in 0", "2: B[0] in 1"], "job 1's B can run now, but both slots are kept")
    try bench.finished(0)
    #expect(bench.next() == ["1: B -> 0"])
  }

  @Test func `a slot is kept between items until the batch is done`() throws {
    var bench = try bench(.little)
    try bench.admit(job(1), TestApplication.chain("A"), images: images(slots: [0]), items: 2, loaded: 1)
    try bench.admit(job(2), TestApplication.chain("B"), images: images(slots: [0]), items: 1)
    #expect(bench.next() == ["1: A -> 0"])
    try bench.configured(0)
    #expect(bench.next() == ["1: A[0] in 0"])
    bench.load(job(1), 1)
    try bench.finished(0)
    #expect(bench.next() == ["1: A[1] in 0"])
    try bench.finished(0)
    #expect(bench.next() == ["2: B -> 0"])
  }

  @Test func `a free slot that holds the image already needs no configuration`() throws {
    var bench = try bench(.little)
    try bench.admit(job(1), TestApplication.chain("A"), images: images(slots: [0]), items: 1)
    _ = bench.next()
    try bench.configured(0)
    _ = bench.next()
    try bench.finished(0)
    bench.scheduler.remove(job(1))
    try bench.admit(job(2), TestApplication.chain("A"), images: images(slots: [0]), items: 1)
    #expect(bench.next() == ["2: A[0] in 0"])
  }
}
