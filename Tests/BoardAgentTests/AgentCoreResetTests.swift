import Bitstream
import BoardAgent
import Fabric
import Messages
import Testing

/// Quarantine told and lifted, and what the audit log gets.
@Suite struct AgentCoreResetTests {
  private let slot = SlotID(rawValue: 0)
  private let fault = BoardError.portFault(SlotID(rawValue: 0), .unfinished("bench", wordCount: 1))

  private func order(_ key: String = "key", slot: Int = 0, incarnation: UInt64 = 1) -> Message {
    .reset(
      ResetOrder(
        idempotencyKey: key, incarnation: Incarnation(rawValue: incarnation), slot: SlotID(rawValue: slot)))
  }

  private func quarantined(little: Int = 1) throws -> AgentBench {
    var bench = try AgentBench(little: little)
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.finish("allocate")
    try bench.quarantine(slot, by: fault)
    _ = bench.drain()
    return bench
  }

  private func ends(_ bench: inout AgentBench) -> [ResetEnd] {
    bench.drain().compactMap { if case .resetEnded(let end) = $0 { end } else { nil } }
  }

  @Test func `a quarantine is told with its reason until a reset has blanked the slot`() throws {
    var bench = try quarantined()
    let reason = try #require(try bench.heartbeat().slots.first?.quarantine)
    #expect((reason.code, reason.message, reason.attempts) == (fault.code, fault.message, 3))
    // The machine began at 1000 s.
    let began = TimeOfDay(nanoseconds: 1_000_000_000_000)
    #expect((began...began + bench.now).contains(reason.since))

    #expect(try bench.hear(order()).contains(.blank(slot)))
    #expect(try bench.heartbeat().slots.first?.state == .quarantined)
    try bench.finish("blank")
    #expect(ends(&bench) == [ResetEnd(idempotencyKey: "key", slot: slot, refusal: nil)])
    #expect(bench.records.last == .reset(slot))
    let status = try bench.heartbeat().slots.first
    #expect(status?.state == .empty && status?.quarantine == nil)
  }

  @Test func `a job runs in a slot that was reset`() throws {
    var bench = try quarantined()
    try bench.hear(order())
    try bench.finish("blank")
    try bench.hear(.assign(bench.assignment(2)))
    try bench.work()
    #expect(bench.drain().filter { $0.name == "itemFinished" }.count >= 3)
  }

  @Test func `an order said again blanks once and is answered again`() throws {
    var bench = try quarantined()
    try bench.hear(order())
    try bench.hear(order())
    try bench.finish("blank")
    #expect(ends(&bench).count == 1)
    try bench.hear(order())
    #expect(ends(&bench).map(\.refusal) == [nil])
    #expect(bench.asked.filter { $0 == .blank(slot) }.count == 1)
  }

  @Test func `two who ask for the same slot are both answered`() throws {
    var bench = try quarantined()
    try bench.hear(order("one"))
    try bench.hear(order("two"))
    try bench.finish("blank")
    #expect(ends(&bench).map(\.idempotencyKey) == ["one", "two"])
    #expect(bench.asked.filter { $0 == .blank(slot) }.count == 1)
  }

  @Test func `a slot that is in use or not there is not reset`() throws {
    var bench = try quarantined(little: 2)
    for number in [1, 63] {
      try bench.hear(order("key-\(number)", slot: number))
      #expect(ends(&bench).map(\.refusal?.code) == ["agent.notQuarantined"])
    }
    try bench.hear(order(incarnation: 2))
    #expect(ends(&bench).isEmpty)
    #expect(!bench.asked.contains { $0.name == "blank" })
  }

  @Test func `a slot that cannot be blanked stays quarantined, and another reset may do`() throws {
    var bench = try quarantined()
    try bench.hear(order("first"))
    _ = try bench.take("blank")
    try bench.handle(.blanked(slot, fault))
    let refusal = try #require(ends(&bench).first?.refusal)
    #expect(refusal.code == "agent.resetFailed" && refusal.message.contains(fault.code))
    #expect(try bench.heartbeat().slots.first?.quarantine?.attempts == 4)
    #expect(!bench.pending.contains { $0.name == "blank" })

    try bench.hear(order("second"))
    try bench.pass(.seconds(10))
    _ = bench.drain()
    try bench.finish("blank")
    #expect(ends(&bench).map(\.refusal) == [nil])
  }

  @Test func `a quarantine outlives the agent, whose registration tells it`() throws {
    let records = try quarantined().records
    var bench = try AgentBench(little: 1, incarnation: 2, recovered: records)
    let registration = try #require(
      bench.drain().compactMap { if case .register(let registration) = $0 { registration } else { nil } }.first)
    #expect(registration.slots.map(\.state) == [.quarantined])
    #expect(registration.slots.first?.quarantine?.code == fault.code)

    try bench.join()
    try bench.hear(order(incarnation: 2))
    try bench.finish("blank")
    let again = try AgentBench(little: 1, incarnation: 3, recovered: bench.records)
    #expect(again.core.quarantine(of: slot) == nil)
  }

  // MARK: Audit

  private func audited(_ bench: AgentBench) -> [AuditEvent] {
    bench.asked.compactMap { if case .audit(let event, _) = $0 { event } else { nil } }
  }

  @Test func `quarantine and reset are in the audit log, once each`() throws {
    var bench = try quarantined()
    try bench.hear(order())
    try bench.finish("blank")
    let reason = try #require(
      bench.records.compactMap { if case .quarantined(_, let reason) = $0 { reason } else { nil } }.last)
    let image = bench.images[0]
    let partial = try #require(image.partial(for: slot))
    let failed = AuditEvent.configurationFailed(
      slot, image.id, partial: partial.digest, tenant: TenantName("tenant"), job: JobID(rawValue: 1),
      code: fault.code)
    let started = AuditEvent.agentStarted(Incarnation(rawValue: 1))
    #expect(
      audited(bench) == [started, failed, failed, failed, .slotQuarantined(slot, reason), .slotReset(slot)])
  }

  @Test func `the audit log tells of a quarantine and a reset when the journal has them, and nothing before those`()
    throws
  {
    var bench = try quarantined()
    try bench.hear(order())
    try bench.finish("blank")
    try bench.hear(.assign(bench.assignment(2)))
    try bench.work()
    var latest = SequenceNumber.zero
    for (index, action) in bench.asked.enumerated() {
      guard case .audit(let event, let number) = action else { continue }
      #expect(number >= latest)
      latest = number
      switch event {
      case .slotQuarantined, .slotReset:
        guard case .persist(_, let record) = bench.asked[index - 1] else {
          Issue.record("no record before \(event)")
          continue
        }
        #expect(number == record)
      default: break
      }
    }
    #expect(audited(bench).contains { if case .imageConfigured = $0 { true } else { false } })
  }

  @Test func `a write that failed is told also where nobody wants it any more`() throws {
    var bench = try AgentBench(little: 1)
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.work { $0.name == "write" }
    _ = try bench.take("write")
    try bench.hear(.release(execution()))
    try bench.handle(.written(slot, fault))
    let codes = audited(bench).compactMap {
      if case .configurationFailed(slot, _, _, _, JobID(rawValue: 1), let code) = $0 { code } else { nil }
    }
    #expect(codes == [fault.code])
  }

  @Test func `an image that is refused is in the audit log`() throws {
    var bench = try AgentBench(little: 2)
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.finish("allocate")
    let partial = try bench.failFetch(refusal)
    #expect(
      audited(bench).dropFirst() == [.imageRefused(partial.slot, partial: partial.digest, code: refusal.code)])
  }

  @Test func `between two tenants' images stands that the slot was blanked`() throws {
    var bench = try AgentBench(little: 1)
    try bench.join()
    for (number, tenant) in [(1, "first"), (2, "second")] as [(UInt64, String)] {
      let assignment = try bench.assignment(job: number, items: 1, tenant: tenant)
      try bench.hear(.assign(assignment))
      try bench.work()
      try bench.hear(.release(execution(job: number)))
    }
    let lines = audited(bench).map { event in
      switch event {
      case .imageConfigured(_, _, _, let tenant?, let job): "\(tenant) \(job)"
      case .slotBlanked(_, let tenant?): "blanked for \(tenant)"
      default: "\(event)"
      }
    }
    #expect(lines.dropFirst() == ["first 1", "first 1", "blanked for second", "second 2", "second 2"])
  }
}
