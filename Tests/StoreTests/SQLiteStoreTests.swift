import Digests
import Fabric
import Foundation
import Store
import Synchronization
import Testing

@Suite struct SQLiteStoreTests {
  let temporary: TemporaryFolder
  let path: String

  init() throws {
    self.temporary = try TemporaryFolder()
    self.path = temporary.appending("above/state")
  }

  @Test func `it does what every store must do`() async throws {
    let temporary = self.temporary
    let count = Mutex(0)
    let newest = Mutex("")
    func newName() -> String { "store-\(count.withLock { $0 += 1; return $0 })" }

    let conformance = DurableStoreConformance(
      make: {
        let name = newName()
        newest.withLock { $0 = name }
        return try SQLiteStore(folder: temporary.appending(name))
      },
      reopen: { _ in
        let (old, new) = (newest.withLock { $0 }, newName())
        try temporary.copy(old, as: new)
        return try SQLiteStore(folder: temporary.appending(new))
      })
    try await conformance.checkAll()
  }

  @Test func `nobody else can read its files`() throws {
    let store = try SQLiteStore(folder: path)
    for folder in [temporary.appending("above"), path] { #expect(try TemporaryFolder.permissions(folder) == 0o700) }
    for file in try FileManager.default.contentsOfDirectory(atPath: path) {
      #expect(try TemporaryFolder.permissions(path + "/" + file) == 0o600, "\(file)")
    }
    withExtendedLifetime(store) {}
  }

  @Test func `a second user is refused until the first has closed`() async throws {
    let first = try SQLiteStore(folder: path)
    #expect(throws: StoreError.locked(path)) { try SQLiteStore(folder: path) }
    try await first.close()
    try await SQLiteStore(folder: path).close()
  }

  /// A process that is started at the wrong moment has a copy of every descriptor until it runs its own program.
  @Test func `a folder is free after closing, whoever has a copy of its lock`() async throws {
    let store = try SQLiteStore(folder: path)
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    let lock = try #require(
      descriptors.first {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path + "/lock"
      })
    let copy = dup(try #require(CInt(lock)))
    defer { close(copy) }
    try await store.close()
    try await SQLiteStore(folder: path).close()
  }

  @Test func `closing keeps what was appended, and ends the store`() async throws {
    let store = try SQLiteStore(folder: path)
    try store.append([1, 2], as: number(1))
    try await store.close()
    try await store.close()
    let closed = StoreError.unavailable("it was closed")
    #expect(throws: closed) { try store.append([3], as: number(2)) }
    await #expect(throws: closed) { try await store.put([3]) }
    await #expect(throws: StoreError.self) { try await store.records() }
    await #expect(throws: StoreError.self) { try await store.blobs() }

    #expect(try await SQLiteStore(folder: path).records() == [[1, 2]])
  }

  @Test func `closing leaves all in the database and nothing in its log`() async throws {
    let store = try SQLiteStore(folder: path)
    let blob = try await store.put(pattern(1 << 20))
    // A reader, whose connection closes last and may not write.
    #expect(try await store.read(blob.digest, from: 0, count: 1)?.count == 1)
    try await store.close()
    let log = try? FileManager.default.attributesOfItem(atPath: path + "/store.sqlite-wal")[.size] as? Int
    #expect(log ?? 0 == 0)
    #expect(try await SQLiteStore(folder: path).blobs() == [blob])
  }

  @Test func `a cancelled task's records are committed all the same`() async throws {
    let store = try SQLiteStore(folder: path)
    try store.append([7], as: number(1))
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await store.sync(through: number(1))
      return try await store.put([8])
    }
    _ = try await task.value
    #expect(try await store.records() == [[7]])
    #expect(try await store.blobs().count == 1)
  }

  @Test func `blobs over the limit of all are refused, and cost nothing`() async throws {
    let store = try SQLiteStore(folder: path, blobByteLimit: 20_000)
    let first = try await store.put(pattern(12_000))
    await #expect(throws: StoreError.full(limit: 20_000)) { try await store.put(pattern(12_001)) }
    _ = try await store.put(pattern(12_000))
    _ = try await store.put([1])
    await #expect(throws: StoreError.full(limit: 20_000)) { try await store.put([2]) }
    #expect(try await store.blobs().count == 2)
    try await store.close()

    let again = try SQLiteStore(folder: path, blobByteLimit: 20_000)
    await #expect(throws: StoreError.full(limit: 20_000)) { try await again.put([2]) }
    #expect(try await again.read(first.digest, from: 0, count: 1)?.count == 1)
    try again.append([1], as: number(1))
    try await again.sync(through: number(1))
  }

  @Test func `the queue's limit is a named error`() async throws {
    let store = try SQLiteStore(folder: path)
    for index in 1...65_536 { try store.append([], as: number(index)) }
    #expect(throws: StoreError.backlogFull(limit: 65_536)) { try store.append([], as: number(65_537)) }
    try await store.sync(through: number(65_536))
    try store.append([], as: number(65_537))
  }
}
