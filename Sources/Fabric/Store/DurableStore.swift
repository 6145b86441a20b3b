public import Digests

/// Durable records and blobs; what a record means is its codec's.
public protocol DurableStore: Sendable {
  /// Queues a record under the number its core gave it; never suspends.
  ///
  /// - Throws: ``StoreError/backlogFull(limit:)`` when too many records wait for the disk, and
  ///   ``StoreError/outOfOrder(found:expected:)`` for a number that is not the next one.
  func append(_ record: [UInt8], as number: SequenceNumber) throws(StoreError)

  /// Returns when every record up to `number` is durable.
  @concurrent func sync(through number: SequenceNumber) async throws(StoreError)

  /// All records in the order of their numbers.
  @concurrent func records() async throws(StoreError) -> [[UInt8]]

  /// Makes bytes durable under their digest; the same bytes again cost nothing.
  @concurrent func put(_ blob: [UInt8]) async throws(StoreError) -> BlobReference

  /// The bytes of a blob from `offset`, at most `count` of them; nil where the blob is unknown.
  @concurrent func read(_ digest: Digest, from offset: Int, count: Int) async throws(StoreError) -> [UInt8]?

  /// Every blob that is durable.
  @concurrent func blobs() async throws(StoreError) -> [BlobReference]
}

/// Turns a core's records into bytes and back.
public protocol RecordCodec<Record>: Sendable {
  associatedtype Record: Sendable
  func encode(_ record: Record) throws(StoreError) -> [UInt8]
  func decode(_ bytes: [UInt8]) throws(StoreError) -> Record
}

/// Why the store failed.
public enum StoreError: TesseraError, Hashable, Codable {
  /// The blobs take up what all of them together may.
  case full(limit: Int)
  /// More records, or bytes of records, wait for the disk than may.
  case backlogFull(limit: Int)
  /// A record was appended, or waited for, under a number that does not come next: a defect of the store's user.
  case outOfOrder(found: SequenceNumber, expected: SequenceNumber)
  case blobTooLarge(byteCount: Int, limit: Int)
  case corrupt(String)
  case newerVersion(found: Int, supported: Int)
  /// Another process has the store open.
  case locked(String)
  case unavailable(String)

  public var code: String {
    switch self {
    case .full: "store.full"
    case .backlogFull: "store.backlogFull"
    case .outOfOrder: "store.outOfOrder"
    case .blobTooLarge: "store.blobTooLarge"
    case .corrupt: "store.corrupt"
    case .newerVersion: "store.newerVersion"
    case .locked: "store.locked"
    case .unavailable: "store.unavailable"
    }
  }
  public var message: String {
    switch self {
    case .full(let limit): "the blobs take up their limit of \(limit) bytes"
    case .backlogFull(let limit): "what waits for the disk is at its limit of \(limit)"
    case .outOfOrder(let found, let expected):
      "record \(found.rawValue) was named where \(expected.rawValue) is the next"
    case .blobTooLarge(let count, let limit): "a blob of \(count) bytes is over the limit of \(limit)"
    case .corrupt(let reason): "the store is damaged: \(reason)"
    case .newerVersion(let found, let supported):
      "the store was written in format \(found), this program reads up to \(supported)"
    case .locked(let path): "another process has \(path) open"
    case .unavailable(let reason): "the store did not answer: \(reason)"
    }
  }
  public var hint: String {
    switch self {
    case .full: "when all jobs have ended and are fetched, start the daemon with a new state folder"
    case .backlogFull: "start the daemon again; if it happens often, put the state folder on a faster disk"
    case .outOfOrder: "this is a defect of the daemon; please report it with its log"
    case .blobTooLarge: "send smaller items"
    case .corrupt: "restore the state folder from a backup, or start with an empty one"
    case .newerVersion: "use the newer program, or start with an empty state folder"
    case .locked: "stop the other daemon, or give this one a state folder of its own"
    case .unavailable: "check the state folder's permissions and free space"
    }
  }
}
