internal import Fabric
internal import GRDB

/// The tables of a store's database and their version.
enum Schema {
  /// The format that this program writes, in `PRAGMA user_version`.
  static let version = 1

  /// Makes the tables of a new database, or checks the version of an old one; then makes every commit durable.
  ///
  /// Foreign content is refused: a database of version 0 that has tables was made by another program. Records and
  /// pieces of blobs stand beside their SHA-256, since SQLite has no checksum of what is in its pages.
  static func prepare(_ db: Database) throws {
    let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    switch found {
    case version: break
    case 0: try create(db)
    case (version + 1)...: throw StoreError.newerVersion(found: found, supported: version)
    default: throw StoreError.corrupt("its format is \(found), which no program wrote")
    }
    try synchronizeCommits(db)
  }

  private static func create(_ db: Database) throws {
    guard try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_schema") == 0 else {
      throw StoreError.corrupt("it holds the tables of another program")
    }
    try db.inTransaction(.immediate) {
      try db.execute(
        sql: """
          CREATE TABLE record (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL, digest BLOB NOT NULL) STRICT;
          CREATE TABLE blob (
            id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, byteCount INTEGER NOT NULL
          ) STRICT;
          CREATE TABLE piece (
            blob INTEGER NOT NULL REFERENCES blob, number INTEGER NOT NULL,
            bytes BLOB NOT NULL, digest BLOB NOT NULL,
            PRIMARY KEY (blob, number)
          ) STRICT;
          PRAGMA user_version = \(version);
          """)
      return .commit
    }
  }

  /// Makes a commit wait for the disk.
  ///
  /// GRDB sets NORMAL, which loses commits at a power failure, after all of its own hooks; so FULL must be set on the
  /// open connection, and it is read back because SQLite ignores what it does not know.
  private static func synchronizeCommits(_ db: Database) throws {
    try db.execute(sql: "PRAGMA synchronous = FULL")
    let full = 2
    guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == full else {
      throw StoreError.unavailable("SQLite does not wait for the disk at a commit")
    }
  }
}
