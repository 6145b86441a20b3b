/// The limits of what one message may carry.
public enum MessageLimits {
  /// Bytes of one encoded message.
  public static let messageByteCount = 4 << 20
  /// Bytes of a blob in one chunk.
  public static let chunkByteCount = 256 << 10
  /// Bytes of an idempotency key.
  public static let idempotencyKeyByteCount = 128
  /// Jobs in one status answer.
  public static let jobsPerStatus = 256
  /// Configurations in one heartbeat.
  public static let configurationsPerHeartbeat = 32
  /// Bytes of an endpoint.
  public static let endpointByteCount = 256
}
