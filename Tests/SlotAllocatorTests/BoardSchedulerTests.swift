import Fabric
import SlotAllocator
import Testing

@Suite struct BoardSchedulerTests {
  let pair = TestApplication.chain("A", "B")

  func images(_ slots: Int...) throws -> [Image] {
    try pair.tasks.map { try pair.image(of: $0.name, .little, slots: slots) }
  }

  @Test func `an event that no slot is waiting for is an error`() throws {
    var bench = try Bench(.little, .little)
    try bench.admit(job(1), TestApplication.chain("A"), images: images(0), items: 1)
    #expect(throws: SchedulingError.notConfiguring(slot(0))) { try bench.scheduler.slotConfigured(slot(0)) }
    _ = bench.next()
    #expect(throws: SchedulingError.notRunning(slot(0))) { try bench.scheduler.launchFailed(slot(0)) }
    #expect(throws: SchedulingError.notConfiguring(slot(1))) { try bench.scheduler.slotConfigured(slot(1)) }
    try bench.configured(0)
    #expect(throws: SchedulingError.notConfiguring(slot(0))) {
      try bench.scheduler.configurationEnded(slot(0), holding: nil)
    }
    #expect(throws: SchedulingError.notRunning(slot(0))) {
      try bench.scheduler.launchFinished(slot(0), written: [:], at: bench.now)
    }
    #expect(throws: SchedulingError.notConfiguring(slot(2))) { try bench.scheduler.slotConfigured(slot(2)) }
    #expect(throws: SchedulingError.notRunning(slot(-1))) { try bench.scheduler.launchFailed(slot(-1)) }
    #expect(bench.scheduler.activity(of: slot(2)).activity == .empty)
    #expect(bench.next() == ["1: A[0] in 0"], "and nothing has changed")
  }

  @Test func `what a slot does can be seen`() throws {
    var bench = try Bench(.little, .little, .little, .little)
    try bench.admit(job(1), TestApplication.chain("A"), images: images(0), items: 1)
    try bench.admit(job(2), pair, images: images(1, 2), items: 1)
    _ = bench.next()
    #expect(bench.activities(4) == ["configuring A 1", "configuring A 2", "configuring B 2", "empty"])
    try bench.configured(0, 2)
    bench.scheduler.quarantine(slot(1))
    #expect(bench.next() == ["1: A[0] in 0"])
    #expect(bench.activities(4) == ["running A 1", "quarantined", "ready B 2", "empty"])
    #expect(bench.scheduler.runningSlots(of: job(1)) == [slot(0)])
    try bench.finished(0)
    #expect(bench.next() == ["2: A -> 2"], "A can run and B cannot, so A gets the slot that is left")
    #expect(bench.activities(4) == ["ready A", "quarantined", "configuring A 2", "empty"])
  }

  @Test func `a slot that is being configured for a removed job comes free with its image`() throws {
    var bench = try Bench(.little)
    try bench.admit(job(1), TestApplication.chain("A"), images: images(0), items: 1)
    #expect(bench.next() == ["1: A -> 0"])
    bench.scheduler.remove(job(1))
    #expect(bench.activities(1) == ["configuring A"])
    try bench.admit(job(2), TestApplication.chain("A"), images: images(0), items: 1)
    #expect(bench.next() == [])
    try bench.configured(0)
    #expect(bench.next() == ["2: A[0] in 0"])
  }

  @Test func `a slot that runs for a removed job comes free when the launch has ended`() throws {
    var bench = try Bench(.little)
    try bench.admit(job(1), TestApplication.chain("A"), images: images(0), items: 1)
    _ = bench.next()
    try bench.configured(0)
    #expect(bench.next() == ["1: A[0] in 0"])
    bench.scheduler.remove(job(1))
    #expect(bench.scheduler.flow(of: job(1)) == nil)
    #expect(bench.scheduler.runningSlots(of: job(1)) == [slot(0)], "its memory is still in use")
    try bench.admit(job(2), TestApplication.chain("B"), images: images(0), items: 1)
    #expect(bench.next() == [])
    #expect(try bench.scheduler.launchFinished(slot(0), written: [:], at: bench.now) == nil)
    #expect(bench.scheduler.runningSlots(of: job(1)) == [])
    #expect(bench.next() == ["2: B -> 0"])
  }

  @Test func `a failed launch names its job, of which nothing more is launched`() throws {
    var bench = try Bench(.little, .little)
    try bench.admit(job(1), pair, images: images(0, 1), items: 3, progress: [1, 0])
    _ = bench.next()
    try bench.configured(0, 1)
    #expect(bench.next() == ["1: A[1] in 0", "1: B[0] in 1"])
    #expect(try bench.scheduler.launchFailed(slot(0)) == job(1))
    #expect(bench.next() == [])
    try bench.finished(1)
    #expect(bench.next() == [])
    #expect(bench.scheduler.flow(of: job(1))?.progress.tasks.map(\.finished) == [1, 1], "what was in flight counts")
    bench.scheduler.remove(job(1))
    #expect(bench.activities(2) == ["ready A", "ready B"])
  }

  @Test(arguments: [PolicyName.tessera, .fcfs])
  func `an image serves the jobs of the tenant for whom it was brought in`(policy: PolicyName) throws {
    var bench = try Bench(.little, policy: policy.policy())
    let application = TestApplication.chain("A")
    for number in 1...2 as ClosedRange<UInt64> {
      try bench.admit(job(number), application, images: images(0), items: 1, tenant: "mine")
    }
    try bench.admit(job(3), application, images: images(0), items: 1, tenant: "theirs")
    #expect(bench.next() == ["1: A -> 0"])
    try bench.configured(0)
    #expect(bench.next() == ["1: A[0] in 0"])
    try bench.finished(0)
    #expect(bench.next() == ["2: A[0] in 0"], "as it is")
    try bench.finished(0)
    #expect(bench.next() == ["3: A -> 0"], "anew, though it is there")
    try bench.configured(0)
    #expect(bench.next() == ["3: A[0] in 0"])
  }

  @Test func `a reservation is configured ahead and the job that replaces it reuses its slots`() throws {
    var bench = try Bench(.little, .little)
    try bench.admit(job(1, epoch: 4), pair, images: images(0, 1), items: 3, isReserved: true)
    #expect(bench.scheduler.isConfiguring(job(1, epoch: 4)) == false)
    #expect(bench.next() == ["1: A -> 0", "1: B -> 1"])
    #expect(bench.scheduler.isConfiguring(job(1, epoch: 4)))
    try bench.configured(0, 1)
    #expect(!bench.scheduler.isConfiguring(job(1, epoch: 4)))
    #expect(bench.next() == [], "inputs are there, but nothing is launched before the job has come")
    try bench.admit(
      job(1, epoch: 5), pair, images: images(0, 1), items: 3, progress: [2, 1], replacing: job(1, epoch: 4))
    #expect(bench.scheduler.flow(of: job(1, epoch: 4)) == nil)
    #expect(bench.next() == ["1: A[2] in 0", "1: B[1] in 1"])
  }

  @Test func `a job that restores its items keeps its slots until it runs`() throws {
    var bench = try Bench(.little, .little)
    try bench.admit(job(1), pair, images: images(0, 1), items: 3, progress: [2, 1], isReserved: true)
    _ = bench.next()
    try bench.configured(0, 1)
    #expect(bench.next() == [])
    bench.scheduler.run(job(1))
    #expect(bench.next() == ["1: A[2] in 0", "1: B[1] in 1"])
  }

  @Test func `a replaced reservation keeps its place before jobs that came later`() throws {
    var bench = try Bench(.little)
    try bench.admit(job(1, epoch: 4), TestApplication.chain("A"), images: images(0), items: 1, isReserved: true)
    #expect(bench.next() == ["1: A -> 0"])
    try bench.admit(job(2), TestApplication.chain("B"), images: images(0), items: 1)
    try bench.admit(
      job(1, epoch: 5), TestApplication.chain("A"), images: images(0), items: 1, replacing: job(1, epoch: 4))
    #expect(bench.next() == [], "the slot is still being configured")
    try bench.configured(0)
    #expect(bench.next() == ["1: A[0] in 0"])
  }

  @Test func `a dropped reservation that comes again under its epoch is not taken for the first one`() throws {
    var bench = try Bench(.little)
    try bench.admit(job(1), pair, images: images(0), items: 3, isReserved: true)
    #expect(bench.next() == ["1: A -> 0"])
    bench.scheduler.remove(job(1))
    try bench.admit(job(1), pair, images: images(0), items: 3, progress: [3, 1], isReserved: true)
    try bench.configured(0)
    #expect(bench.next() == ["1: B -> 0"])
    try bench.configured(0)
    bench.scheduler.run(job(1))
    #expect(bench.next() == ["1: B[1] in 0"])
  }

  @Test func `a stopped job launches nothing more and leaves its slots`() throws {
    var bench = try Bench(.little, .little)
    try bench.admit(job(1), pair, images: images(0, 1), items: 3)
    _ = bench.next()
    try bench.configured(0, 1)
    #expect(bench.next() == ["1: A[0] in 0"])
    bench.scheduler.stop(job(1))
    #expect(bench.activities(2) == ["running A 1", "ready B"])
    try bench.admit(job(2), TestApplication.chain("B"), images: images(0, 1), items: 1)
    #expect(bench.next() == ["2: B[0] in 1"])
    try bench.finished(0)
    #expect(bench.next() == [])
    #expect(bench.scheduler.runningSlots(of: job(1)) == [])
    let progress = bench.scheduler.flow(of: job(1))?.progress
    #expect(progress?.tasks.map(\.finished) == [1, 0], "the item in flight counts")
    #expect(bench.activities(2)[0] == "ready A")
  }

  @Test func `while the lease is over slots are configured but nothing is launched`() throws {
    var bench = try Bench(.little)
    try bench.admit(job(1), TestApplication.chain("A"), images: images(0), items: 1)
    #expect(bench.next(mayLaunch: false) == ["1: A -> 0"])
    try bench.configured(0)
    #expect(bench.next(mayLaunch: false) == [])
    #expect(bench.next(mayLaunch: true) == ["1: A[0] in 0"])
  }

  @Test func `a job is stranded when a stage has no healthy slot left`() throws {
    var bench = try Bench(.little, .little)
    let split = try [pair.image(of: "A", .little, slots: [0]), pair.image(of: "B", .little, slots: [1])]
    try bench.admit(job(1), pair, images: split, items: 2)
    try bench.admit(job(2), TestApplication.chain("A"), images: split, items: 2)
    _ = bench.next()
    #expect(bench.scheduler.stranded == [])
    bench.scheduler.quarantine(slot(1))
    #expect(bench.scheduler.stranded == [job(1)])
    bench.scheduler.remove(job(1))
    #expect(bench.scheduler.stranded == [])
    try bench.configured(0)
    #expect(bench.next() == ["2: A[0] in 0"])
  }

  @Test func `a quarantined slot strands no job whose stage there has finished and none that is stopped`() throws {
    var bench = try Bench(.little, .little)
    let split = try [pair.image(of: "A", .little, slots: [0]), pair.image(of: "B", .little, slots: [1])]
    try bench.admit(job(1), pair, images: split, items: 2, progress: [2, 0])
    try bench.admit(job(2), TestApplication.chain("A"), images: split, items: 2)
    #expect(bench.next() == ["1: B -> 1", "2: A -> 0"])
    bench.scheduler.quarantine(slot(0))
    #expect(bench.scheduler.stranded == [job(2)])
    bench.scheduler.stop(job(2))
    #expect(bench.scheduler.stranded == [])
  }

  @Test func `an image for a slot that the board does not have is no slot for a job`() throws {
    var bench = try Bench(.little)
    try bench.admit(job(1), TestApplication.chain("A"), images: images(7), items: 1)
    #expect(bench.next() == [])
    #expect(bench.scheduler.stranded == [job(1)])
  }
}
