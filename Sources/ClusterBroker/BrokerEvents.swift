public import Fabric
public import Messages

/// What happens to a broker.
public enum BrokerEvent: Sendable, Hashable, Codable {
  /// The driver begins, with every blob that is durable already.
  case started(blobs: [BlobReference])
  case received(Envelope, from: Peer)
  /// A blob became durable.
  case blobStored(BlobReference)
  /// The journal is durable up to this record.
  case synced(SequenceNumber)
  /// A deadline that was asked for has come.
  case woke
}

/// What a broker's core asks its driver for.
public enum BrokerAction: Sendable, Hashable, Codable {
  case persist(BrokerRecord, as: SequenceNumber)
  /// Send when the record of that number is durable.
  case send(Envelope, to: Peer, after: SequenceNumber)
  case wake(at: Deadline)
}
