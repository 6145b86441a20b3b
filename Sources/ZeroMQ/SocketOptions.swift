internal import CZeroMQ

/// The limits and times of a socket, set before it binds or connects.
///
/// Times count in whole milliseconds, rounded up, of at most 24 days. The option that each sets is described in
/// zmq_setsockopt(3) of libzmq 4.3.
public struct SocketOptions: Sendable, Hashable {
  /// How a broken connection is noticed where the network says nothing.
  public struct Heartbeat: Sendable, Hashable {
    /// The time between two pings, more than zero.
    public var interval: Duration
    /// The silence after a ping that ends the connection, more than zero.
    public var timeout: Duration

    public init(interval: Duration, timeout: Duration) {
      self.interval = interval
      self.timeout = timeout
    }
  }

  /// Whether a connection that broke, or could not be made, is tried again.
  public enum Reconnection: Sendable, Hashable {
    case never
    /// Tried after `first` (more than zero), then after ever longer waits up to `longest`.
    case after(first: Duration, longest: Duration)
  }

  /// How long a closed socket still tries to send what it holds (ZMQ_LINGER); never endless, so a context always ends.
  public var linger: Duration = .zero
  /// How many messages wait for one peer before sending is `.wouldBlock` (ZMQ_SNDHWM), 1 or more.
  public var sendHighWaterMark = 256
  /// How many messages of one peer wait to be received before the peer is held back (ZMQ_RCVHWM), 1 or more.
  public var receiveHighWaterMark = 256
  /// The longest frame taken, in bytes, 0 or more; a longer one ends its connection (ZMQ_MAXMSGSIZE).
  ///
  /// libzmq applies this to each frame, not to their sum, and has no limit on the number of frames.
  public var maximumFrameByteCount = 1 << 20
  /// How a peer that fell silent is noticed (ZMQ_HEARTBEAT_IVL, ZMQ_HEARTBEAT_TIMEOUT), or nil for not at all.
  public var heartbeat: Heartbeat? = Heartbeat(interval: .seconds(2), timeout: .seconds(6))
  /// Whether to connect again (ZMQ_RECONNECT_IVL, ZMQ_RECONNECT_IVL_MAX).
  public var reconnection: Reconnection = .after(first: .milliseconds(100), longest: .seconds(5))
  /// How long a new connection may take to introduce itself, more than zero (ZMQ_HANDSHAKE_IVL).
  public var handshakeTimeout: Duration = .seconds(3)

  /// Makes the options that suit a control connection: small queues, frames up to 1 MiB, nothing lingers.
  public init() {}
}

extension SocketOptions {
  func apply(to handle: SocketHandle) throws(ZMQError) {
    try handle.setDuration(ZMQ_LINGER, linger, from: .zero, "ZMQ_LINGER")
    try handle.setCount(ZMQ_SNDHWM, sendHighWaterMark, in: 1...Int(Int32.max), "ZMQ_SNDHWM")
    try handle.setCount(ZMQ_RCVHWM, receiveHighWaterMark, in: 1...Int(Int32.max), "ZMQ_RCVHWM")
    guard maximumFrameByteCount >= 0 else {
      throw OptionValue.refused("ZMQ_MAXMSGSIZE", "\(maximumFrameByteCount)", "0 or more")
    }
    try handle.set(ZMQ_MAXMSGSIZE, Int64(maximumFrameByteCount), "ZMQ_MAXMSGSIZE")
    try handle.setDuration(ZMQ_HANDSHAKE_IVL, handshakeTimeout, "ZMQ_HANDSHAKE_IVL")
    if let heartbeat {
      try handle.setDuration(ZMQ_HEARTBEAT_IVL, heartbeat.interval, "ZMQ_HEARTBEAT_IVL")
      try handle.setDuration(ZMQ_HEARTBEAT_TIMEOUT, heartbeat.timeout, "ZMQ_HEARTBEAT_TIMEOUT")
    }
    switch reconnection {
    case .never:
      try handle.set(ZMQ_RECONNECT_IVL, Int32(-1), "ZMQ_RECONNECT_IVL")
    case .after(let first, let longest):
      try handle.setDuration(ZMQ_RECONNECT_IVL, first, "ZMQ_RECONNECT_IVL")
      try handle.setDuration(ZMQ_RECONNECT_IVL_MAX, longest, from: first, "ZMQ_RECONNECT_IVL_MAX")
    }
  }
}

extension SocketHandle {
  fileprivate func setCount(
    _ option: Int32, _ value: Int, in range: ClosedRange<Int>, _ name: String
  ) throws(ZMQError) {
    try set(option, OptionValue.count(value, in: range, name), name)
  }

  fileprivate func setDuration(
    _ option: Int32, _ value: Duration, from least: Duration = .milliseconds(1), _ name: String
  ) throws(ZMQError) {
    try set(option, OptionValue.milliseconds(value, from: least, name), name)
  }
}
