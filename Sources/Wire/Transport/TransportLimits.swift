/// How much a ``ZeroMQTransport`` holds at most.
///
/// What comes beyond is an error to the sender, or counted and dropped.
public struct TransportLimits: Sendable, Hashable {
  /// Messages that wait to be handed to the sockets; also those that wait in one socket for its peer.
  public var queuedMessages = 4096
  /// Bytes of the messages that wait to be handed to the sockets.
  public var queuedByteCount = 64 << 20
  /// Messages that arrived and wait for the consumer of ``ZeroMQTransport/inbound``.
  public var inboundMessages = 4096
  /// Endpoints dialled in the transport's life.
  public var dialedPeers = 256

  public init() {}
}

/// What a ``ZeroMQTransport`` has done since it began.
public struct TransportCounters: Sendable, Hashable {
  /// Messages handed to a socket; whether they arrived is unknown.
  public var sent: Int
  /// Messages handed to ``ZeroMQTransport/inbound``.
  public var received: Int
  /// Replies dropped because the connection they belong to is gone.
  public var unroutable: Int
  /// Messages dropped because their peer takes none, or cannot be dialled.
  public var undelivered: Int
  /// Messages that arrived and were refused, since they do not decode.
  public var malformed: Int
  /// Messages that arrived and were dropped because the consumer is behind.
  public var inboundFull: Int

  public init(
    sent: Int = 0, received: Int = 0, unroutable: Int = 0, undelivered: Int = 0, malformed: Int = 0,
    inboundFull: Int = 0
  ) {
    self.sent = sent
    self.received = received
    self.unroutable = unroutable
    self.undelivered = undelivered
    self.malformed = malformed
    self.inboundFull = inboundFull
  }
}
