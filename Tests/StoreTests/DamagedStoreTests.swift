import Digests
import Fabric
import Foundation
import Store
import Testing

/// Databases that no store of this version can have left behind.
@Suite struct DamagedStoreTests {
  let temporary: TemporaryFolder
  let path: String
  var database: String { path + "/store.sqlite" }

  init() throws {
    self.temporary = try TemporaryFolder()
    self.path = temporary.appending("state")
  }

  @Test func `a newer version is refused`() async throws {
    try await makeStore()
    // The version stands big-endian at byte 60 of the file (SQLite file format, section 1.3).
    try change(at: 60, to: [0, 0, 0, 2])
    #expect(throws: StoreError.newerVersion(found: 2, supported: 1)) { try SQLiteStore(folder: path) }
    try change(at: 60, to: [0, 0, 0, 1])
    #expect(try await SQLiteStore(folder: path).records().count == 50)
  }

  @Test(arguments: [[UInt8](repeating: 0xFF, count: 4), [0, 0, 0, 0]])
  func `a version that no program wrote is refused`(version: [UInt8]) async throws {
    try await makeStore()
    try change(at: 60, to: version)
    #expect(code { _ = try SQLiteStore(folder: path) } == "store.corrupt")
  }

  @Test func `a file that is no database is refused`() async throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try temporary.write(pattern(100_000), to: "state/store.sqlite")
    #expect(code { _ = try SQLiteStore(folder: path) } == "store.corrupt")
  }

  @Test func `a folder in the database's place is refused`() async throws {
    try FileManager.default.createDirectory(atPath: database, withIntermediateDirectories: true)
    #expect(code { _ = try SQLiteStore(folder: path) } == "store.unavailable")
  }

  @Test func `a path through a file is refused`() throws {
    try temporary.write([1], to: "file")
    #expect(code { _ = try SQLiteStore(folder: temporary.appending("file/state")) } == "store.unavailable")
  }

  /// Every page but the first is overwritten in turn, so that each table and index is met.
  @Test func `a damaged page is an error or harmless, never a crash or false bytes`() async throws {
    let (records, blob) = try await makeStore()
    let sound = try Data(contentsOf: URL(fileURLWithPath: database))
    let pageByteCount = 4096
    for page in stride(from: pageByteCount, to: sound.count, by: pageByteCount) {
      var damaged = sound
      damaged.replaceSubrange(page..<(page + pageByteCount), with: Data(repeating: 0xA5, count: pageByteCount))
      try damaged.write(to: URL(fileURLWithPath: database))
      await expectSound(records: records, blob: blob, page: page / pageByteCount)
    }
  }

  @Test func `a database cut short is an error`() async throws {
    let (records, blob) = try await makeStore()
    let sound = try Data(contentsOf: URL(fileURLWithPath: database))
    for count in [1, 50, 100, 4096, 5000, sound.count / 2, sound.count - 4096] {
      try sound.prefix(count).write(to: URL(fileURLWithPath: database))
      await expectSound(records: records, blob: blob, page: count)
    }
  }

  @Test(arguments: [(32, [0xFF, 0xFF]), (-1, [0x10])] as [(Int, [UInt8])])
  func `a blob whose size is negative or no number is corrupt`(offset: Int, bytes: [UInt8]) async throws {
    let blob = try await makeStore().blob
    // A row is the types NULL, 32 bytes, and an integer of 2 bytes, then the digest and that integer (SQLite file format,
    // section 2.1). The type 0x10 would be 2 bytes that are no number.
    let row = Data([0x00, 0x4C, 0x02] + blob.digest.bytes + [0x4E, 0x20])
    let place = try #require(Data(contentsOf: URL(fileURLWithPath: database)).firstRange(of: row)).lowerBound
    try change(at: place + 3 + offset, to: bytes)
    let store = try SQLiteStore(folder: path)
    for error in [
      await failure({ _ = try await store.read(blob.digest, from: 0, count: .max) }),
      await failure({ _ = try await store.blobs() }),
    ] {
      #expect(error?.code == "store.corrupt")
    }
  }

  @Test func `a failed commit ends the store with one error`() async throws {
    try await makeStore()
    let store = try SQLiteStore(folder: path)
    // Record 51 is already there: the index on `number` makes the insertion fail.
    try await insertBehindTheStore()
    try store.append([1], as: number(51))
    try store.append([2], as: number(52))
    let first = await failure { try await store.sync(through: number(51)) }
    #expect(first != nil)
    #expect(await failure { try await store.sync(through: number(52)) } == first)
    #expect(await failure { try store.append([3], as: number(53)) } == first)
    #expect(await failure { _ = try await store.put([1]) } == first)
    try await store.sync(through: number(50))
    #expect(try await store.records().count == 51)
  }

  // MARK: -

  /// A closed store with 50 records and a blob.
  @discardableResult
  private func makeStore() async throws -> (records: [[UInt8]], blob: BlobReference) {
    let store = try SQLiteStore(folder: path)
    let records = (0..<50).map { _ in pattern(200) }
    for (index, record) in records.enumerated() { try store.append(record, as: number(index + 1)) }
    let blob = try await store.put(pattern(20_000))
    try await store.close()
    return (records, blob)
  }

  private func change(at offset: Int, to bytes: [UInt8]) throws {
    var data = try Data(contentsOf: URL(fileURLWithPath: database))
    data.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    try data.write(to: URL(fileURLWithPath: database))
  }

  /// Adds a record by a store in another folder whose database is a link to the first one's, past the lock.
  private func insertBehindTheStore() async throws {
    let other = temporary.appending("other")
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: other + "/store.sqlite", withDestinationPath: database)
    let store = try SQLiteStore(folder: other)
    try store.append([0], as: number(51))
    try await store.sync(through: number(51))
  }

  private func expectSound(records: [[UInt8]], blob: BlobReference, page: Int) async {
    do {
      let store = try SQLiteStore(folder: path)
      #expect(try await store.blobs().allSatisfy { $0.byteCount >= 0 }, "page \(page)")
      let found = try await store.records()
      #expect(found == records, "page \(page)")
      let bytes = try await store.read(blob.digest, from: 0, count: blob.byteCount)
      #expect(bytes == nil || bytes == pattern(blob.byteCount), "page \(page)")
    } catch {
      #expect(["store.corrupt", "store.unavailable"].contains(error.code), "page \(page): \(error)")
    }
  }

  private func code(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return (error as? StoreError)?.code }
    return nil
  }

  private func failure(_ body: () async throws -> Void) async -> StoreError? {
    do { try await body() } catch { return error as? StoreError }
    return nil
  }
}
