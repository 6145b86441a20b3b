package import BoardAgent
package import Digests
package import Fabric
internal import Synchronization

/// A store that lasts as long as the process.
package final class MemoryStore: DurableStore {
  private let blobTable = Mutex<[Digest: [UInt8]]>([:])
  private let recordTable = Mutex<[[UInt8]]>([])

  package init() {}

  package func append(_ record: [UInt8], as number: SequenceNumber) throws(StoreError) {
    recordTable.withLock { $0.append(record) }
  }
  @concurrent package func sync(through number: SequenceNumber) async throws(StoreError) {}
  @concurrent package func records() async throws(StoreError) -> [[UInt8]] { recordTable.withLock(\.self) }
  @concurrent package func put(_ blob: [UInt8]) async throws(StoreError) -> BlobReference {
    let digest = Digest(of: blob)
    blobTable.withLock { $0[digest] = blob }
    return BlobReference(digest: digest, byteCount: blob.count)
  }
  @concurrent package func read(_ digest: Digest, from offset: Int, count: Int) async throws(StoreError) -> [UInt8]? {
    blobTable.withLock { $0[digest] }.map { Array($0.dropFirst(offset).prefix(count)) }
  }
  @concurrent package func blobs() async throws(StoreError) -> [BlobReference] {
    blobTable.withLock { $0.map { BlobReference(digest: $0.key, byteCount: $0.value.count) } }
  }
}

/// Audit events as they come.
package final class MemoryAuditLog: AuditLog {
  package let events: AsyncStream<AuditEvent>
  private let continuation: AsyncStream<AuditEvent>.Continuation
  package init() { (events, continuation) = AsyncStream.makeStream(of: AuditEvent.self) }
  package func append(_ event: AuditEvent) throws(StoreError) { continuation.yield(event) }
}

/// Records that nobody reads back.
package struct OneWayCodec: RecordCodec {
  package init() {}
  package func encode(_ record: AgentRecord) throws(StoreError) -> [UInt8] { Array("\(record)".utf8) }
  package func decode(_ bytes: [UInt8]) throws(StoreError) -> AgentRecord { throw .corrupt("one way") }
}

/// Partials in memory, as a board's storage.
package struct MemoryImages: ImageSource {
  package let partials: [Digest: [UInt8]]
  package init(partials: [Digest: [UInt8]]) { self.partials = partials }
  @concurrent package func read(_ partial: PartialReference) async throws(ImageSourceError) -> [UInt8] {
    guard let bytes = partials[partial.digest] else { throw .missing(partial.digest) }
    return bytes
  }
}
