import Fabric
import Messages
import Testing
import Wire

@Suite(.timeLimit(.minutes(1))) struct HostilePeerTests {
  /// Sends one good message and waits until it has arrived.
  private func expectUsable(_ broker: ZeroMQTransport, at endpoint: String) async throws {
    let client = try ZeroMQTransport(logger: quiet)
    try client.send(Envelope(.boardsQuery, request: 99), to: .dialed(endpoint: endpoint))
    var inbound = broker.inbound.makeAsyncIterator()
    #expect(await inbound.next()?.envelope == Envelope(.boardsQuery, request: 99))
    await client.close()
  }

  @Test func `bytes that are no ZeroMQ leave the port usable`() async throws {
    let (broker, endpoint) = try listener()
    let greeting: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + Array("NULL".utf8)
    for bytes in [
      Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), [], [0xFF], greeting,
      Array(repeating: 0xFF, count: 100_000), Array(repeating: 0, count: 5000),
    ] {
      try sendRawBytes(bytes, to: endpoint)
    }
    try await expectUsable(broker, at: endpoint)
    await broker.close()
    #expect(broker.counters.malformed == 0)
  }

  @Test func `a message in the wrong number of frames is refused, and the next one is taken`() async throws {
    let (broker, endpoint) = try listener()
    let peer = try await RawPeer(dialing: endpoint)
    var replies = peer.replies.makeAsyncIterator()
    let good = try MessageCodec.encode(Envelope(.boardsQuery, request: 4))
    for frames in [[good, good], [[], good], Array(repeating: good, count: 300)] {
      try await peer.send(frames)
      let reply = try #require(await replies.next())
      #expect(reply == Envelope(.refused(Refusal(WireError.wrongFrameCount(frames.count)))))
    }
    try await peer.send([good])
    var inbound = broker.inbound.makeAsyncIterator()
    #expect(await inbound.next()?.envelope.request == 4)
    await peer.close()
    await broker.close()
    #expect(broker.counters == TransportCounters(sent: 3, received: 1, malformed: 3))
  }

  @Test func `a message that does not decode is refused under its request number`() async throws {
    let (broker, endpoint) = try listener()
    let peer = try await RawPeer(dialing: endpoint)
    var replies = peer.replies.makeAsyncIterator()
    let cases: [(bytes: [UInt8], request: UInt64, code: String)] = [
      ([], 0, "wire.unsupportedVersion"), ([0xFF], 0, "wire.malformed"),
      ([0x08, 2, 0x10, 77], 77, "wire.unsupportedVersion"), ([0x08, 1, 0x10, 78], 78, "wire.unknownMessage"),
      ([0x08, 1, 0x10, 79, 0xF2, 0x01, 0], 79, "wire.missingField"),
    ]
    for (bytes, request, code) in cases {
      try await peer.send([bytes])
      let reply = try #require(await replies.next())
      #expect(reply.request == request)
      guard case .refused(let refusal) = reply.message else {
        Issue.record("\(reply)")
        continue
      }
      #expect(refusal.code == code)
    }
    try await expectUsable(broker, at: endpoint)
    await peer.close()
    await broker.close()
    #expect(broker.counters.malformed == cases.count)
  }

  @Test func `a frame over the limit ends its connection only`() async throws {
    let (broker, endpoint) = try listener()
    let peer = try await RawPeer(dialing: endpoint)
    try await peer.send([Array(repeating: 0, count: MessageLimits.messageByteCount + 1)])
    try await expectUsable(broker, at: endpoint)
    await peer.close()
    await broker.close()
    #expect(broker.counters.malformed == 0)
  }

  @Test func `what comes while the consumer is behind is dropped and counted`() async throws {
    var limits = TransportLimits()
    limits.inboundMessages = 4
    let (broker, endpoint) = try listener(limits)
    let peer = try await RawPeer(dialing: endpoint)
    for request in 0..<UInt64(10) {
      try await peer.send([try MessageCodec.encode(Envelope(.boardsQuery, request: request))])
    }
    // The refusal of this one tells that those before it have been seen.
    try await peer.send([[0xFF]])
    var replies = peer.replies.makeAsyncIterator()
    _ = await replies.next()
    #expect(broker.counters.inboundFull == 6)
    var inbound = broker.inbound.makeAsyncIterator()
    for request in 0..<UInt64(4) { #expect(await inbound.next()?.envelope.request == request) }
    await peer.close()
    await broker.close()
  }
}
