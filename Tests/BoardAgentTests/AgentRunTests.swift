import BoardAgent
import Fabric
import LoneAgent
import Messages
import PlainReference
import SlotAllocator
import SoftFPGA
import TestBench
import Testing
import SystemClock

/// A job through core, configuration queue and emulated board in one process.
@Suite(.timeLimit(.minutes(1))) struct AgentRunTests {
  @Test(arguments: [Layout.onlyLittle, .bigLittle], [PolicyName.fcfs, .tessera])
  func `a job's results are the plain reference's, item by item`(layout: Layout, policy: PolicyName) async throws {
    let house = try TinyHouse(layout, modes: BundleMode.allCases)
    try await run(house, images: house.images, policy)
  }

  @Test(arguments: BundleMode.allCases)
  func `so they are where only bundles of a mode can run it`(mode: BundleMode) async throws {
    let house = try TinyHouse(.bigLittle, modes: [mode])
    try await run(house, images: house.images.filter { $0.slotKind == .big }, .tessera)
  }

  @Test(arguments: [Layout.onlyLittle, .bigLittle])
  func `so they are where one partial is moved to every slot of a kind`(layout: Layout) async throws {
    let house = try TinyHouse(layout, isRelocatable: true)
    #expect(house.storage.partials.count == house.images.count)
    try await run(house, images: house.images, .tessera)
  }

  @Test func `what cannot be audited stops the agent, and nothing is said of it`() async throws {
    let house = try TinyHouse(.onlyLittle)
    let broker = ScriptedBroker(inputs: [[1]])
    let time = SystemTime(speed: 200)
    let agent = try house.agent(
      on: SoftBoard(house.descriptor, time: time), over: broker, time: time, policy: .tessera,
      auditLog: FullAuditLog(), storage: MemoryImages(partials: [:]))
    let application = try Application(manifest: Repository.bytes("Applications/image-compression.json"))
    broker.say(.assign(try house.assignment(of: application, inputs: [[1]], images: house.images)))
    await #expect(throws: StoreError.self) { try await agent.run() }
    for await message in broker.heard {
      if case .handBack = message { Issue.record("handed back, and no line says why") }
    }
  }

  private func run(_ house: TinyHouse, images: [Image], _ policy: PolicyName) async throws {
    let tiles = (0..<40).map { PlainReference.noise(width: 24, height: 13 + $0 % 5, channels: 3, seed: UInt64($0)) }
    let inputs = tiles.map { PlainReference.item($0, stage: 0) }
    let application = try Application(manifest: Repository.bytes("Applications/image-compression.json"))
    let broker = ScriptedBroker(inputs: inputs)
    let time = SystemTime(speed: 200)
    let board = SoftBoard(house.descriptor, time: time)
    let auditLog = MemoryAuditLog()
    let agent = try house.agent(on: board, over: broker, time: time, policy: policy, auditLog: auditLog)
    let running = Task { try await agent.run() }

    broker.say(.assign(try house.assignment(of: application, inputs: inputs, images: images)))
    var committed = 0
    for await message in broker.heard {
      if case .itemFinished(let finished) = message { committed = max(committed, finished.item + 1) }
      if case .handBack(let handBack) = message { Issue.record("handed back: \(handBack)") }
      if committed == inputs.count { break }
    }
    broker.say(.release(JobEpoch(job: JobID(rawValue: 1), epoch: Epoch(rawValue: 1))))
    let memory = AuditEvent.memoryZeroed(
      JobID(rawValue: 1),
      byteCount: JobFlow.capacity(itemCount: inputs.count)
        * application.edges.reduce(0) { $0 + $1.maximumByteCount })
    for await event in auditLog.events where event == memory { break }
    await agent.shutdown()
    try await running.value

    #expect(broker.results(of: JobID(rawValue: 1)) == tiles.map { PlainReference.reconstructed($0) })
  }
}

/// An audit log that takes nothing.
private struct FullAuditLog: AuditLog {
  func append(_ event: AuditEvent) throws(StoreError) { throw .unavailable("full") }
}
