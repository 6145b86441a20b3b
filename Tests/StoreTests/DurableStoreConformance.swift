import Digests
import Fabric
import Testing

/// What every `DurableStore` must do; run it on a new store with ``checkAll(_:)``.
///
/// It holds no suite of its own, so that another store's tests can run it on theirs.
struct DurableStoreConformance {
  /// Makes an empty store.
  let make: () async throws -> any DurableStore
  /// Opens anew what a store has made durable, as after a crash of the process that had it.
  let reopen: (any DurableStore) async throws -> any DurableStore

  func checkAll() async throws {
    try await checkRecordsComeBackInOrder()
    try await checkOrderIsKept()
    try await checkConcurrentSyncs()
    try await checkBlobsComeBack()
    try await checkRanges()
    try await checkRepeatedBlob()
    try await checkBlobLimit()
  }

  private func checkRecordsComeBackInOrder() async throws {
    let store = try await make()
    #expect(try await store.records().isEmpty)
    let records: [[UInt8]] = (0..<100).map { Array(repeating: UInt8($0), count: $0 * 7) }
    for (index, record) in records.enumerated() { try store.append(record, as: number(index + 1)) }
    try await store.sync(through: number(100))
    #expect(try await store.records() == records)

    let second = try await reopen(store)
    #expect(try await second.records() == records)
    try second.append([1], as: number(101))
    try await second.sync(through: number(101))
    #expect(try await second.records() == records + [[1]])
  }

  private func checkOrderIsKept() async throws {
    let store = try await make()
    #expect(throws: StoreError.self) { try store.append([], as: .zero) }
    #expect(throws: StoreError.self) { try store.append([], as: number(2)) }
    try store.append([1], as: number(1))
    #expect(throws: StoreError.self) { try store.append([], as: number(1)) }
    #expect(throws: StoreError.self) { try store.append([], as: number(3)) }
    await #expect(throws: StoreError.self) { try await store.sync(through: number(2)) }
    try await store.sync(through: .zero)
    try await store.sync(through: number(1))
    #expect(try await store.records() == [[1]])
  }

  private func checkConcurrentSyncs() async throws {
    let store = try await make()
    let count = 500
    for index in 1...count { try store.append([UInt8(index % 256)], as: number(index)) }
    try await withThrowingTaskGroup { group in
      for index in 1...count {
        group.addTask {
          try await store.sync(through: number(index))
          #expect(try await store.records().count >= index)
        }
      }
      try await group.waitForAll()
    }
    #expect(try await store.records().count == count)
  }

  private func checkBlobsComeBack() async throws {
    let store = try await make()
    let blobs = [0, 1, 4096, 300_000, 1 << 20].map(pattern)
    var references: [BlobReference] = []
    for blob in blobs { references.append(try await store.put(blob)) }
    #expect(references == blobs.map { BlobReference(digest: Digest(of: $0), byteCount: $0.count) })

    for store in [store, try await reopen(store)] {
      #expect(Set(try await store.blobs()) == Set(references))
      for blob in blobs {
        #expect(try await store.read(Digest(of: blob), from: 0, count: blob.count) == blob)
      }
      #expect(try await store.read(Digest(of: [9]), from: 0, count: 1) == nil)
    }
  }

  private func checkRanges() async throws {
    let store = try await make()
    let blob = pattern(700_001)
    let digest = try await store.put(blob).digest
    for (offset, count) in [(0, 1), (262_143, 2), (262_144, 262_144), (1, 700_000), (700_000, 1), (5, 0)] {
      let expected = Array(blob[offset..<(offset + count)])
      #expect(try await store.read(digest, from: offset, count: count) == expected, "\(count) bytes from \(offset)")
    }
    #expect(try await store.read(digest, from: 700_000, count: 10) == [blob[700_000]])
    #expect(try await store.read(digest, from: 1, count: .max) == Array(blob[1...]))
    #expect(try await store.read(digest, from: 700_001, count: 1) == [])
    #expect(try await store.read(digest, from: .max, count: .max) == [])
    #expect(try await store.read(digest, from: -1, count: 2) == [])
    #expect(try await store.read(digest, from: 0, count: -1) == [])
  }

  private func checkRepeatedBlob() async throws {
    let store = try await make()
    let blob = pattern(5000)
    let references = try await withThrowingTaskGroup { group in
      for _ in 0..<8 { group.addTask { try await store.put(blob) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(references).count == 1)
    #expect(try await store.blobs() == [references[0]])
  }

  private func checkBlobLimit() async throws {
    let store = try await make()
    let limit = Limits.blobByteCount
    let largest = try await store.put(pattern(limit))
    #expect(try await store.read(largest.digest, from: limit - 1, count: 2)?.count == 1)
    await #expect(throws: StoreError.blobTooLarge(byteCount: limit + 1, limit: limit)) {
      try await store.put(pattern(limit + 1))
    }
    #expect(try await store.blobs() == [largest])
  }
}

func number(_ value: Int) -> SequenceNumber { SequenceNumber(rawValue: UInt64(value)) }

/// Bytes that differ from piece to piece.
func pattern(_ count: Int) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
    for index in 0..<count { buffer[index] = UInt8(truncatingIfNeeded: index &* 31 &+ index >> 8) }
    filled = count
  }
}
