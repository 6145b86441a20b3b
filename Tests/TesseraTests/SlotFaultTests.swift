import BoardAgent
import Digests
import Fabric
import Foundation
import Messages
import SlotAllocator
import SoftFPGA
import TestBench
import Testing

/// Faults of one slot in mid-job, with real processes: what goes on, what is told, and how the slot comes back.
@Suite(.timeLimit(.minutes(2))) struct SlotFaultTests {
  private static let codes: [FaultPlan.Kind: String] = [
    .crc: "board.crcError", .id: "board.idError", .timeout: "board.portTimedOut", .recouple: "board.recoupleFault",
  ]

  @Test(arguments: FaultPlan.Kind.allCases)
  func `a slot that fails in mid-job is quarantined, jobs go on elsewhere, and a reset brings it back`(
    _ kind: FaultPlan.Kind
  ) async throws {
    let cluster = try Cluster()
    let broker = try await cluster.broker()
    // Until the slot is out of use, later inputs do not reach the board: no job can end before.
    let batches = [Tiles.inputs(6), Tiles.inputs(6, seed: 100)]
    let late = Set(batches.flatMap { $0[3...] }.map { Digest(of: $0) })
    let proxy = try MessageProxy(to: broker.endpoint) { direction, message in
      if case .blob(let chunk) = message { direction == .toAgent && late.contains(chunk.blob.digest) } else { false }
    }
    let agent = try await cluster.agent(
      .onlyLittle, named: "board", broker: proxy.endpoint, ["--fault", "\(kind):slot=2:times=3"])
    try await cluster.waitForBoards(1, broker: broker.endpoint)
    var jobs: [String] = []
    for batch in batches { jobs.append(try await cluster.submit(batch, broker: broker.endpoint)) }

    var failed = try await slot(in: cluster, broker.endpoint) { $0.state == "quarantined" }
    let reason = try #require(failed.reason)
    #expect(reason.code == Self.codes[kind] && reason.attempts == 3)
    #expect(reason.message.contains("slot 2") && reason.ageSeconds.map { $0 < 60 } == true)
    #expect(try await cluster.slots(of: "board", broker: broker.endpoint).filter { $0.reason != nil }.count == 1)

    proxy.release()
    for (job, seed) in zip(jobs, [0, 100] as [UInt64]) {
      #expect(try await cluster.results(of: job, broker: broker.endpoint) == Tiles.results(6, seed: seed))
      #expect(try await cluster.status(of: job, broker: broker.endpoint).state == "completed")
    }
    try expectNothingComputedTwice(cluster)

    // Where many tests run at once, the agent may miss a lease.
    try await cluster.waitForBoards(1, broker: broker.endpoint)
    let reset = try await cluster.run(["slot", "reset", "board", "2"], broker: broker.endpoint)
    #expect(reset.status == 0, "\(reset.errors)")
    failed = try await slot(in: cluster, broker.endpoint) { _ in true }
    #expect(failed.state == "empty" && failed.reason == nil)
    let again = try await cluster.run(["slot", "reset", "board", "2"], broker: broker.endpoint)
    #expect(again.status == 69 && again.errors.contains("agent.notQuarantined"))
    try await expectUse(cluster, broker.endpoint)
    #expect(agent.terminate() == 0)
    await proxy.close()
  }

  @Test func `a job for which a board has no slot left completes on another board`() async throws {
    let cluster = try Cluster()
    let broker = try await cluster.broker()
    let faults = (0..<8).flatMap { ["--fault", "crc:slot=\($0)"] }
    let failing = try await cluster.agent(.onlyLittle, named: "board", broker: broker.endpoint, faults)
    try await cluster.waitForBoards(1, broker: broker.endpoint)
    let job = try await cluster.submit(Tiles.inputs(4), broker: broker.endpoint)
    _ = try await slot(in: cluster, broker.endpoint) { $0.state == "quarantined" }
    let other = try await cluster.agent(.onlyLittle, named: "other", broker: broker.endpoint)
    #expect(try await cluster.results(of: job, broker: broker.endpoint) == Tiles.results(4))
    #expect(try await cluster.status(of: job, broker: broker.endpoint).board == "other")
    // Quarantine outlives the agent.
    #expect(failing.terminate() == 0)
    let again = try await cluster.agent(.onlyLittle, named: "board", broker: broker.endpoint)
    try await cluster.waitForBoards(2, broker: broker.endpoint)
    #expect(try await slot(in: cluster, broker.endpoint) { _ in true }.reason?.code == "board.crcError")
    for daemon in [again, other, broker] { #expect(daemon.terminate() == 0) }
  }

  @Test func `two tenants, one after the other, have a blanked slot between them in an audit log that holds`()
    async throws
  {
    struct Log: Decodable {
      struct Entry: Decodable {
        let event: String
        let slot: Int?
        let tenant: String?
        let job: String?
        let byteCount: Int?
      }
      let entries: [Entry]
      let lastDigest: Digest?
    }
    let cluster = try Cluster()
    let broker = try await cluster.broker()
    let agent = try await cluster.agent(.bigLittle, named: "board", broker: broker.endpoint, ["--policy", "fcfs"])
    try await cluster.waitForBoards(1, broker: broker.endpoint)
    for (number, tenant) in ["first", "second"].enumerated() {
      let seed = UInt64(number)
      let job = try await cluster.submit(Tiles.inputs(3, seed: seed), tenant: tenant, broker: broker.endpoint)
      #expect(try await cluster.results(of: job, broker: broker.endpoint) == Tiles.results(3, seed: seed))
    }
    #expect(agent.terminate() == 0)

    let file = cluster.path("board/audit.log")
    let log = try await cluster.json(Log.self, ["audit", file], broker: broker.endpoint)
    #expect(log.lastDigest != nil)
    let slots = ["first", "second"].map { tenant in
      Set(log.entries.filter { $0.event == "imageConfigured" && $0.tenant == tenant }.compactMap(\.slot))
    }
    let shared = slots[0].intersection(slots[1])
    #expect(!shared.isEmpty, "the second job needs slots that the first one had")
    for slot in shared {
      let events = log.entries.filter { $0.slot == slot }.map { "\($0.event) \($0.tenant ?? "")" }
      let tenures = events.split(separator: "slotBlanked second")
      #expect(tenures.map { Set($0) } == [["imageConfigured first"], ["imageConfigured second"]], "\(events)")
    }
    #expect(log.entries.contains { $0.event == "memoryZeroed" && $0.job == "1" && $0.byteCount ?? 0 > 0 })

    var bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
    let lines = log.entries.count
    let first = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
    let later = cluster.path("later.log")
    try Data(bytes[(first + 1)...]).write(to: URL(filePath: later))
    let part = try await cluster.run(["audit", later], broker: broker.endpoint)
    let text = String(decoding: part.output, as: UTF8.self)
    #expect(part.status == 0 && text.contains("\(lines - 1) entries") && text.contains("begins at entry 2:"), "\(text)")
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(filePath: file))
    let changed = try await cluster.run(["audit", file], broker: broker.endpoint)
    #expect(changed.status == 65 && changed.errors.contains("audit."), "\(changed.errors)")
  }

  /// Slot 2 as soon as it fits.
  private func slot(
    in cluster: Cluster, _ broker: String, when fits: (SlotList.Slot) -> Bool
  ) async throws -> SlotList.Slot {
    while true {
      let slot = try #require(try await cluster.slots(of: "board", broker: broker).first { $0.slot == 2 })
      if fits(slot) { return slot }
      try Task.checkCancellation()
    }
  }

  /// Nobody lost an item: each was computed once by each task, under the epoch that the job began with.
  private func expectNothingComputedTwice(_ cluster: Cluster) throws {
    let launches = try Recordings.actions(of: AgentCore.self, in: cluster.path("board.jsonl")).compactMap {
      if case .launch(_, let launch) = $0 { launch } else { nil }
    }
    let works = launches.flatMap { launch in launch.works.map { "\(launch.execution) \(launch.image) \($0)" } }
    #expect(works.count == 2 * 6 * 6)
    #expect(Set(works).count == works.count)
  }

  /// Jobs that come later get the slot that was reset.
  private func expectUse(_ cluster: Cluster, _ broker: String) async throws {
    var jobs: [String] = []
    for seed in [200, 300] as [UInt64] {
      jobs.append(try await cluster.submit(Tiles.inputs(6, seed: seed), tenant: "later", broker: broker))
    }
    for (job, seed) in zip(jobs, [200, 300] as [UInt64]) {
      #expect(try await cluster.results(of: job, broker: broker) == Tiles.results(6, seed: seed))
    }
    let launched = try Recordings.actions(of: AgentCore.self, in: cluster.path("board.jsonl")).contains {
      if case .launch(SlotID(rawValue: 2), _) = $0 { true } else { false }
    }
    #expect(launched, "nothing was launched in slot 2")
  }
}
