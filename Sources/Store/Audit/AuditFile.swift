internal import Digests
internal import Dispatch
public import Fabric
internal import Glibc
internal import Synchronization

/// An audit log in a state folder: `audit.log`, and `audit.log.1` with what came before.
///
/// Lines are only ever appended, each with the SHA-256 of the one before (see ``AuditEntry``). A file that is full takes the
/// older one's place, so the two together hold the newest ``byteLimit`` bytes at least, and twice as many at most.
public final class AuditFile: AuditLog {
  /// A file of more bytes is full.
  public static let byteLimit = 64 << 20
  public static let name = "audit.log"
  /// What a full file is renamed to.
  public static let olderName = "audit.log.1"

  /// The bytes of a line that an earlier process did not finish; they were cut off.
  public let cutByteCount: Int

  private struct State: ~Copyable {
    var file: OpenFile
    var byteCount: Int
    var end: LogEnd
    /// Why a full file may not be on the disk.
    var failure: StoreError?
  }
  private let folder: String
  private let byteLimit: Int
  private let millisecondsSince1970: @Sendable () -> Int64
  private let state: Mutex<State>

  /// Opens the log of a state folder that is there and held by this process alone, and goes on after its last line.
  ///
  /// Only the end is read: the rest is checked by whoever reads it (``AuditChain``).
  ///
  /// - Throws: ``StoreError/corrupt(_:)`` where the last line is no entry, and ``StoreError/unavailable(_:)``.
  public convenience init(folder: String) throws(StoreError) {
    try self.init(folder: folder, byteLimit: Self.byteLimit) {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
  }

  package init(
    folder: String, byteLimit: Int, millisecondsSince1970: @escaping @Sendable () -> Int64
  ) throws(StoreError) {
    self.folder = folder
    self.byteLimit = byteLimit
    self.millisecondsSince1970 = millisecondsSince1970
    do {
      let file = try Self.open(folder + "/" + Self.name)
      let tail = try LogTail(of: file, named: Self.name)
      if tail.tornByteCount > 0 { try file.cut(to: tail.byteCount) }
      // The process may have ended between the old file's renaming and the first line of the new one.
      let end = try tail.end ?? Self.endOfOlder(in: folder) ?? LogEnd(number: 0, digest: .ofNothingBefore)
      self.cutByteCount = tail.tornByteCount
      self.state = Mutex(State(file: file, byteCount: tail.byteCount, end: end))
    } catch let error as StoreError {
      throw error
    } catch {
      throw .unavailable("\(error)")
    }
  }

  public func append(_ event: AuditEvent) throws(StoreError) {
    let failure = state.withLock { state -> StoreError? in
      if let failure = state.failure { return failure }
      do {
        try append(event, to: &state)
        return nil
      } catch let error as StoreError {
        return error
      } catch {
        return .unavailable("\(error)")
      }
    }
    if let failure { throw failure }
  }

  private func append(_ event: AuditEvent, to state: inout State) throws {
    let entry = AuditEntry(
      event, number: state.end.number + 1, previous: state.end.digest, millisecondsSince1970: millisecondsSince1970())
    let line = try entry.line()
    guard line.count <= AuditEntry.maximumByteCount else {
      throw StoreError.unavailable("an audit entry of \(line.count) bytes is over \(AuditEntry.maximumByteCount)")
    }
    if state.byteCount > 0, state.byteCount + line.count >= byteLimit { try beginFile(&state) }
    do { try state.file.write(line + [UInt8(ascii: "\n")]) } catch {
      // A part of a line must not have another one behind it.
      try? state.file.cut(to: state.byteCount)
      throw error
    }
    state.byteCount += line.count + 1
    state.end = LogEnd(number: entry.number, digest: Digest(of: line))
  }

  private func beginFile(_ state: inout State) throws {
    let path = folder + "/" + Self.name
    guard rename(path, folder + "/" + Self.olderName) == 0 else { throw SystemCallError("rename", path) }
    state.file = try Self.open(path)
    state.byteCount = 0
    // As much as a file holds takes the disk a while, and whoever appends must not wait.
    DispatchQueue.global(qos: .utility).async { self.synchronizeOlder() }
  }

  private func synchronizeOlder() {
    do throws(SystemCallError) {
      try OpenFile(folder + "/" + Self.olderName, O_RDONLY | O_NOFOLLOW).synchronize()
      try Folder.synchronize(folder)
    } catch {
      state.withLock { $0.failure = .unavailable("\(error)") }
    }
  }

  private static func open(_ path: String) throws(SystemCallError) -> OpenFile {
    let file = try OpenFile(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o600)
    try file.setPermissions(0o600)
    return file
  }

  private static func endOfOlder(in folder: String) throws -> LogEnd? {
    do {
      let file = try OpenFile(folder + "/" + olderName, O_RDONLY | O_NOFOLLOW)
      return try LogTail(of: file, named: olderName).end
    } catch let error as SystemCallError where error.code == ENOENT {
      return nil
    }
  }
}

/// What the next line follows.
private struct LogEnd {
  let number: Int
  let digest: Digest
}

/// The end of a file of a log.
private struct LogTail {
  /// The last line that is whole.
  let end: LogEnd?
  /// The bytes up to its end.
  let byteCount: Int
  /// The bytes behind it.
  let tornByteCount: Int

  init(of file: borrowing OpenFile, named name: String) throws {
    guard let total = try file.byteCount() else { throw StoreError.corrupt("\(name) is no regular file") }
    // Room for the last line and one that was not finished.
    let start = max(0, total - 2 * (AuditEntry.maximumByteCount + 1))
    let bytes = try file.read(total - start, from: start)
    let lineFeed = UInt8(ascii: "\n")
    guard let last = bytes.lastIndex(of: lineFeed) else {
      guard start == 0 else { throw StoreError.corrupt("\(name) ends with no line of an audit log") }
      (end, byteCount, tornByteCount) = (nil, 0, bytes.count)
      return
    }
    let first = bytes[..<last].lastIndex(of: lineFeed).map { $0 + 1 } ?? 0
    let line = bytes[first..<last]
    do { end = LogEnd(number: try AuditEntry(line: line).number, digest: Digest(of: Array(line))) } catch {
      throw StoreError.corrupt("the last line of \(name) is no entry of an audit log; move the file away to begin anew")
    }
    byteCount = start + last + 1
    tornByteCount = bytes.count - last - 1
  }
}
