/// A driver's end of its journal: which records are written, and how far they are durable.
public struct JournalWriter<Record: Sendable>: Sendable {
  private let store: any DurableStore
  private let codec: any RecordCodec<Record>
  private var isSyncing = false
  private var durable = SequenceNumber.zero
  /// The newest record.
  public private(set) var lastNumber = SequenceNumber.zero

  public init(store: any DurableStore, codec: any RecordCodec<Record>) {
    self.store = store
    self.codec = codec
  }

  /// Reads all records, and gives the writer that continues their numbers.
  public func recovered() async throws -> (writer: Self, records: [Record]) {
    let records = try await store.records().map { bytes throws(StoreError) in try codec.decode(bytes) }
    var writer = self
    writer.lastNumber = SequenceNumber(rawValue: UInt64(records.count))
    writer.durable = writer.lastNumber
    return (writer, records)
  }

  /// Queues a record.
  public mutating func append(_ record: Record, as number: SequenceNumber) throws(StoreError) {
    try store.append(try codec.encode(record), as: number)
    lastNumber = number
  }

  /// Whether the caller shall start to sync now: false where somebody is at it already.
  public mutating func beginSync() -> Bool {
    defer { isSyncing = true }
    return !isSyncing
  }

  /// Up to where to sync next; nil, which ends the syncing, where everything is durable.
  public var syncTarget: SequenceNumber? {
    mutating get {
      guard durable < lastNumber else {
        isSyncing = false
        return nil
      }
      return lastNumber
    }
  }

  /// Records up to `number` are durable.
  public mutating func synced(through number: SequenceNumber) { durable = max(durable, number) }

  /// Returns when every record is durable.
  public func sync() async throws(StoreError) { try await store.sync(through: lastNumber) }
}
