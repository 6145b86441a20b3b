import Fabric
import SlotAllocator
import Testing

/// What the scheduler says of images on their way: how much they are needed, which nobody wants, which come next.
@Suite struct ConfigurationNeedTests {
  private let pair = TestApplication.chain("A", "B")

  private func images(_ slots: Int...) throws -> [Image] {
    try pair.tasks.map { try pair.image(of: $0.name, .little, slots: slots) }
  }

  private func needs(_ bench: inout Bench) -> [ConfigurationNeed] {
    bench.scheduler.next(at: bench.now, mayLaunch: true).compactMap {
      if case .configure(_, _, let need, _) = $0 { need } else { nil }
    }
  }

  @Test func `a job stands still until something of it runs, and what nothing can run in yet is ahead of need`() throws
  {
    var bench = try Bench(.little, .little, policy: ByNeed())
    try bench.admit(job(1), pair, images: images(0, 1), items: 2)
    #expect(needs(&bench) == [.standingStill, .ahead])
    try bench.configured(0)
    #expect(bench.next() == ["1: A[0] in 0"])
    try bench.finished(0)
    #expect(needs(&bench) == [.progressing], "an item waits for B, and A goes on")
  }

  @Test func `what is on its way is said again when its job comes to a stand`() throws {
    var bench = try Bench(.little, .little, policy: ByNeed())
    try bench.admit(job(1), pair, images: images(0, 1), items: 1)
    #expect(needs(&bench) == [.standingStill, .ahead])
    try bench.configured(0)
    #expect(needs(&bench) == [])
    _ = try bench.scheduler.launchFinished(slot(0), written: [:], at: bench.now)
    #expect(needs(&bench) == [.standingStill])
    #expect(needs(&bench) == [], "once")
  }

  @Test func `a reserved job's images are ahead of need, and a published policy tells no need from another`() throws {
    var bench = try Bench(.little, .little, policy: ByNeed())
    try bench.admit(job(1), pair, images: images(0, 1), items: 1, isReserved: true)
    #expect(needs(&bench) == [.ahead, .ahead])
    bench = try Bench(.little, .little)
    try bench.admit(job(1), pair, images: images(0, 1), items: 1)
    #expect(needs(&bench) == [.progressing, .progressing])
  }

  @Test func `what is ahead of need makes way for a job that stands still, unless it is at the port`() throws {
    for waiting in [[slot(0)], []] {
      var bench = try Bench(.little, policy: PolicyName.tessera.policy())
      try bench.admit(job(1), pair, images: images(0), items: 1, isReserved: true)
      #expect(bench.next() == ["1: A -> 0"])
      bench.scheduler.imagesWait(for: waiting, passedOver: [])
      #expect(bench.next() == [])
      try bench.admit(job(2), pair, images: images(0), items: 1)
      #expect(bench.next() == (waiting.isEmpty ? [] : ["2: A -> 0"]))
      bench.scheduler.imagesWait(for: waiting, passedOver: [])
      #expect(bench.next() == [], "what a job stands still for is not taken back")
      try bench.configured(0)
      #expect(bench.next() == ["2: A[0] in 0"])
    }
  }

  @Test func `nor does it keep a job that stands still from another slot`() throws {
    var bench = try Bench(.little, .little, policy: PolicyName.tessera.policy())
    try bench.admit(job(1), pair, images: images(0), items: 1, isReserved: true)
    #expect(bench.next() == ["1: A -> 0"])
    bench.scheduler.imagesWait(for: [slot(0)], passedOver: [])
    try bench.admit(job(2), pair, images: images(1), items: 1)
    #expect(bench.next() == ["2: A -> 1"])
    #expect(bench.activities(2) == ["configuring A 1", "configuring A 2"])
  }

  @Test func `what nobody wants any more is named, and its slot is free at once`() throws {
    var bench = try Bench(.little, .little)
    try bench.admit(job(1), pair, images: images(0, 1), items: 1)
    _ = bench.next()
    #expect(bench.scheduler.abandonedSlots == [])
    bench.scheduler.stop(job(1))
    #expect(bench.scheduler.abandonedSlots == [slot(0), slot(1)])
    try bench.scheduler.configurationEnded(slot(1), holding: nil)
    #expect(bench.scheduler.abandonedSlots == [slot(0)])
    #expect(bench.activities(2) == ["configuring A", "empty"])
  }

  @Test func `what is on its way for a reservation comes for the job that takes its place`() throws {
    var bench = try Bench(.little, .little)
    try bench.admit(job(1, epoch: 4), pair, images: images(0, 1), items: 1, isReserved: true)
    #expect(bench.next() == ["1: A -> 0", "1: B -> 1"])
    try bench.admit(job(1, epoch: 5), pair, images: images(0, 1), items: 1, replacing: job(1, epoch: 4))
    #expect(bench.scheduler.abandonedSlots == [])
    try bench.configured(0, 1)
    #expect(bench.next() == ["1: A[0] in 0"])
  }

  @Test func `the plan names each image once that is still needed, and is given when it may have changed`() throws {
    var bench = try Bench(.little, .little)
    #expect(bench.scheduler.imagePlan(at: bench.now) == nil)
    let known = try images(0, 1)
    try bench.admit(job(1), pair, images: known, items: 1)
    try bench.admit(job(2), pair, images: known, items: 1)
    #expect(bench.scheduler.imagePlan(at: bench.now) == known.map(\.id))
    #expect(bench.scheduler.imagePlan(at: bench.now) == nil)
    bench.scheduler.remove(job(2))
    _ = bench.scheduler.imagePlan(at: bench.now)
    _ = bench.next()
    try bench.configured(0)
    #expect(bench.next() == ["1: A[0] in 0"])
    #expect(bench.scheduler.imagePlan(at: bench.now) == [known[1].id], "A has begun all it had")
    bench.scheduler.remove(job(1))
    #expect(bench.scheduler.imagePlan(at: bench.now) == [])
  }

  @Test func `a slot that is reset is there again for a job that had none left`() throws {
    var bench = try Bench(.little)
    bench.scheduler.quarantine(slot(0))
    try bench.admit(job(1), TestApplication.chain("A"), images: images(0), items: 1)
    #expect(bench.scheduler.stranded == [job(1)] && bench.next() == [])
    bench.scheduler.reset(slot(0))
    #expect(bench.scheduler.stranded == [] && bench.next() == ["1: A -> 0"])
    bench.scheduler.reset(slot(0))
    #expect(bench.activities(1) == ["configuring A 1"], "what is not quarantined is not reset")
  }
}

/// Jobs' stages in turn, and the port by need.
private struct ByNeed: Policy {
  private var order = GivenOrder()
  var configurationLimit: Int { order.configurationLimit }
  var ordersByNeed: Bool { true }
  mutating func observe(_ board: BoardState, at now: BoardInstant) -> BoardInstant? { nil }
  mutating func nextPlacement(on board: BoardState, at now: BoardInstant) -> Placement? {
    order.nextPlacement(on: board, at: now)
  }
}
