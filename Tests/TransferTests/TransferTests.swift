import Digests
import Fabric
import Messages
import Testing
import Transfer
import TestBench

@Suite(.timeLimit(.minutes(1))) struct TransferTests {
  static let sizes = [0, 1, MessageLimits.chunkByteCount, MessageLimits.chunkByteCount + 1, 1_000_000]

  @Test(arguments: sizes) func `what is uploaded is durable and can be downloaded`(byteCount: Int) async throws {
    let pair = TestPair(seed: 1)
    var generator = SeededRandom(seed: 2)
    let bytes = generator.bytes(byteCount)
    let blob = BlobReference(bytes)
    try await pair.exchange.upload(bytes, blob, to: TestLink.server)
    #expect(try await pair.store.blobs() == [blob])
    #expect(try await pair.exchange.download(blob, from: TestLink.server) == bytes)
  }

  @Test(arguments: UInt64(0)..<30)
  func `a network that loses, doubles and delays changes nothing`(seed: UInt64) async throws {
    let pair = TestPair(seed: seed, lost: 0.2, doubled: 0.2, late: 0.1)
    var generator = SeededRandom(seed: seed)
    for _ in 0..<2 {
      let bytes = generator.bytes(Int.random(in: 0...900_000, using: &generator))
      let blob = BlobReference(bytes)
      try await pair.exchange.upload(bytes, blob, to: TestLink.server)
      #expect(try await pair.store.read(blob.digest, from: 0, count: .max) == bytes, "seed \(seed)")
      #expect(try await pair.exchange.download(blob, from: TestLink.server) == bytes, "seed \(seed)")
    }
  }

  @Test func `many transfers at once do not meet`() async throws {
    let pair = TestPair(seed: 3)
    try await withThrowingTaskGroup { group in
      for seed in 0..<30 {
        group.addTask {
          var generator = SeededRandom(seed: UInt64(seed))
          let bytes = generator.bytes(300_000 + seed)
          try await pair.exchange.upload(bytes, BlobReference(bytes), to: TestLink.server)
          #expect(try await pair.exchange.download(BlobReference(bytes), from: TestLink.server) == bytes)
        }
      }
      try await group.waitForAll()
    }
    #expect(try await pair.store.blobs().count == 30)
  }

  @Test func `an upload goes on where it was cut off`() async throws {
    let pair = TestPair(seed: 4)
    var generator = SeededRandom(seed: 4)
    let chunk = MessageLimits.chunkByteCount
    let bytes = generator.bytes(3 * chunk)
    // The first chunk is truthful, and the sender's second life has another one: only the old bytes give the digest.
    let first = BlobChunk(blob: BlobReference(bytes), offset: 0, bytes: Array(bytes[..<chunk]))
    _ = await pair.desk.answer(.putBlob(first), from: TestLink.client)
    let remainder = [UInt8](repeating: 0, count: chunk) + bytes[chunk...]
    try await pair.exchange.upload(remainder, BlobReference(bytes), to: TestLink.server)
    #expect(try await pair.store.blobs() == [BlobReference(bytes)])
  }

  @Test func `bytes that are not what their reference says are refused`() async throws {
    let pair = TestPair(seed: 5)
    let (bytes, claimed) = ([UInt8](repeating: 1, count: 400_000), Digest(of: [2]))
    let error = await #expect(throws: TransferError.self) {
      try await pair.exchange.upload(
        bytes, BlobReference(digest: claimed, byteCount: bytes.count), to: TestLink.server)
    }
    #expect(error?.code == "transfer.digestMismatch")
    #expect(try await pair.store.blobs().isEmpty)

    let short = BlobReference(digest: Digest(of: bytes), byteCount: 3)
    await #expect(throws: TransferError.wrongByteCount(short.digest, expected: 3, found: bytes.count)) {
      try await pair.exchange.upload(bytes, short, to: TestLink.server)
    }
  }

  @Test(arguments: [-1, Limits.blobByteCount + 1, Int.max])
  func `a reference over the limit is refused before anything is sent`(byteCount: Int) async throws {
    let pair = TestPair(seed: 6)
    let blob = BlobReference(digest: Digest(of: []), byteCount: byteCount)
    let error = TransferError.blobTooLarge(byteCount: byteCount, limit: Limits.blobByteCount)
    await #expect(throws: error) { try await pair.exchange.download(blob, from: TestLink.server) }
    await #expect(throws: error) { try await pair.exchange.upload([], blob, to: TestLink.server) }
  }

  @Test func `a blob that is not there is named`() async throws {
    let pair = TestPair(seed: 7)
    let error = await #expect(throws: TransferError.self) {
      try await pair.exchange.download(BlobReference([1, 2]), from: TestLink.server)
    }
    #expect(error?.code == "transfer.blobMissing")
  }

  @Test func `a downloaded blob is of the size that its reference says`() async throws {
    let pair = TestPair(seed: 8)
    let bytes = [UInt8](repeating: 7, count: 700_000)
    let digest = try await pair.store.put(bytes).digest
    for byteCount in [1, 699_999, 700_001] {
      let claimed = BlobReference(digest: digest, byteCount: byteCount)
      await #expect(throws: TransferError.wrongByteCount(digest, expected: byteCount, found: 700_000)) {
        try await pair.exchange.download(claimed, from: TestLink.server)
      }
      let error = await #expect(throws: TransferError.self) {
        try await pair.exchange.upload(Array(repeating: 7, count: byteCount), claimed, to: TestLink.server)
      }
      #expect(error?.code == "transfer.wrongByteCount")
    }
  }

  @Test func `a store that fails refuses by its own code`() async throws {
    let pair = TestPair(seed: 9, store: MemoryStore(failure: .full(limit: 1)))
    let error = await #expect(throws: TransferError.self) {
      try await pair.exchange.upload([1], BlobReference([1]), to: TestLink.server)
    }
    #expect(error?.code == "store.full")
  }

  @Test func `a full desk is waited for`() async throws {
    let pair = TestPair(seed: 10)
    for index in 0..<64 {
      let blob = BlobReference(digest: Digest(of: [UInt8(index)]), byteCount: 2)
      _ = await pair.desk.answer(.putBlob(BlobChunk(blob: blob, offset: 0, bytes: [0])), from: TestLink.client)
    }
    // After five waits of a second each the quiet ones give way.
    try await pair.exchange.upload([1], BlobReference([1]), to: TestLink.server)
    #expect(pair.time.now.wall >= WallInstant(nanoseconds: 0) + .seconds(5))
    #expect(try await pair.store.blobs() == [BlobReference([1])])
  }

  @Test func `a desk leaves other messages alone`() async {
    let pair = TestPair(seed: 11)
    #expect(await pair.desk.answer(.boardsQuery, from: TestLink.client) == nil)
  }

  @Test(arguments: [(-1, 1), (0, -1), (0, MessageLimits.chunkByteCount + 1), (Int.max, 1), (0, Int.max)])
  func `a range over the limits is refused`(offset: Int, count: Int) async throws {
    let pair = TestPair(seed: 12)
    let digest = try await pair.store.put([1]).digest
    let answer = await pair.desk.answer(
      .getBlob(BlobRange(digest: digest, offset: offset, count: count)), from: TestLink.client)
    guard case .refused(let refusal) = answer else { throw TransferError.cancelled }
    #expect(refusal.code == "transfer.badRange")
  }

  @Test(arguments: [0, 1, 262_144, 262_145, Limits.blobByteCount - 1, Limits.blobByteCount])
  func `an answer names the whole blob's size`(byteCount: Int) async throws {
    let pair = TestPair(seed: 13)
    let blob = try await pair.store.put([UInt8](repeating: 5, count: byteCount))
    for (offset, count) in [(0, 1), (0, 0), (0, 262_144), (1, 262_144), (Limits.blobByteCount, 1)] {
      let answer = await pair.desk.answer(
        .getBlob(BlobRange(digest: blob.digest, offset: offset, count: count)), from: TestLink.client)
      let bytes = [UInt8](repeating: 5, count: min(count, max(0, byteCount - offset)))
      #expect(answer == .blob(BlobChunk(blob: blob, offset: offset, bytes: bytes)), "\(count) from \(offset)")
    }
  }
}
