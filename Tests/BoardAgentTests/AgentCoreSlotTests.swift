import Bitstream
import BoardAgent
import Fabric
import Messages
import Reconfig
import Testing

/// Configurations, launches and their faults.
@Suite struct AgentCoreSlotTests {
  private let fault = BoardError.portFault(SlotID(rawValue: 0), .unfinished("bench", wordCount: 1))

  private func started(little: Int = 2) throws -> AgentBench {
    var bench = try AgentBench(little: little)
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.finish("allocate")
    return bench
  }

  private func handBacks(_ bench: inout AgentBench) -> [HandBack] {
    bench.drain().compactMap { if case .handBack(let handBack) = $0 { handBack } else { nil } }
  }

  @Test func `the port writes one image at a time, and only what was read before`() throws {
    var bench = try started()
    try bench.work(except: { ["fetch", "write", "launch"].contains($0.name) })
    #expect(bench.pending.map(\.name) == ["fetch"])
    #expect(try bench.finish("fetch").map(\.name).filter { ["fetch", "write"].contains($0) } == ["fetch", "write"])
    #expect(try bench.finish("fetch").allSatisfy { $0.name != "write" })
    #expect(try bench.finish("write").contains { $0.name == "write" })
  }

  @Test func `a partial that cannot be read gives the job up under that name, and the timeline has it`() throws {
    var bench = try started()
    try bench.failFetch(refusal)
    #expect(handBacks(&bench).map(\.reason) == [refusal])
    let heartbeat = try bench.heartbeat()
    #expect(heartbeat.configurations.map(\.failure) == [refusal.code])
    #expect(heartbeat.configurations.first?.job == JobID(rawValue: 1))
  }

  @Test func `the timeline tells where a configuration's time went`() throws {
    var bench = try started()
    try bench.work(except: { ["fetch", "write", "launch"].contains($0.name) })
    try bench.pass(.milliseconds(30))
    try bench.finishFetch(verification: .milliseconds(4))
    try bench.pass(.milliseconds(2))
    try bench.finish("write")
    let entry = try #require(bench.heartbeat().configurations.first)
    #expect(
      entry.supply == .cold(PartialSupply.Wait(fetch: .milliseconds(26), verification: .milliseconds(4))))
    #expect(entry.queueWait == .zero && entry.portTime == .milliseconds(2))
    #expect(entry.ended - entry.requested == .milliseconds(32))
  }

  @Test func `an image that its slot cannot take gives the job up, and costs no slot`() throws {
    let slot = SlotID(rawValue: 0)
    let misfit = BoardError.partialDoesNotFit(slot, expected: [0..<1], found: [1..<2])
    var bench = try started(little: 1)
    for round in 1...UInt64(2 * ConfigurationQueue.attemptLimit) {
      try bench.work(except: { $0.name == "write" })
      _ = try bench.take("write")
      try bench.handle(.written(slot, misfit))
      #expect(handBacks(&bench).map(\.reason) == [Refusal(misfit)])
      #expect(try bench.heartbeat().slots.map(\.state) == [.empty])
      try bench.hear(.assign(bench.assignment(round + 1)))
    }
    let refused = bench.asked.filter {
      if case .audit(.imageRefused(slot, _, code: misfit.code), _) = $0 { true } else { false }
    }
    #expect(refused.count == 2 * ConfigurationQueue.attemptLimit)
  }

  @Test func `a port fault is tried again, then the slot is quarantined and the job goes on in another`() throws {
    var bench = try started(little: 3)
    try bench.quarantine(SlotID(rawValue: 0), by: fault)
    let heartbeat = try bench.heartbeat()
    #expect(heartbeat.slots.first?.state == .quarantined)
    #expect(heartbeat.configurations.contains { $0.failure == fault.code })
    try bench.work()
    #expect(bench.drain().filter { $0.name == "itemFinished" }.count >= 3)
    #expect(!bench.asked.contains { if case .launch(SlotID(rawValue: 0), _) = $0 { true } else { false } })
  }

  @Test func `another slot is configured while one waits for its retry, though the policy asks for one at a time`()
    throws
  {
    var bench = try AgentBench(policy: InOrder(configurationLimit: 1))
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.finish("allocate")
    try bench.finish("fetch")
    _ = try bench.take("write")
    try bench.handle(.written(SlotID(rawValue: 0), fault))
    try bench.work(except: { $0.name == "launch" })
    try bench.pass(ConfigurationQueue.firstRetryDelay)
    let writes = bench.asked.compactMap { if case .write(let partial) = $0 { partial.slot.rawValue } else { nil } }
    #expect(writes == [0, 1, 0])
  }

  @Test func `slots that an earlier agent may have left something in are blanked first`() throws {
    var bench = try AgentBench(little: 1, slotsAreBlank: false)
    try bench.join()
    try bench.hear(.assign(bench.assignment(items: 1)))
    try bench.work()
    let port = bench.asked.map(\.name).filter { ["blank", "write"].contains($0) }
    #expect(port == ["blank", "write", "write"])
    #expect(bench.drain().contains { $0.name == "itemFinished" })
  }

  @Test func `a job for which no slot is left is handed back`() throws {
    var bench = try started(little: 1)
    try bench.quarantine(SlotID(rawValue: 0), by: fault)
    let handBack = try #require(handBacks(&bench).first)
    #expect(handBack.reason.code == "agent.noSlotLeft" && handBack.cause == .board)
    #expect(bench.asked.contains(.free(execution())))
  }

  @Test func `a quarantine keeps its reason over a restart, and a reset slot is used again`() throws {
    let slot = SlotID(rawValue: 0)
    var bench = try started(little: 1)
    try bench.quarantine(slot, by: fault)
    let reason = try #require(bench.core.quarantine(of: slot))
    #expect(reason.code == fault.code && reason.message == fault.message)
    #expect(reason.attempts == ConfigurationQueue.attemptLimit)
    #expect(bench.records.last == .quarantined(slot, reason))

    bench = try AgentBench(little: 1, incarnation: 2, recovered: bench.records)
    try bench.join()
    #expect(bench.core.quarantine(of: slot) == reason)
    #expect(try bench.heartbeat().slots.map(\.state) == [.quarantined])
    #expect(try bench.reset(SlotID(rawValue: 1)) == false)
    #expect(try bench.reset(slot))
    #expect(try bench.take("blank") == .blank(slot))
    try bench.handle(.blanked(slot, fault))
    #expect(bench.core.quarantine(of: slot)?.attempts == ConfigurationQueue.attemptLimit + 1)
    #expect(try bench.reset(slot))
    try bench.finish("blank")
    #expect(bench.records.last == .reset(slot) && bench.core.quarantine(of: slot) == nil)
    #expect(try bench.heartbeat().slots.map(\.state) == [.empty])
    try bench.hear(.assign(bench.assignment(2, incarnation: 2)))
    try bench.work()
    #expect(bench.drain().filter { $0.name == "itemFinished" }.count == 3)
  }

  @Test func `nobody pays for the write of a job that is gone`() throws {
    var bench = try started()
    try bench.work(except: { ["fetch", "write"].contains($0.name) })
    try bench.hear(.release(execution()))
    #expect(try bench.heartbeat().slots.map(\.state) == [.empty, .empty], "what waited is free at once")
    try bench.work()
    #expect(!bench.asked.contains { $0.name == "write" })
  }

  @Test func `another tenant's image is blanked before the write, and a tenant's own is not`() throws {
    var bench = try started(little: 1)
    try bench.work()
    #expect(bench.asked.filter { $0.name == "write" }.count > 1)
    #expect(!bench.asked.contains { $0.name == "blank" })
    try bench.hear(.release(execution()))
    try bench.hear(.assign(bench.assignment(job: 2, tenant: "other")))
    try bench.work()
    let port = bench.asked.map(\.name).filter { ["blank", "write"].contains($0) }
    let blank = try #require(port.firstIndex(of: "blank"))
    #expect(port[blank...].prefix(2) == ["blank", "write"] && port.filter { $0 == "blank" }.count == 1)
    #expect(bench.drain().filter { $0.name == "itemFinished" }.count == 6)
  }

  @Test func `a kernel's fault is the job's own, any other the board's`() throws {
    let slot = SlotID(rawValue: 0)
    for (error, cause) in [
      (BoardError.kernelFault(slot, "bad input"), HandBack.Cause.job), (.slotDecoupled(slot), .board),
    ] {
      var bench = try started()
      try bench.work(except: { $0.name == "launch" })
      try bench.handle(.launched(slot, .failed(error)))
      #expect(handBacks(&bench).map(\.cause) == [cause])
      #expect(bench.asked.contains(.free(execution())))
    }
  }

  @Test func `what slots and jobs do is told with each heartbeat`() throws {
    var bench = try started()
    try bench.work(except: { $0.name == "launch" })
    let heartbeat = try bench.heartbeat()
    #expect(heartbeat.slots.map(\.state) == [.running, .ready])
    #expect(heartbeat.slots.map(\.image) == ["test/a@1", "test/b@1"])
    #expect(heartbeat.slots.map(\.job) == [JobID(rawValue: 1), JobID(rawValue: 1)])
    let held = try #require(heartbeat.jobs.first)
    #expect(
      held.phase == .running && held.epoch == Epoch(rawValue: 1) && held.progress.tasks.map(\.finished) == [0, 0])
    try bench.handle(.health(BoardHealth(configurationCount: 2)))
    #expect(try bench.heartbeat().health.configurationCount == 2)
  }
}
