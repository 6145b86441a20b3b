internal import Fabric

/// A journal's place on a disk: how many records there are, and how many of them a sync has made durable.
///
/// One sync runs at a time, for all that was appended before it began. A crash would leave the first ``durable`` records.
struct Disk {
  private var appended = SequenceNumber.zero
  private(set) var durable = SequenceNumber.zero
  private var syncing: SequenceNumber?

  /// Notes the newest record.
  mutating func append(as number: SequenceNumber) { appended = number }

  /// Begins a sync, whose end the caller schedules; false where one runs or nothing is left to do.
  mutating func beginSync() -> Bool {
    guard syncing == nil, durable < appended else { return false }
    syncing = appended
    return true
  }

  /// Ends the sync: everything up to this record is durable.
  mutating func endSync() -> SequenceNumber {
    durable = syncing ?? durable
    syncing = nil
    return durable
  }
}
