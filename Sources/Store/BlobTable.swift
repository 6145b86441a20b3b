internal import Digests
internal import Fabric
internal import FoundationEssentials
internal import GRDB

/// The blobs' rows: each blob in pieces, because SQLite loads a value whole even where a part of it is asked for.
struct BlobTable {
  /// Bytes of every piece but the last.
  static let pieceByteCount = 256 << 10
  /// What a blob takes of the limit at least, so that empty ones cannot fill the disk.
  static let leastSpace = 4096

  let db: Database

  /// What a blob of `byteCount` bytes takes of the limit.
  static func space(_ byteCount: Int) -> Int { max(byteCount, leastSpace) }

  /// What all blobs take of the limit.
  func space() throws -> Int {
    try Int.fetchOne(db, sql: "SELECT TOTAL(MAX(byteCount, ?)) FROM blob", arguments: [Self.leastSpace]) ?? 0
  }

  func contains(_ digest: Digest) throws -> Bool { try find(digest) != nil }

  func insert(_ bytes: [UInt8], _ digest: Digest) throws {
    try db.execute(
      sql: "INSERT INTO blob (digest, byteCount) VALUES (?, ?)", arguments: [Data(digest.bytes), bytes.count])
    let id = db.lastInsertedRowID
    let statement = try db.cachedStatement(sql: "INSERT INTO piece VALUES (?, ?, ?, ?)")
    for (number, begin) in stride(from: 0, to: bytes.count, by: Self.pieceByteCount).enumerated() {
      let piece = Array(bytes[begin..<min(begin + Self.pieceByteCount, bytes.count)])
      try statement.execute(arguments: [id, number, Data(piece), Data(Digest(of: piece).bytes)])
    }
  }

  /// The bytes of a blob from `offset`, at most `count`; none outside of the blob, nil where it is unknown.
  func read(_ digest: Digest, from offset: Int, count: Int) throws -> [UInt8]? {
    guard let (id, byteCount) = try find(digest) else { return nil }
    guard 0..<byteCount ~= offset, count > 0 else { return [] }
    let wanted = offset..<(offset + min(count, byteCount - offset))
    let pieces = (wanted.lowerBound / Self.pieceByteCount)...((wanted.upperBound - 1) / Self.pieceByteCount)

    var bytes: [UInt8] = []
    bytes.reserveCapacity(wanted.count)
    let rows = try Row.fetchCursor(
      db, sql: "SELECT number, bytes, digest FROM piece WHERE blob = ? AND number BETWEEN ? AND ? ORDER BY number",
      arguments: [id, pieces.lowerBound, pieces.upperBound])
    while let row = try rows.next() {
      let number = Int(try row.integer(at: 0))
      let begin = number * Self.pieceByteCount
      guard let piece = try row.bytes(at: 1, matching: 2) else {
        throw StoreError.corrupt("piece \(number) of blob \(digest) does not match its digest")
      }
      let part = wanted.clamped(to: begin..<(begin + piece.count))
      bytes.append(contentsOf: piece.dropFirst(part.lowerBound - begin).prefix(part.count))
    }
    guard bytes.count == wanted.count else {
      throw StoreError.corrupt("blob \(digest) has \(bytes.count) of its bytes \(wanted)")
    }
    return bytes
  }

  /// Every blob, oldest first.
  func all() throws -> [BlobReference] {
    var references: [BlobReference] = []
    let rows = try Row.fetchCursor(db, sql: "SELECT digest, byteCount FROM blob ORDER BY id")
    while let row = try rows.next() {
      let bytes = try row.withUnsafeData(atIndex: 0) { $0.map(Array.init) ?? [] }
      guard let digest = Digest(bytes: bytes) else { throw StoreError.corrupt("a digest has \(bytes.count) bytes") }
      references.append(BlobReference(digest: digest, byteCount: try byteCount(row, digest)))
    }
    return references
  }

  private func find(_ digest: Digest) throws -> (id: Int64, byteCount: Int)? {
    let row = try Row.fetchOne(
      db, sql: "SELECT id, byteCount FROM blob WHERE digest = ?", arguments: [Data(digest.bytes)])
    return try row.map { (try $0.integer(at: 0), try byteCount($0, digest)) }
  }

  /// The size of a blob in column 1; nobody has stored one beyond the limit.
  private func byteCount(_ row: Row, _ digest: Digest) throws -> Int {
    let count = Int(try row.integer(at: 1))
    guard 0...Limits.blobByteCount ~= count else { throw StoreError.corrupt("blob \(digest) has \(count) bytes") }
    return count
  }
}
