package import Fabric
package import Messages

/// The blobs that a process receives chunk by chunk; bounded in number and bytes.
///
/// Each peer has assemblies of its own, so that none can spoil another's bytes. When there is no room for a new one,
/// the one that has been quiet for longest gives way, but never one that is being sent.
package struct BlobAssemblies {
  /// Blobs that may be received at once.
  package static let countLimit = 64
  /// Bytes that they may have together when they are whole.
  package static let byteLimit = 256 << 20
  /// For how long an assembly may be quiet before it is dropped.
  package static let idleLimit = Duration.seconds(60)
  /// For how long an assembly must be quiet before it may give way to another.
  package static let busyDuration = Duration.seconds(5)

  private struct Key: Hashable {
    let peer: Peer
    let blob: BlobReference
  }
  private enum Assembly {
    /// The bytes without a gap so far, and when the last chunk came.
    case gathering([UInt8], since: WallInstant)
    /// Whole, and on its way to the store.
    case storing
  }

  private var assemblies: [Key: Assembly] = [:]
  private var reservedByteCount = 0

  package init() {}

  /// What follows from a chunk.
  package enum ChunkAction: Equatable {
    /// Say that the blob is needed from this offset on.
    case acknowledge(received: Int)
    /// The bytes are all there: verify and store them, then call ``finish(_:from:)``.
    case store([UInt8])
    /// The blob is being stored; the answer to the chunk that made it whole says how that ends.
    case ignore
    case refuse(TransferError)
  }

  /// Whether some of a blob's bytes came from this peer.
  package func holds(_ blob: BlobReference, from peer: Peer) -> Bool {
    assemblies[Key(peer: peer, blob: blob)] != nil
  }

  /// Takes a chunk: it is kept if it begins where the assembly ends.
  package mutating func take(_ chunk: BlobChunk, from peer: Peer, at now: WallInstant) -> ChunkAction {
    if let error = Self.check(chunk) { return .refuse(error) }
    dropIdle(at: now)
    let key = Key(peer: peer, blob: chunk.blob)
    switch assemblies[key] {
    case .storing: return .ignore
    case .gathering(let bytes, _):
      // Taken out while it grows, so that its bytes are not copied.
      assemblies[key] = .storing
      return extend(bytes, with: chunk, key, at: now)
    case nil:
      // Neither a question nor a chunk from the middle needs room.
      guard chunk.offset == 0, !chunk.bytes.isEmpty || chunk.blob.byteCount == 0 else {
        return .acknowledge(received: 0)
      }
      guard makeRoom(for: chunk.blob.byteCount, at: now) else {
        return .refuse(.deskFull)
      }
      reservedByteCount += chunk.blob.byteCount
      return extend([], with: chunk, key, at: now)
    }
  }

  /// The blob was stored or refused; its room is free.
  package mutating func finish(_ blob: BlobReference, from peer: Peer) { remove(Key(peer: peer, blob: blob)) }

  private static func check(_ chunk: BlobChunk) -> TransferError? {
    let byteCount = chunk.blob.byteCount
    guard 0...Limits.blobByteCount ~= byteCount else {
      return .blobTooLarge(byteCount: byteCount, limit: Limits.blobByteCount)
    }
    guard chunk.bytes.count <= MessageLimits.chunkByteCount else {
      return .badRange(offset: chunk.offset, count: chunk.bytes.count, limit: MessageLimits.chunkByteCount)
    }
    guard 0...byteCount ~= chunk.offset, chunk.bytes.count <= byteCount - chunk.offset else {
      return .badRange(offset: chunk.offset, count: chunk.bytes.count, limit: byteCount)
    }
    return nil
  }

  private mutating func extend(
    _ bytes: consuming [UInt8], with chunk: BlobChunk, _ key: Key, at now: WallInstant
  ) -> ChunkAction {
    if chunk.offset == bytes.count { bytes += chunk.bytes }
    if bytes.count == chunk.blob.byteCount {
      assemblies[key] = .storing
      return .store(bytes)
    }
    let received = bytes.count
    assemblies[key] = .gathering(bytes, since: now)
    return .acknowledge(received: received)
  }

  private mutating func makeRoom(for byteCount: Int, at now: WallInstant) -> Bool {
    while assemblies.count >= Self.countLimit || byteCount > Self.byteLimit - reservedByteCount {
      guard let oldest = quiet(for: Self.busyDuration, at: now).min(by: { $0.since < $1.since }) else { return false }
      remove(oldest.key)
    }
    return true
  }

  private mutating func dropIdle(at now: WallInstant) {
    for (key, _) in quiet(for: Self.idleLimit, at: now) { remove(key) }
  }

  /// The assemblies to which nothing was added for a while; O(assemblies).
  private func quiet(for duration: Duration, at now: WallInstant) -> [(key: Key, since: WallInstant)] {
    assemblies.compactMap { key, assembly in
      guard case .gathering(_, let since) = assembly, now - since >= duration else { return nil }
      return (key, since)
    }
  }

  private mutating func remove(_ key: Key) {
    guard assemblies.removeValue(forKey: key) != nil else { return }
    reservedByteCount -= key.blob.byteCount
  }
}
