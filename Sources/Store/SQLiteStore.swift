public import Digests
public import Fabric
internal import GRDB
internal import Glibc
internal import Synchronization

/// Records and blobs in an SQLite database, of which one process has one open.
///
/// - Records are committed in groups: ``sync(through:)`` makes everything durable that was appended before the disk got
///   to it, in one transaction, and all who wait return together. A record that nobody waits for stays in memory.
/// - A write that the disk refused leaves unknown what is on it. So the first one ends the store: every later call that
///   writes or waits throws the same error, and the daemon must stop and recover from what a new store reads.
/// - Writes run on the database's own queue. Cancelling a Swift task neither stops nor undoes one.
public final class SQLiteStore: DurableStore {
  private typealias Waiter = CheckedContinuation<Result<Void, StoreError>, Never>

  private let pool: DatabasePool
  private let queue: Mutex<CommitQueue<Waiter>>
  private let folder: Mutex<StateFolder?>
  private let blobByteLimit: Int
  /// What the blobs take of `blobByteLimit`; changed on the database's queue only.
  private let blobSpace: Mutex<Int>

  /// Opens the store in a folder, both made where they are not there yet (0700, files 0600); blocks while it does.
  ///
  /// - Parameters:
  ///   - path: The folder; nothing else may use it.
  ///   - blobByteLimit: Bytes of all blobs together, 8 GiB if not given; a small blob counts as 4 KiB.
  /// - Throws: ``StoreError/locked(_:)`` when a process has it open, ``StoreError/newerVersion(found:supported:)``,
  ///   ``StoreError/corrupt(_:)`` when the file is no store, and ``StoreError/unavailable(_:)``.
  public init(folder path: String, blobByteLimit: Int = 8 << 30) throws(StoreError) {
    let folder = try StateFolder(path)
    do {
      let file = path + "/store.sqlite"
      // Made here, since SQLite would let the umask decide; its other files take over the permissions of this one.
      try Self.makeFile(file)
      let pool = try DatabasePool(path: file)
      let (last, space) = try pool.writeWithoutTransaction { db in
        try Schema.prepare(db)
        return (try RecordTable(db: db).last(), try BlobTable(db: db).space())
      }
      try Folder.synchronize(path)
      self.pool = pool
      self.queue = Mutex(CommitQueue(last: last))
      self.blobSpace = Mutex(space)
    } catch {
      throw StoreError(error)
    }
    self.folder = Mutex(folder)
    self.blobByteLimit = blobByteLimit
  }

  /// Queues a record.
  ///
  /// - Throws: ``StoreError/backlogFull(limit:)`` when 65,536 records or 256 MiB wait for the disk,
  ///   ``StoreError/outOfOrder(found:expected:)`` for a number that is not the next one, and the error that ended the
  ///   store.
  public func append(_ record: [UInt8], as number: SequenceNumber) throws(StoreError) {
    try queue.withLock { queue throws(StoreError) in try queue.append(record, as: number) }
  }

  @concurrent public func sync(through number: SequenceNumber) async throws(StoreError) {
    let result = await withCheckedContinuation { continuation in
      switch queue.withLock({ $0.wait(for: number, continuation) }) {
      case .resume(let result): continuation.resume(returning: result)
      case .beginCommit: beginCommit()
      case .none: break
      }
    }
    try result.get()
  }

  /// All durable records.
  @concurrent public func records() async throws(StoreError) -> [[UInt8]] {
    try await read { db in try RecordTable(db: db).all() }
  }

  /// Makes a blob durable, in one transaction of its own.
  ///
  /// - Throws: ``StoreError/blobTooLarge(byteCount:limit:)`` over ``Limits/blobByteCount``, ``StoreError/full(limit:)``
  ///   over the limit of all blobs, and the error that ended the store.
  @concurrent public func put(_ blob: [UInt8]) async throws(StoreError) -> BlobReference {
    guard blob.count <= Limits.blobByteCount else {
      throw .blobTooLarge(byteCount: blob.count, limit: Limits.blobByteCount)
    }
    if let failure = queue.withLock({ $0.failure }) { throw failure }
    let reference = BlobReference(digest: Digest(of: blob), byteCount: blob.count)
    let result = await withCheckedContinuation { continuation in
      pool.asyncWriteWithoutTransaction { [self] db in
        continuation.resume(returning: insert(blob, reference.digest, into: db))
      }
    }
    try result.get()
    return reference
  }

  @concurrent public func read(
    _ digest: Digest, from offset: Int, count: Int
  ) async throws(StoreError) -> [UInt8]? {
    try await read { db in try BlobTable(db: db).read(digest, from: offset, count: count) }
  }

  @concurrent public func blobs() async throws(StoreError) -> [BlobReference] {
    try await read { db in try BlobTable(db: db).all() }
  }

  /// Makes durable what was appended, then gives the folder back; later calls throw ``StoreError/unavailable(_:)``.
  ///
  /// - Throws: The error that ended the store before.
  @concurrent public func close() async throws(StoreError) {
    let last = queue.withLock { $0.appended }
    let flushed: Result<Void, StoreError>
    do { flushed = .success(try await sync(through: last)) } catch { flushed = .failure(error) }
    if queue.withLock({ $0.failure }) == nil { await emptyLog() }
    resume(queue.withLock { $0.end(.unavailable("it was closed")) })
    do { try pool.close() } catch { throw StoreError(error) }
    folder.withLock { $0 = nil }
    try flushed.get()
  }

  /// Makes the database's file where there is none.
  private static func makeFile(_ path: String) throws {
    let file = try OpenFile(path, O_RDWR | O_CREAT, mode: 0o600)
    try file.setPermissions(0o600)
    // SQLite takes what is shorter than its header for a new database, and would write over it.
    if let byteCount = try file.byteCount(), 1..<512 ~= byteCount {
      throw StoreError.corrupt("its database has \(byteCount) bytes only")
    }
  }

  /// Moves the write-ahead log into the database, and makes it empty.
  ///
  /// SQLite does so when the last connection closes, but GRDB closes the reading ones last, which may not write. Where it
  /// fails nothing is lost: the next store reads the log.
  @concurrent private func emptyLog() async {
    await withCheckedContinuation { continuation in
      pool.asyncWriteWithoutTransaction { db in
        _ = try? db.checkpoint(.truncate)
        continuation.resume()
      }
    }
  }

  // MARK: - On the database's queue

  private func beginCommit() {
    pool.asyncWriteWithoutTransaction { [self] db in commit(db) }
  }

  private func commit(_ db: Database) {
    let group = queue.withLock { $0.takeGroup() }
    var failure: StoreError?
    do {
      try db.inTransaction(.immediate) {
        try RecordTable(db: db).insert(group.records, from: group.first)
        return .commit
      }
    } catch {
      failure = StoreError(error)
    }
    resume(queue.withLock { $0.commitEnded(group, failure: failure) })
  }

  private func resume(_ end: CommitQueue<Waiter>.CommitEnd) {
    for waiter in end.resumed { waiter.resume(returning: end.result) }
    if end.beginsCommit { beginCommit() }
  }

  private func insert(_ blob: [UInt8], _ digest: Digest, into db: Database) -> Result<Void, StoreError> {
    let table = BlobTable(db: db)
    let space = blobSpace.withLock { $0 }
    let wanted = BlobTable.space(blob.count)
    do {
      if try table.contains(digest) { return .success(()) }
      guard wanted <= blobByteLimit - space else { return .failure(.full(limit: blobByteLimit)) }
      try db.inTransaction(.immediate) {
        try table.insert(blob, digest)
        return .commit
      }
    } catch {
      let end = queue.withLock { $0.end(StoreError(error)) }
      resume(end)
      return end.result
    }
    blobSpace.withLock { $0 = space + wanted }
    return .success(())
  }

  private func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
      pool.asyncRead { access in
        continuation.resume(returning: Result { try body(try access.get()) }.mapError { StoreError($0) })
      }
    }
    return try result.get()
  }
}
