import BoardAgent
import Fabric
import Messages
import SlotAllocator
import Testing

/// Registering, heartbeats and the lease.
@Suite struct AgentCoreMembershipTests {
  @Test func `it registers until it is welcomed, and then sends heartbeats`() throws {
    var bench = try AgentBench()
    #expect(bench.drain().map(\.name) == ["register"])
    try bench.pass(.seconds(1))
    #expect(bench.drain().map(\.name) == ["register", "register"])
    try bench.join()
    try bench.pass(.seconds(1))
    #expect(bench.drain().map(\.name) == ["heartbeat", "heartbeat"])
  }

  @Test func `an agent that the broker forgot registers with the jobs it holds and goes on with them`() throws {
    var bench = try AgentBench()
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.work(except: { $0.name == "launch" })
    _ = bench.drain()
    try bench.hear(.unknownAgent)
    guard case .register(let registration)? = bench.drain().first else {
      return #expect(Bool(false), "no registration")
    }
    #expect(registration.jobs.map(\.job) == [JobID(rawValue: 1)])
    #expect(try bench.finish("launch").contains { $0.launch?.items == [1] })
    try bench.join(jobs: [execution()])
    #expect(try bench.heartbeat().jobs.count == 1)
  }

  @Test func `a welcome ends what the broker gave to nobody here, a repeated one nothing`() throws {
    var bench = try AgentBench()
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.hear(.welcome(Welcome(leaseDuration: AgentBench.lease, jobs: [])))
    #expect(try bench.heartbeat().jobs.count == 1)
    try bench.hear(.unknownAgent)
    try bench.join()
    #expect(try bench.heartbeat().jobs.isEmpty)
  }

  @Test func `when its lease is over it launches nothing, until the broker answers again`() throws {
    var bench = try AgentBench()
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.work(except: { $0.name == "launch" })
    try bench.pass(AgentBench.lease, isAnswered: false)
    #expect(try !bench.finish("launch").contains { $0.launch != nil })
    try bench.pass(.seconds(1))
    #expect(bench.pending.contains { $0.launch?.items == [1] })
  }

  @Test func `the lease counts from the first of several registrations`() throws {
    var bench = try AgentBench()
    try bench.pass(.seconds(3))
    try bench.join()
    try bench.hear(.assign(bench.assignment()))
    try bench.pass(.seconds(1), isAnswered: false)
    try bench.work()
    #expect(!bench.asked.contains { $0.launch != nil })
  }

  @Test func `only an answered heartbeat prolongs the lease, from its sending on`() throws {
    var bench = try AgentBench()
    try bench.join()
    try bench.pass(.milliseconds(500), isAnswered: false)
    try bench.pass(.seconds(3), isAnswered: false)
    try bench.hear(.heartbeatAck(number: 1))
    try bench.hear(.heartbeatAck(number: 99))
    try bench.hear(.assign(bench.assignment()))
    try bench.pass(.milliseconds(999), isAnswered: false)
    try bench.work(except: { $0.name == "launch" })
    #expect(bench.pending.contains { $0.launch?.items == [0] })
    try bench.pass(.milliseconds(1), isAnswered: false)
    try bench.work()
    #expect(bench.asked.compactMap(\.launch).flatMap(\.items) == [0])
  }

  @Test func `who is not the broker is not listened to`() throws {
    var bench = try AgentBench()
    try bench.join()
    for peer in [Peer.dialed(endpoint: "tcp://other"), .accepted(connection: [1])] {
      #expect(try bench.handle(.received(Envelope(.assign(bench.assignment())), from: peer)).isEmpty)
    }
  }

  @Test func `it wakes for the policy on the board's clock, beside the heartbeats on the wall's`() throws {
    var bench = try AgentBench(policy: InOrder(interval: .milliseconds(300)))
    let boardWakes = { (bench: AgentBench) in
      bench.asked.compactMap { if case .wake(.board(let instant)) = $0 { instant.nanoseconds } else { nil } }
    }
    let start = bench.now.nanoseconds
    #expect(boardWakes(bench) == [start + 300_000_000])
    try bench.join()
    try bench.pass(.milliseconds(700))
    #expect(boardWakes(bench) == [300, 600, 900].map { start + $0 * 1_000_000 })
    #expect(bench.drain().map(\.name) == ["heartbeat"])
  }

  @Test func `it asks for no instant that is past, nor for a later one while an earlier is to come`() throws {
    var bench = try AgentBench()
    try bench.join()
    for _ in 0..<20 {
      let count = bench.wakes.count
      try bench.pass(.milliseconds(130))
      try bench.handle(.health(BoardHealth()))
      #expect(bench.wakes.count <= max(count, 1))
      #expect(bench.wakes.allSatisfy { $0 > bench.now })
    }
  }
}
