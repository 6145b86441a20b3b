import Fabric
import Logging
import Messages
import Testing
import Wire

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A transport that listens at a port of its own.
func listener(_ limits: TransportLimits = TransportLimits()) throws -> (transport: ZeroMQTransport, endpoint: String) {
  let transport = try ZeroMQTransport(listen: "tcp://127.0.0.1:*", limits: limits, logger: quiet)
  return (transport, try #require(transport.boundEndpoint))
}

@Suite(.timeLimit(.minutes(1))) struct ZeroMQTransportTests {
  @Test func `two transports talk both ways over one connection`() async throws {
    let (broker, endpoint) = try listener()
    let agent = try ZeroMQTransport(logger: quiet)
    #expect(agent.boundEndpoint == nil)
    var brokerInbound = broker.inbound.makeAsyncIterator()
    var agentInbound = agent.inbound.makeAsyncIterator()

    let question = Envelope(.heartbeat(try Sample.heartbeat()), request: 5)
    try agent.send(question, to: .dialed(endpoint: endpoint))
    let asked = try #require(await brokerInbound.next())
    #expect(asked.envelope == question)
    guard case .accepted = asked.peer else {
      Issue.record("\(asked.peer)")
      return
    }

    let answer = Envelope(.heartbeatAck(number: 12), request: 5)
    try broker.send(answer, to: asked.peer)
    let answered = try #require(await agentInbound.next())
    #expect(answered.envelope == answer)
    #expect(answered.peer == .dialed(endpoint: endpoint))

    await agent.close()
    await broker.close()
    #expect(agent.counters == TransportCounters(sent: 1, received: 1))
    #expect(broker.counters == TransportCounters(sent: 1, received: 1))
  }

  @Test func `two clients are told apart`() async throws {
    let (broker, endpoint) = try listener()
    var inbound = broker.inbound.makeAsyncIterator()
    let clients = [try ZeroMQTransport(logger: quiet), try ZeroMQTransport(logger: quiet)]
    for (index, client) in clients.enumerated() {
      try client.send(Envelope(.boardsQuery, request: UInt64(index)), to: .dialed(endpoint: endpoint))
    }
    for _ in clients {
      let asked = try #require(await inbound.next())
      try broker.send(Envelope(.boards([]), request: asked.envelope.request), to: asked.peer)
    }
    for (index, client) in clients.enumerated() {
      var answers = client.inbound.makeAsyncIterator()
      #expect(await answers.next()?.envelope.request == UInt64(index))
    }
    for transport in clients + [broker] { await transport.close() }
  }

  @Test func `a message sent before anybody listens arrives when somebody does`() async throws {
    let (placeholder, endpoint) = try listener()
    await placeholder.close()
    let agent = try ZeroMQTransport(logger: quiet)
    try agent.send(Envelope(.unknownAgent, request: 1), to: .dialed(endpoint: endpoint))
    let broker = try ZeroMQTransport(listen: endpoint, logger: quiet)
    #expect(broker.boundEndpoint == endpoint)
    var inbound = broker.inbound.makeAsyncIterator()
    #expect(await inbound.next()?.envelope.request == 1)
    await agent.close()
    await broker.close()
  }

  @Test func `a listener that restarts is found again`() async throws {
    let (first, endpoint) = try listener()
    var broker = first
    let agent = try ZeroMQTransport(logger: quiet)
    // A message may be lost with the connection it was queued for; so, as the protocol does, the agent asks until it is
    // heard. Its pace is set by a peer that answers.
    let (pacer, pacerEndpoint) = try listener()
    let pacing = Task { for await asked in pacer.inbound { try pacer.send(asked.envelope, to: asked.peer) } }
    try agent.send(Envelope(.unknownAgent), to: .dialed(endpoint: pacerEndpoint))
    let asking = Task {
      for await _ in agent.inbound {
        try agent.send(Envelope(.boardsQuery), to: .dialed(endpoint: endpoint))
        try agent.send(Envelope(.unknownAgent), to: .dialed(endpoint: pacerEndpoint))
      }
    }
    for _ in 1...3 {
      var inbound = broker.inbound.makeAsyncIterator()
      #expect(await inbound.next()?.envelope.message == .boardsQuery)
      await broker.close()
      broker = try ZeroMQTransport(listen: endpoint, logger: quiet)
    }
    for transport in [agent, broker, pacer] { await transport.close() }
    // Either may have tried to send at the very end.
    for task in [asking, pacing] {
      do { try await task.value } catch { #expect(error as? TransportError == .closed) }
    }
  }

  @Test func `ten thousand messages keep their order both ways`() async throws {
    let (broker, endpoint) = try listener()
    let agent = try ZeroMQTransport(logger: quiet)
    var brokerInbound = broker.inbound.makeAsyncIterator()
    var agentInbound = agent.inbound.makeAsyncIterator()
    let window: UInt64 = 500
    for start in stride(from: UInt64(0), to: 10_000, by: Int(window)) {
      for number in start..<start + window {
        try agent.send(Envelope(.heartbeatAck(number: number)), to: .dialed(endpoint: endpoint))
      }
      for number in start..<start + window {
        let asked = try #require(await brokerInbound.next())
        #expect(asked.envelope.message == .heartbeatAck(number: number))
        try broker.send(asked.envelope, to: asked.peer)
      }
      for number in start..<start + window {
        #expect(await agentInbound.next()?.envelope.message == .heartbeatAck(number: number))
      }
    }
    await agent.close()
    await broker.close()
  }

  @Test func `a burst as long as the queue arrives whole and in order`() async throws {
    let (broker, endpoint) = try listener()
    let agent = try ZeroMQTransport(logger: quiet)
    let count = UInt64(TransportLimits().queuedMessages)
    for number in 0..<count {
      try agent.send(Envelope(.heartbeatAck(number: number)), to: .dialed(endpoint: endpoint))
    }
    var inbound = broker.inbound.makeAsyncIterator()
    for number in 0..<count { #expect(await inbound.next()?.envelope.message == .heartbeatAck(number: number)) }
    await agent.close()
    await broker.close()
  }

  @Test func `closing sends what waits, ends inbound and refuses more`() async throws {
    let (broker, endpoint) = try listener()
    let agent = try ZeroMQTransport(logger: quiet)
    var inbound = broker.inbound.makeAsyncIterator()
    try agent.send(Envelope(.boardsQuery), to: .dialed(endpoint: endpoint))
    #expect(await inbound.next() != nil)
    for number in 0..<UInt64(100) {
      try agent.send(Envelope(.heartbeatAck(number: number)), to: .dialed(endpoint: endpoint))
    }
    await agent.close()
    await agent.close()
    #expect(throws: TransportError.closed) { try agent.send(Envelope(.boardsQuery), to: .dialed(endpoint: endpoint)) }
    for await message in agent.inbound { Issue.record("\(message)") }
    for number in 0..<UInt64(100) {
      #expect(await inbound.next()?.envelope.message == .heartbeatAck(number: number))
    }
    await broker.close()
    #expect(await inbound.next() == nil)
  }

  @Test(arguments: ["tcp://0.0.0.0:*", "tcp://*:*", "tcp://10.0.0.1:7440", "tcp://example.org:7440"])
  func `only the loopback interface is listened on and dialled`(endpoint: String) async throws {
    #expect(throws: TransportError.notLoopback(endpoint)) { try ZeroMQTransport(listen: endpoint, logger: quiet) }
    let transport = try ZeroMQTransport(logger: quiet)
    let target = endpoint.replacing("*:*", with: "*:7440").replacing(":*", with: ":7440")
    #expect(throws: TransportError.notLoopback(target)) {
      try transport.send(Envelope(.boardsQuery), to: .dialed(endpoint: target))
    }
    await transport.close()
  }

  @Test func `a port that is taken is refused by name`() async throws {
    let (broker, endpoint) = try listener()
    #expect(throws: TransportError.addressInUse(endpoint)) { try ZeroMQTransport(listen: endpoint, logger: quiet) }
    await broker.close()
    let next = try ZeroMQTransport(listen: endpoint, logger: quiet)
    await next.close()
  }

  @Test func `a peer that cannot be reached at all is refused at once`() async throws {
    var limits = TransportLimits()
    limits.dialedPeers = 2
    let transport = try ZeroMQTransport(limits: limits, logger: quiet)
    func code(_ peer: Peer) -> String? {
      #expect(throws: TransportError.self) { try transport.send(Envelope(.boardsQuery), to: peer) }?.code
    }
    #expect(code(.dialed(endpoint: "nowhere")) == "transport.badEndpoint")
    #expect(code(.dialed(endpoint: "tcp://127.0.0.1:*")) == "transport.badEndpoint")
    #expect(code(.accepted(connection: [1, 2])) == "transport.unreachable")
    for port in 1...2 { try transport.send(Envelope(.boardsQuery), to: .dialed(endpoint: "tcp://127.0.0.1:\(port)")) }
    try transport.send(Envelope(.boardsQuery), to: .dialed(endpoint: "tcp://127.0.0.1:1"))
    #expect(code(.dialed(endpoint: "tcp://127.0.0.1:3")) == "transport.unavailable")
    await transport.close()
  }

  @Test func `a full queue is an error to the sender`() async throws {
    var limits = TransportLimits()
    limits.queuedByteCount = 8
    let transport = try ZeroMQTransport(limits: limits, logger: quiet)
    #expect(throws: TransportError.queueFull(limit: limits.queuedMessages)) {
      try transport.send(Envelope(.refused(Sample.refusal)), to: .dialed(endpoint: "tcp://127.0.0.1:1"))
    }
    await transport.close()
  }

  @Test func `only so many messages wait for a peer that is not there`() async throws {
    let (placeholder, absent) = try listener()
    await placeholder.close()
    let (pacer, endpoint) = try listener()
    var limits = TransportLimits()
    limits.queuedMessages = 4
    let transport = try ZeroMQTransport(limits: limits, logger: quiet)
    var answers = transport.inbound.makeAsyncIterator()
    var asked = pacer.inbound.makeAsyncIterator()
    for number in 0..<UInt64(20) {
      try transport.send(Envelope(.heartbeatAck(number: number)), to: .dialed(endpoint: absent))
      // The answer tells that the message before has been handed to its socket, or dropped.
      try transport.send(Envelope(.unknownAgent), to: .dialed(endpoint: endpoint))
      let question = try #require(await asked.next())
      try pacer.send(question.envelope, to: question.peer)
      _ = await answers.next()
    }
    #expect(transport.counters.undelivered > 0)
    #expect(transport.counters.sent + transport.counters.undelivered == 40)
    await transport.close()
    await pacer.close()
  }

  @Test func `a reply to a connection that is gone is dropped and counted`() async throws {
    let (broker, _) = try listener()
    try broker.send(Envelope(.unknownAgent), to: .accepted(connection: [0, 1, 2, 3, 4]))
    await broker.close()
    #expect(broker.counters == TransportCounters(unroutable: 1))
  }
}
