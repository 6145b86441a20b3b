internal import Digests
internal import Fabric
internal import FoundationEssentials
internal import GRDB

/// The journal's rows.
struct RecordTable {
  let db: Database

  /// The number of the last record.
  func last() throws -> SequenceNumber {
    let number = try Int64.fetchOne(db, sql: "SELECT MAX(number) FROM record") ?? 0
    guard let number = UInt64(exactly: number) else { throw StoreError.corrupt("record \(number) is below 1") }
    return SequenceNumber(rawValue: number)
  }

  /// Adds records under consecutive numbers.
  func insert(_ records: [[UInt8]], from first: SequenceNumber) throws {
    let statement = try db.cachedStatement(sql: "INSERT INTO record VALUES (?, ?, ?)")
    for (index, record) in records.enumerated() {
      try statement.execute(arguments: [
        Int64(first.rawValue) + Int64(index), Data(record), Data(Digest(of: record).bytes),
      ])
    }
  }

  /// Every record in order; a gap or a wrong digest means that the database was damaged.
  func all() throws -> [[UInt8]] {
    var records: [[UInt8]] = []
    let rows = try Row.fetchCursor(db, sql: "SELECT number, bytes, digest FROM record ORDER BY number")
    while let row = try rows.next() {
      let number = try row.integer(at: 0)
      guard number == Int64(records.count) + 1 else {
        throw StoreError.corrupt("record \(number) stands where \(records.count + 1) is expected")
      }
      guard let bytes = try row.bytes(at: 1, matching: 2) else {
        throw StoreError.corrupt("record \(number) does not match its digest")
      }
      records.append(bytes)
    }
    return records
  }
}
