import Digests
import Fabric
import Messages
import Synchronization
import TestBench

/// A store that forgets everything with its process.
final class MemoryStore: DurableStore {
  private let content = Mutex<[Digest: [UInt8]]>([:])
  let failure: StoreError?

  init(failure: StoreError? = nil) { self.failure = failure }

  func append(_ record: [UInt8], as number: SequenceNumber) throws(StoreError) { throw .unavailable("no journal") }
  func sync(through number: SequenceNumber) async throws(StoreError) { throw .unavailable("no journal") }
  func records() async throws(StoreError) -> [[UInt8]] { [] }

  func put(_ blob: [UInt8]) async throws(StoreError) -> BlobReference {
    if let failure { throw failure }
    let reference = BlobReference(blob)
    content.withLock { $0[reference.digest] = blob }
    return reference
  }

  func read(_ digest: Digest, from offset: Int, count: Int) async throws(StoreError) -> [UInt8]? {
    content.withLock { content in
      content[digest].map { Array($0.dropFirst(offset).prefix(count)) }
    }
  }

  func blobs() async throws(StoreError) -> [BlobReference] {
    content.withLock { $0.values.map { BlobReference($0) } }
  }
}

extension BlobReference {
  /// Names some bytes truthfully.
  init(_ bytes: [UInt8]) { self.init(digest: Digest(of: bytes), byteCount: bytes.count) }
}

extension SeededRandom {
  /// `count` bytes of the stream.
  mutating func bytes(_ count: Int) -> [UInt8] {
    let words = (0..<(count + 7) / 8).map { _ in next() }
    return Array(words.withUnsafeBytes { $0.prefix(count) })
  }
}
