public import Digests

/// What an agent's audit log tells: who could see or do what on a board, and since when no more.
public enum AuditEvent: Sendable, Hashable, Codable {
  /// An agent began: what it held before is gone, and each slot is blank, or blanked before its first use.
  case agentStarted(Incarnation)
  /// An image was written into a slot for a tenant's job.
  case imageConfigured(SlotID, ImageID, partial: Digest, tenant: TenantName?, job: JobID)
  /// Writing an image failed, with the code of the reason; part of it may be in the slot.
  case configurationFailed(SlotID, ImageID, partial: Digest, tenant: TenantName?, job: JobID, code: String)
  /// A partial was not loaded, with the code of the reason.
  case imageRefused(SlotID, partial: Digest, code: String)
  /// A slot that had held another tenant's image was blanked for this one's.
  case slotBlanked(SlotID, tenant: TenantName?)
  /// The board memory that a job had was given back, to be zero for whoever gets it next.
  case memoryZeroed(JobID, byteCount: Int)
  case slotQuarantined(SlotID, QuarantineReason)
  /// A quarantined slot was blanked, and is in use again.
  case slotReset(SlotID)
}

/// Where audit events go: kept in order, and never changed.
public protocol AuditLog: Sendable {
  /// Keeps one more event; never suspends, and returns when the operating system has it.
  func append(_ event: AuditEvent) throws(StoreError)
}
