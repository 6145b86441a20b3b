import Bitstream
import BoardAgent
import Fabric
import Messages
import Migration
import Reconfig
import SlotAllocator
import Testing

/// Both halves of a migration.
@Suite struct AgentCoreMigrationTests {
  /// A job whose first launch is in flight.
  private func running() throws -> AgentBench {
    var bench = try AgentBench()
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.work(except: { $0.name == "launch" })
    try bench.finish("launch")
    _ = bench.drain()
    return bench
  }

  /// A job that is stopped with one item between its tasks, and saved.
  private func saved() throws -> AgentBench {
    var bench = try running()
    try bench.hear(bench.stopOrder())
    try bench.work(except: { $0.name == "save" })
    _ = bench.drain()
    return bench
  }

  private func stopped(_ bench: inout AgentBench) -> [Stopped] {
    bench.drain().compactMap { if case .stopped(let stopped) = $0 { stopped } else { nil } }
  }

  @Test func `a stopped job drains at item boundaries and saves just what is still needed`() throws {
    var bench = try running()
    #expect(try bench.hear(bench.stopOrder()).allSatisfy { $0.launch == nil && $0.name != "save" })
    #expect(try bench.heartbeat().jobs.first?.phase == .stopping)
    try bench.finish("launch")
    #expect(!bench.pending.contains { $0.name == "save" })
    let last = try bench.finish("launch")
    #expect(last.contains { $0.name == "save" } && !last.contains { $0.launch != nil })
    guard case .save(_, let items) = try bench.take("save") else { return }
    // Task a has finished two items, b one, whose result is not committed.
    #expect(items.map { "\($0.place.edge) \($0.place.item) \($0.byteCount)" } == ["inner 1 7", "output 0 7"])
  }

  @Test func `with several items of a task in flight, all end before it saves, and the checkpoint is a prefix`() throws
  {
    var bench = try AgentBench(little: 3, policy: InOrder(slotsPerTask: 3))
    try bench.join()
    try bench.hear(.assign(bench.assignment(items: 6)))
    try bench.work(except: { $0.name == "launch" })
    #expect(bench.pending.compactMap(\.launch).map(\.items) == [[0], [1], [2]])
    try bench.finish(bench.pending[1])
    try bench.hear(bench.stopOrder())
    for last in [2, 3] {
      #expect(!bench.pending.contains { $0.name == "save" })
      #expect(try bench.heartbeat().jobs.first?.progress.tasks.map(\.finished) == [0, 0])
      let launch = try #require(bench.pending.last { $0.launch?.items == [last] })
      try bench.finish(launch)
    }
    #expect(!bench.pending.contains { $0.name == "save" }, "item 0 is still in flight")
    try bench.finish("launch")
    guard case .save(_, let items) = try bench.take("save") else { return }
    #expect(items.map { "\($0.place.edge) \($0.place.item)" } == (0..<4).map { "inner \($0)" })
    let saved = items.map { SavedItem(edge: $0.place.edge, item: $0.place.item, blob: benchBlob("\($0.place.item)")) }
    try bench.handle(.saved(execution(), .success(saved)))
    guard case .sealed(_, let checkpoint)? = bench.records.last else { return #expect(Bool(false), "no seal") }
    #expect(checkpoint.progress.tasks.map(\.finished) == [4, 0] && checkpoint.items == saved)
  }

  @Test func `it waits for what is loaded and stored, too`() throws {
    var bench = try AgentBench()
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.work(except: { $0.name == "load" })
    try bench.hear(bench.stopOrder())
    #expect(!bench.pending.contains { $0.name == "save" })
    #expect(try bench.finish("load").map(\.name) == ["save"])
  }

  @Test func `the seal is durable before anything is delivered, and the report is told again on every stop`() throws {
    var bench = try saved()
    #expect(try bench.finish("save").map(\.name) == ["persist"])
    guard case .sealed(execution(), let checkpoint)? = bench.records.last else {
      return #expect(Bool(false), "no seal")
    }
    #expect(checkpoint.progress.tasks.map(\.finished) == [2, 1] && checkpoint.items.count == 2)
    try bench.handle(.synced(SequenceNumber(rawValue: UInt64(bench.records.count - 1))))
    #expect(!bench.pending.contains { $0.name == "deliver" })
    try bench.sync()
    guard case .deliver(_, checkpoint.items, "tcp://other")? = bench.pending.first else {
      return #expect(Bool(false), "nothing is delivered")
    }
    #expect(try bench.heartbeat().jobs.first?.phase == .sealed)
    try bench.finish("deliver")
    let report = try #require(stopped(&bench).first)
    #expect(report.checkpoint == checkpoint && report.isDelivered)
    #expect(report.drainDuration >= .zero)
    try bench.hear(bench.stopOrder())
    #expect(stopped(&bench) == [report])
    #expect(try bench.hear(.release(execution())).map(\.name) == ["free"])
  }

  @Test func `what could not be delivered is reported so, and goes on at the source under the next epoch`() throws {
    var bench = try saved()
    try bench.finish("save")
    try bench.sync()
    _ = try bench.take("deliver")
    try bench.handle(.delivered(execution(), .failure(refusal)))
    let report = try #require(stopped(&bench).first)
    #expect(!report.isDelivered)
    var assignment = try bench.assignment(2)
    assignment.checkpoint = report.checkpoint
    let back = try bench.hear(.assign(assignment))
    #expect(back.map(\.name).prefix(3) == ["persist", "adopt", "restore"])
    let before = bench.asked.compactMap(\.launch).count
    try bench.work()
    #expect(bench.asked.compactMap(\.launch).count - before == 3)
    #expect(!bench.asked.contains { $0.name == "free" })
  }

  @Test func `items that cannot be saved give the job up`() throws {
    var bench = try saved()
    _ = try bench.take("save")
    #expect(try bench.handle(.saved(execution(), .failure(refusal))).contains(.free(execution())))
    #expect(bench.drain().map(\.name) == ["handBack"])
  }

  @Test func `a stopped job loses nothing when its slots are quarantined`() throws {
    var bench = try AgentBench(little: 1)
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.work(except: { $0.name == "write" })
    let slot = SlotID(rawValue: 0)
    for attempt in 1...ConfigurationQueue.attemptLimit {
      // Before the last attempt has ended; one that waits would be dropped.
      if attempt == ConfigurationQueue.attemptLimit { try bench.hear(bench.stopOrder()) }
      _ = try bench.take("write")
      try bench.handle(.written(slot, .portFault(slot, .unfinished("bench", wordCount: 1))))
      try bench.pass(.seconds(1))
    }
    #expect(try bench.heartbeat().slots.first?.state == .quarantined)
    #expect(
      !bench.asked.contains { if case .send(let sent, _, _) = $0 { sent.message.name == "handBack" } else { false } })
  }

  @Test func `a destination reserves memory and configures slots, launches nothing and says when it is ready`() throws {
    var bench = try AgentBench()
    try bench.join()
    #expect(try bench.hear(.prepare(bench.assignment())).map(\.name) == ["allocate"])
    try bench.finish("allocate")
    #expect(bench.drain().isEmpty)
    try bench.work()
    #expect(bench.drain() == [.prepared(execution())])
    #expect(!bench.asked.contains { $0.launch != nil || $0.name == "load" })
    try bench.hear(.prepare(bench.assignment()))
    #expect(bench.drain() == [.prepared(execution())])
    #expect(try bench.heartbeat().jobs.isEmpty)
  }

  @Test func `an assignment takes over the reservation's memory and its configured slots`() throws {
    var bench = try AgentBench()
    try bench.join()
    try bench.hear(.prepare(bench.assignment(1)))
    try bench.work()
    let writes = bench.asked.filter { $0.name == "write" }.count
    let taken = try bench.hear(.assign(bench.assignment(2)))
    #expect(taken.contains(.adopt(execution(2), from: execution(1))) && !taken.contains { $0.name == "allocate" })
    try bench.work()
    #expect(bench.asked.filter { $0.name == "write" }.count == writes)
    #expect(bench.drain().filter { $0.name == "itemFinished" }.count == 3)
  }

  @Test func `a reservation without memory yet is given up for the assignment`() throws {
    var bench = try AgentBench()
    try bench.join()
    try bench.hear(.prepare(bench.assignment(1)))
    let taken = try bench.hear(.assign(bench.assignment(2)))
    #expect(taken.map(\.name) == ["persist", "free", "allocate"])
  }

  @Test func `a reservation expires, and gives way to one under a later epoch`() throws {
    var bench = try AgentBench()
    try bench.join()
    try bench.hear(.prepare(bench.assignment(1)))
    try bench.work()
    #expect(try bench.hear(.prepare(bench.assignment(2))).map(\.name).prefix(2) == ["free", "allocate"])
    try bench.work()
    try bench.pass(MigrationDestination.reservationDuration - .milliseconds(1))
    #expect(!bench.asked.contains(.free(execution(2))))
    try bench.pass(.milliseconds(1))
    #expect(bench.asked.contains(.free(execution(2))))
  }

  @Test func `an announcement that is repeated renews the reservation`() throws {
    var bench = try AgentBench()
    try bench.join()
    try bench.hear(.prepare(bench.assignment()))
    try bench.work()
    _ = bench.drain()
    try bench.pass(MigrationDestination.reservationDuration - .milliseconds(1))
    try bench.hear(.prepare(bench.assignment()))
    #expect(bench.drain().contains(.prepared(execution())))
    try bench.pass(MigrationDestination.reservationDuration - .milliseconds(1))
    #expect(!bench.asked.contains(.free(execution())))
    try bench.pass(.milliseconds(1))
    #expect(bench.asked.contains(.free(execution())))
  }

  @Test func `a destination that cannot take the job declines and says why`() throws {
    var bench = try AgentBench()
    try bench.join()
    try bench.hear(.prepare(bench.assignment(images: [])))
    guard case .declined(let noImage)? = bench.drain().first else { return #expect(Bool(false), "not declined") }
    #expect(noImage.reason.code == "agent.noImage")
    try bench.hear(.prepare(bench.assignment()))
    _ = try bench.take("allocate")
    #expect(try bench.handle(.allocated(execution(), .failure(refusal))).contains(.free(execution())))
    guard case .declined(let noMemory)? = bench.drain().first else { return #expect(Bool(false), "not declined") }
    #expect(noMemory.reason == refusal)
  }

  @Test func `a read that fails after the job came in its reservation's place gives the job up under its own epoch`()
    throws
  {
    var bench = try AgentBench()
    try bench.join()
    try bench.hear(.prepare(bench.assignment(2)))
    try bench.finish("allocate")
    try bench.hear(.assign(bench.assignment(3)))
    _ = bench.drain()
    try bench.failFetch(refusal)
    let handBacks = bench.drain().compactMap { if case .handBack(let handBack) = $0 { handBack } else { nil } }
    #expect(handBacks.map(\.epoch) == [Epoch(rawValue: 3)] && handBacks.map(\.reason) == [refusal])
    #expect(bench.asked.contains(.free(execution(3))))
  }
}
