internal import Digests
public import Fabric
public import Messages
internal import Synchronization

/// Answers `putBlob` and `getBlob` out of a store: the daemons' side of a transfer.
public final class BlobDesk: Sendable {
  private let store: any DurableStore
  private let time: any TimeSource
  private let assemblies = Mutex(BlobAssemblies())

  /// Makes a desk over a store.
  ///
  /// - Parameters:
  ///   - store: Holds the blobs.
  ///   - time: Its wall clock says which unfinished blobs were given up by their senders.
  public init(store: any DurableStore, time: any TimeSource) {
    self.store = store
    self.time = time
  }

  /// The answer to a message about blobs; nil for other messages, and for a chunk whose double is being answered.
  ///
  /// Several calls may run at once, for one peer as well. A fault of the message or of the store is a `refused`.
  @concurrent public func answer(_ message: Message, from peer: Peer) async -> Message? {
    do {
      switch message {
      case .putBlob(let chunk): return try await take(chunk, from: peer).map(Message.blobAck)
      case .getBlob(let range): return .blob(try await read(range))
      default: return nil
      }
    } catch let error as any TesseraError {
      return .refused(Refusal(error))
    } catch {
      return .refused(Refusal(code: "transfer.failed", message: "\(error)", hint: "see the daemon's log"))
    }
  }

  private func take(_ chunk: BlobChunk, from peer: Peer) async throws -> BlobAck? {
    let blob = chunk.blob
    let isBegun = assemblies.withLock { $0.holds(blob, from: peer) }
    if !isBegun, try await holdsDurably(blob) { return .durable(blob) }

    let now = time.now.wall
    switch assemblies.withLock({ $0.take(chunk, from: peer, at: now) }) {
    case .acknowledge(let received): return BlobAck(digest: blob.digest, received: received, isDurable: false)
    case .ignore: return nil
    case .refuse(let error): throw error
    case .store(let bytes):
      defer { assemblies.withLock { $0.finish(blob, from: peer) } }
      let found = Digest(of: bytes)
      guard found == blob.digest else { throw TransferError.digestMismatch(expected: blob.digest, found: found) }
      _ = try await store.put(bytes)
      return .durable(blob)
    }
  }

  /// Whether the store has the blob.
  ///
  /// - Throws: ``TransferError/wrongByteCount(_:expected:found:)`` when it has another size than the peer says.
  private func holdsDurably(_ blob: BlobReference) async throws -> Bool {
    guard 0...Limits.blobByteCount ~= blob.byteCount else { return false }
    // Two bytes from the last one on: exactly one is there if the size is right.
    let last = max(0, blob.byteCount - 1)
    guard let bytes = try await store.read(blob.digest, from: last, count: 2) else { return false }
    guard bytes.count == min(1, blob.byteCount) else {
      let found = try await byteCount(of: blob.digest, atLeast: 0)
      throw TransferError.wrongByteCount(blob.digest, expected: blob.byteCount, found: found)
    }
    return true
  }

  private func read(_ range: BlobRange) async throws -> BlobChunk {
    guard 0...Limits.blobByteCount ~= range.offset, 0...MessageLimits.chunkByteCount ~= range.count else {
      throw TransferError.badRange(offset: range.offset, count: range.count, limit: MessageLimits.chunkByteCount)
    }
    // One byte more than was asked for tells whether the blob ends here.
    guard let bytes = try await store.read(range.digest, from: range.offset, count: range.count + 1) else {
      throw TransferError.blobMissing(range.digest)
    }
    let end = range.offset + bytes.count
    let endsHere = !bytes.isEmpty && bytes.count <= range.count
    let byteCount = endsHere ? end : try await byteCount(of: range.digest, atLeast: bytes.isEmpty ? 0 : end)
    return BlobChunk(
      blob: BlobReference(digest: range.digest, byteCount: byteCount), offset: range.offset,
      bytes: Array(bytes.prefix(range.count)))
  }

  /// The size of a blob that is there, found in at most 25 reads of a byte, since the store names sizes only for all
  /// blobs together.
  private func byteCount(of digest: Digest, atLeast least: Int) async throws(StoreError) -> Int {
    var (low, high) = (least, Limits.blobByteCount)
    while low < high {
      let middle = low + (high - low) / 2
      if try await store.read(digest, from: middle, count: 1)?.isEmpty == false {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}

extension BlobAck {
  fileprivate static func durable(_ blob: BlobReference) -> BlobAck {
    BlobAck(digest: blob.digest, received: blob.byteCount, isDurable: true)
  }
}
