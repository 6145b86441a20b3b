public import Fabric
public import Messages
public import SlotAllocator

/// What an ``AgentCore`` asks for.
///
/// Every long action ends in the event of the same name.
public enum AgentAction: Sendable, Hashable, Codable {
  case persist(AgentRecord, as: SequenceNumber)
  /// Send once the record of that number is durable.
  case send(Envelope, to: Peer, after: SequenceNumber)
  /// Come back at this instant; replaces what was asked for before on the same clock.
  case wake(at: Deadline)
  case readHealth
  /// Keep it in the audit log once the record of that number is durable.
  case audit(AuditEvent, after: SequenceNumber)

  case allocate(JobEpoch, [Ring])
  /// The rings of a reservation, or of a sealed epoch of the same job, become those of the job.
  case adopt(JobEpoch, from: JobEpoch)
  /// Give the rings back and end everything under way for the job; none of that has an event any more.
  case free(JobEpoch)
  case restore(JobEpoch, [SavedItem])
  /// Bring an input item from the broker into its ring.
  case load(JobEpoch, RingItem, BlobReference)
  /// Make a result durable here and at the broker.
  case store(JobEpoch, RingItem, byteCount: Int)
  case save(JobEpoch, [SavedRingItem])
  case deliver(JobEpoch, [SavedItem], to: String)

  case fetch(PartialReference)
  /// Forget a partial's bytes.
  case evict(BuiltPartial)
  /// Blank the slot through the port, which then is decoupled: another tenant's image comes next, or it was
  /// quarantined.
  case blank(SlotID)
  case write(PartialReference)
  case launch(SlotID, Launch)
  case abort(SlotID)
}

/// The item buffers of one edge.
public struct Ring: Sendable, Hashable, Codable {
  public let edge: EdgeName
  public let capacity: Int
  /// Bytes of one item buffer.
  public let byteCount: Int
}

/// An item on an edge, and the buffer of the ring that it lies in.
public struct RingItem: Sendable, Hashable, Codable {
  public let edge: EdgeName
  public let item: Int
  public let ringIndex: Int
}

/// An item on an edge with the bytes it has.
public struct SavedRingItem: Sendable, Hashable, Codable {
  public let place: RingItem
  public let byteCount: Int
}
