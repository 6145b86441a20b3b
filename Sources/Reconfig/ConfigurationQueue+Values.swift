public import Fabric

extension ConfigurationQueue {
  /// An image that shall come into a slot.
  public struct Request: Sendable, Hashable, Codable {
    public let slot: SlotID
    public let image: ImageID
    public let partial: PartialReference
    /// For whom, so that people can see it.
    public let execution: JobEpoch
    /// Whose job it is; nil where all jobs are one tenant's.
    public let tenant: TenantName?
    /// How much it is waited for, as far as was said.
    public internal(set) var need: ConfigurationNeed
    public internal(set) var requested: BoardInstant

    public init(
      slot: SlotID, image: ImageID, partial: PartialReference, execution: JobEpoch, tenant: TenantName? = nil,
      need: ConfigurationNeed = .progressing, requested: BoardInstant
    ) {
      self.slot = slot
      self.image = image
      self.partial = partial
      self.execution = execution
      self.tenant = tenant
      self.need = need
      self.requested = requested
    }
  }

  /// What a request became.
  public enum Admission: Sendable, Hashable {
    /// It waits behind those of its need.
    case queued
    /// The same image was on its way into the slot already: one request, with the greater need of the two.
    case coalesced
    /// It took the place of this one, which waited for the same slot.
    case superseded(Request)
  }

  /// What became of a slot's request that nobody wants any more.
  public enum Cancellation: Sendable, Hashable {
    /// There was none.
    case nothing
    /// It waited, and does so no more; the slot still holds this image, if any.
    case dropped(Request, holding: ImageID?)
    /// The port works on it, which no one interrupts; its end is told as ever.
    case atPort
  }

  /// What the agent shall do next; asked for by ``next(at:)``.
  public enum Action: Sendable, Hashable {
    /// Read a partial from storage and verify it for its slot.
    case fetch(PartialReference)
    /// Blank the slot through the port.
    case blank(SlotID)
    /// Write the partial, whose bytes are in memory, into its slot.
    case write(PartialReference)
    /// Come back at this instant: a retry is due.
    case wake(at: WallInstant)
  }

  /// What came of the port's work on a slot.
  public enum PortOutcome: Sendable, Hashable {
    case configured(Request, began: BoardInstant)
    /// The slot is blank; the write comes next.
    case blanked(Request)
    /// The port failed; the slot stays decoupled and is tried again.
    case retrying(Request, attempt: Int)
    /// The request was cancelled meanwhile; the slot is empty.
    case abandoned(Request)
    /// The image is at fault, which no retry mends; the slot is empty, and as good as before.
    case refused(Request, began: BoardInstant)
    /// The slot failed ``attemptLimit`` times in a row, or failed to be reset; with the request that it failed at.
    case quarantined(QuarantineReason, Request?, began: BoardInstant)
    /// The slot is blank and can be used again.
    case reset
  }
}
