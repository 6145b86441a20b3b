import Testing
import ZeroMQ

@Suite struct SocketOptionsTests {
  private static let refusals: [(String, @Sendable (inout SocketOptions) -> Void)] = [
    ("ZMQ_LINGER", { $0.linger = .milliseconds(-1) }),
    ("ZMQ_LINGER", { $0.linger = .seconds(1 << 40) }),
    ("ZMQ_SNDHWM", { $0.sendHighWaterMark = 0 }),
    ("ZMQ_RCVHWM", { $0.receiveHighWaterMark = 1 << 31 }),
    ("ZMQ_MAXMSGSIZE", { $0.maximumFrameByteCount = -1 }),
    ("ZMQ_HANDSHAKE_IVL", { $0.handshakeTimeout = .zero }),
    ("ZMQ_HEARTBEAT_IVL", { $0.heartbeat = .init(interval: .zero, timeout: .seconds(1)) }),
    ("ZMQ_HEARTBEAT_TIMEOUT", { $0.heartbeat = .init(interval: .seconds(1), timeout: .zero) }),
    ("ZMQ_RECONNECT_IVL", { $0.reconnection = .after(first: .zero, longest: .seconds(1)) }),
    ("ZMQ_RECONNECT_IVL_MAX", { $0.reconnection = .after(first: .seconds(2), longest: .seconds(1)) }),
  ]

  @Test(arguments: refusals.indices) func `an option out of its range is refused by name`(index: Int) throws {
    let (name, spoil) = Self.refusals[index]
    var options = SocketOptions()
    spoil(&options)
    let context = try Context()
    let error = #expect(throws: ZMQError.self) { _ = try Socket(.router(), in: context, options: options) }
    #expect(error?.reason == .invalidOption)
    #expect(error?.call == name)
  }

  @Test(arguments: [[], [0, 1], [UInt8](repeating: 1, count: 256)])
  func `a routing id that routers would misread is refused`(id: [UInt8]) throws {
    let context = try Context()
    let error = #expect(throws: ZMQError.self) { _ = try Socket(.dealer(routingID: id), in: context) }
    #expect(error?.reason == .invalidOption)
  }

  @Test func `options at the ends of their ranges are taken`() throws {
    var options = SocketOptions()
    options.linger = .nanoseconds(1)
    options.sendHighWaterMark = Int(Int32.max)
    options.maximumFrameByteCount = 0
    options.heartbeat = nil
    options.reconnection = .never
    options.handshakeTimeout = .milliseconds(Int64(Int32.max))
    let context = try Context()
    _ = try Socket(.router(mandatory: false, handover: true), in: context, options: options)
    _ = try Socket(.dealer(routingID: [UInt8](repeating: 1, count: 255)), in: context, options: options)
  }

  @Test func `a context without threads or sockets is refused`() {
    let threads = #expect(throws: ZMQError.self) { _ = try Context(threadCount: 0) }
    let sockets = #expect(throws: ZMQError.self) { _ = try Context(maximumSocketCount: 0) }
    #expect(threads?.call == "ZMQ_IO_THREADS")
    #expect(sockets?.call == "ZMQ_MAX_SOCKETS")
  }

  @Test(arguments: ZMQError.Reason.allCases) func `every reason has a code of this room`(reason: ZMQError.Reason) {
    #expect(reason.rawValue == "zeromq.\(reason)")
  }
}
