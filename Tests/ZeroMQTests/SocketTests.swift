import Testing
import ZeroMQ

/// A router that listens and a dealer that called it, each on its own thread, the router knowing the dealer.
private struct Pair {
  static let dealerID: [UInt8] = Array("dealer".utf8)
  let context: Context
  let router: Peer
  let dealer: Peer
  let endpoint: String

  init(routerOptions: SocketOptions = SocketOptions(), dealerOptions: SocketOptions = SocketOptions()) async throws {
    context = try Context()
    router = try Peer(.router(), in: context, on: PollThread(name: "router"), options: routerOptions)
    dealer = try Peer(
      .dealer(routingID: Self.dealerID, queuesUnconnected: true), in: context, on: PollThread(name: "dealer"),
      options: dealerOptions)
    endpoint = try await router.bind()
    try await router.collect()
    try await dealer.connect(to: endpoint)
    try await dealer.send([[0]])
    #expect(await router.next() == .message([Self.dealerID, [0]]))
  }

  func shutdown() async {
    for peer in [router, dealer] {
      await peer.shutdown()
      peer.thread.stop()
      await peer.thread.join()
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct SocketTests {
  @Test func `a message to a peer that is not connected is unroutable`() async throws {
    let pair = try await Pair()
    let error = await #expect(throws: ZMQError.self) { try await pair.router.send([[1, 2, 3], [4]]) }
    #expect(error?.reason == .unroutable)
    try await pair.router.send([Pair.dealerID, [7]])
    try await pair.dealer.collect()
    #expect(await pair.dealer.next() == .message([[7]]))
    await pair.shutdown()
  }

  @Test func `a dealer without a connection refuses a message`() throws {
    let dealer = try Socket(.dealer(), in: Context())
    let error = #expect(throws: ZMQError.self) { try dealer.send([[1]]) }
    #expect(error?.reason == .wouldBlock)
  }

  @Test func `an address in use is named`() throws {
    let context = try Context()
    let first = try Socket(.router(), in: context)
    let endpoint = try first.bind(to: "tcp://127.0.0.1:*")
    #expect(try first.lastEndpoint == endpoint)
    let second = try Socket(.router(), in: context)
    let error = #expect(throws: ZMQError.self) { try second.bind(to: endpoint) }
    #expect(error?.code == "zeromq.addressInUse")
    #expect(error?.message.contains(endpoint) == true)
  }

  @Test(arguments: [
    ("tcp://", ZMQError.Reason.invalidArgument), ("nonsense", .invalidArgument),
    ("carrier://pigeon", .transportUnsupported),
  ]) func `an endpoint that cannot be is refused`(endpoint: String, reason: ZMQError.Reason) throws {
    let router = try Socket(.router(), in: Context())
    let error = #expect(throws: ZMQError.self) { try router.bind(to: endpoint) }
    #expect(error?.reason == reason)
  }

  @Test func `a message of too many frames is refused and the next one arrives`() async throws {
    let pair = try await Pair()
    try await pair.dealer.send((0..<100).map { [$0] })
    try await pair.dealer.send([[1], [2]])
    let leading = [Pair.dealerID] + (0..<7).map { [$0] }
    #expect(await pair.router.next() == .tooManyFrames(leading: leading, frameCount: 101))
    #expect(await pair.router.next() == .message([Pair.dealerID, [1], [2]]))
    await pair.shutdown()
  }

  @Test func `a frame over the limit ends its connection only`() async throws {
    var small = SocketOptions()
    small.maximumFrameByteCount = 1024
    var once = SocketOptions()
    once.reconnection = .never
    let pair = try await Pair(routerOptions: small, dealerOptions: once)
    try await pair.dealer.send([[UInt8](repeating: 0, count: 1025)])
    try await pair.router.sendUntilUnroutable([Pair.dealerID, []])

    let other = try Peer(.dealer(routingID: [9], queuesUnconnected: true), in: pair.context, on: pair.dealer.thread)
    try await other.connect(to: pair.endpoint)
    let longest = [UInt8](repeating: 5, count: 1024)
    try await other.send([longest])
    #expect(await pair.router.next() == .message([[9], longest]))
    await other.shutdown()
    await pair.shutdown()
  }

  @Test func `empty frames and large frames arrive as sent`() async throws {
    let pair = try await Pair()
    let frames = [[], [UInt8](repeating: 3, count: 1 << 20), []]
    try await pair.dealer.send(frames)
    #expect(await pair.router.next() == .message([Pair.dealerID] + frames))
    await pair.shutdown()
  }

  @Test func `too few frames are refused`() throws {
    let context = try Context()
    let router = try Socket(.router(), in: context)
    let dealer = try Socket(.dealer(queuesUnconnected: true), in: context)
    let toRouter = #expect(throws: ZMQError.self) { try router.send([[1]]) }
    let toDealer = #expect(throws: ZMQError.self) { try dealer.send([]) }
    #expect(toRouter?.reason == .invalidMessage)
    #expect(toDealer?.reason == .invalidMessage)
  }

  @Test func `a context with unsent messages ends`() async throws {
    weak var ended: Context?
    do {
      let context = try Context()
      ended = context
      let router = try Socket(.router(), in: context)
      let endpoint = try router.bind(to: "tcp://127.0.0.1:*")
      let dealer = try Socket(.dealer(queuesUnconnected: true), in: context)
      try dealer.connect(to: endpoint)
      for _ in 0..<100 { try dealer.send([[UInt8](repeating: 0, count: 10_000)]) }
    }
    #expect(ended == nil)
  }
}
