public import Digests
public import Fabric

/// Some bytes of a blob.
public struct BlobChunk: Sendable, Hashable, Codable {
  public var blob: BlobReference
  /// Where the bytes begin in the blob.
  public var offset: Int
  /// At most ``MessageLimits/chunkByteCount``.
  public var bytes: [UInt8]
  public init(blob: BlobReference, offset: Int, bytes: [UInt8]) {
    self.blob = blob
    self.offset = offset
    self.bytes = bytes
  }
}

/// How much of a blob its receiver has.
public struct BlobAck: Sendable, Hashable, Codable {
  public var digest: Digest
  /// The bytes received without a gap: where the next chunk begins.
  public var received: Int
  /// Whether the blob is whole, verified and durable.
  public var isDurable: Bool
  public init(digest: Digest, received: Int, isDurable: Bool) {
    self.digest = digest
    self.received = received
    self.isDurable = isDurable
  }
}

/// Asks for some bytes of a blob.
public struct BlobRange: Sendable, Hashable, Codable {
  public var digest: Digest
  public var offset: Int
  /// At most ``MessageLimits/chunkByteCount``.
  public var count: Int
  public init(digest: Digest, offset: Int, count: Int) {
    self.digest = digest
    self.offset = offset
    self.count = count
  }
}
