public import Fabric

/// A slot as its agent reports it.
public struct SlotStatus: Sendable, Hashable, Codable {
  public var slot: SlotID
  public var kind: SlotKind
  public var state: SlotActivity
  /// The name of the image in the slot, or on its way into it.
  public var image: String?
  public var job: JobID?
  /// Why the slot is quarantined, if it is.
  public var quarantine: QuarantineReason?
  public init(
    slot: SlotID, kind: SlotKind, state: SlotActivity, image: String? = nil, job: JobID? = nil,
    quarantine: QuarantineReason? = nil
  ) {
    self.slot = slot
    self.kind = kind
    self.state = state
    self.image = image
    self.job = job
    self.quarantine = quarantine
  }
}

/// One line of a board's timeline: an image was brought into a slot.
public struct ConfigurationEntry: Sendable, Hashable, Codable {
  /// Counted from 1 in each incarnation.
  public var number: Int
  public var slot: SlotID
  public var image: String
  public var job: JobID?
  public var supply: PartialSupply
  /// When the scheduler asked for it.
  public var requested: BoardInstant
  /// When the port began its last attempt to write; the same as `ended` if there was none.
  public var began: BoardInstant
  public var ended: BoardInstant
  /// The code of the error that ended it.
  public var failure: String?
  public init(
    number: Int, slot: SlotID, image: String, job: JobID?, supply: PartialSupply, requested: BoardInstant,
    began: BoardInstant, ended: BoardInstant, failure: String?
  ) {
    self.number = number
    self.slot = slot
    self.image = image
    self.job = job
    self.supply = supply
    self.requested = requested
    self.began = began
    self.ended = ended
    self.failure = failure
  }

  /// What it waited before the port began, but not for its partial: for other configurations, a retry, or blanking.
  public var queueWait: Duration {
    max(.zero, began - requested - supply.wait.fetch - supply.wait.verification)
  }

  /// How long the port took, with moving the partial to the slot where that was needed.
  public var portTime: Duration { ended - began }
}

/// A job that an agent holds, and how far it is.
public struct HeldJob: Sendable, Hashable, Codable {
  public enum Phase: String, Sendable, Hashable, Codable { case running, stopping, sealed }
  public var job: JobID
  public var epoch: Epoch
  public var phase: Phase
  public var progress: Progress
  /// The results that the agent knows to be committed.
  public var committed: Int
  public init(job: JobID, epoch: Epoch, phase: Phase, progress: Progress, committed: Int) {
    self.job = job
    self.epoch = epoch
    self.phase = phase
    self.progress = progress
    self.committed = committed
  }
}

/// An agent makes itself known; repeated until a ``Welcome`` answers.
public struct Registration: Sendable, Hashable, Codable {
  public var board: BoardID
  public var incarnation: Incarnation
  /// Where other agents reach this one to hand it checkpoints.
  public var endpoint: String
  public var descriptor: BoardDescriptor
  public var images: [Image]
  /// Board seconds per wall second.
  public var speed: Double
  public var jobs: [HeldJob]
  /// What is in the board's slots; one that is not listed counts as empty.
  public var slots: [SlotStatus]
  public init(
    board: BoardID, incarnation: Incarnation, endpoint: String, descriptor: BoardDescriptor, images: [Image],
    speed: Double, jobs: [HeldJob], slots: [SlotStatus]
  ) {
    self.board = board
    self.incarnation = incarnation
    self.endpoint = endpoint
    self.descriptor = descriptor
    self.images = images
    self.speed = speed
    self.jobs = jobs
    self.slots = slots
  }
}

/// The broker takes an agent in.
public struct Welcome: Sendable, Hashable, Codable {
  /// For how long the agent may go on after a heartbeat that was answered, counted from its sending.
  public var leaseDuration: Duration
  /// What the broker holds this incarnation to own; anything else the agent forgets.
  public var jobs: [JobEpoch]
  public init(leaseDuration: Duration, jobs: [JobEpoch]) {
    self.leaseDuration = leaseDuration
    self.jobs = jobs
  }
}

/// An agent is alive, and this is what it does.
public struct Heartbeat: Sendable, Hashable, Codable {
  /// Counted by the agent; the answer repeats it, so that the lease counts from this heartbeat's sending.
  public var number: UInt64
  public var board: BoardID
  public var incarnation: Incarnation
  public var jobs: [HeldJob]
  public var slots: [SlotStatus]
  public var health: BoardHealth
  /// The newest ``MessageLimits/configurationsPerHeartbeat`` configurations, oldest first.
  public var configurations: [ConfigurationEntry]
  public init(
    number: UInt64, board: BoardID, incarnation: Incarnation, jobs: [HeldJob], slots: [SlotStatus],
    health: BoardHealth, configurations: [ConfigurationEntry]
  ) {
    self.number = number
    self.board = board
    self.incarnation = incarnation
    self.jobs = jobs
    self.slots = slots
    self.health = health
    self.configurations = configurations
  }
}

/// A job is given to an agent, from a checkpoint on; as `prepare` it is announced before the source has stopped.
public struct Assignment: Sendable, Hashable, Codable {
  public var job: JobID
  /// For `assign` the epoch that the agent now owns; for `prepare` the source's, which still runs.
  public var epoch: Epoch
  /// The incarnation it is meant for; another one ignores it.
  public var incarnation: Incarnation
  public var request: JobRequest
  /// The images that the job was resolved to on this board.
  public var images: [ImageID]
  public var checkpoint: Checkpoint
  /// Results that are committed already: the first so many items.
  public var committed: Int
  public init(
    job: JobID, epoch: Epoch, incarnation: Incarnation, request: JobRequest, images: [ImageID],
    checkpoint: Checkpoint, committed: Int
  ) {
    self.job = job
    self.epoch = epoch
    self.incarnation = incarnation
    self.request = request
    self.images = images
    self.checkpoint = checkpoint
    self.committed = committed
  }
}

/// An item's result is durable at the agent and its bytes are at the broker.
public struct ItemFinished: Sendable, Hashable, Codable {
  public var job: JobID
  public var epoch: Epoch
  public var item: Int
  public var result: BlobReference
  public init(job: JobID, epoch: Epoch, item: Int, result: BlobReference) {
    self.job = job
    self.epoch = epoch
    self.item = item
    self.result = result
  }
}

/// The broker has committed a job's first items.
public struct Committed: Sendable, Hashable, Codable {
  public var job: JobID
  public var epoch: Epoch
  public var through: Int
  public init(job: JobID, epoch: Epoch, through: Int) {
    self.job = job
    self.epoch = epoch
    self.through = through
  }
}

/// The destination of a migration cannot take the job.
public struct Declined: Sendable, Hashable, Codable {
  public var job: JobID
  public var epoch: Epoch
  public var reason: Refusal
  public init(job: JobID, epoch: Epoch, reason: Refusal) {
    self.job = job
    self.epoch = epoch
    self.reason = reason
  }
}

/// The source of a migration shall stop the job at item boundaries, seal it and hand its checkpoint to another agent.
public struct StopOrder: Sendable, Hashable, Codable {
  public var job: JobID
  public var epoch: Epoch
  public var destination: BoardID
  /// The destination's endpoint.
  public var endpoint: String
  public init(job: JobID, epoch: Epoch, destination: BoardID, endpoint: String) {
    self.job = job
    self.epoch = epoch
    self.destination = destination
    self.endpoint = endpoint
  }
}

/// The source has sealed: it computes and commits nothing more under this epoch.
public struct Stopped: Sendable, Hashable, Codable {
  public var job: JobID
  public var epoch: Epoch
  public var checkpoint: Checkpoint
  /// Whether the destination has the checkpoint's items; the source keeps them in any case until it is released.
  public var isDelivered: Bool
  /// From the first task stopped to the last.
  public var drainDuration: Duration
  public init(job: JobID, epoch: Epoch, checkpoint: Checkpoint, isDelivered: Bool, drainDuration: Duration) {
    self.job = job
    self.epoch = epoch
    self.checkpoint = checkpoint
    self.isDelivered = isDelivered
    self.drainDuration = drainDuration
  }
}

/// An agent gives a job up: it can no longer run it under this epoch.
public struct HandBack: Sendable, Hashable, Codable {
  public enum Cause: String, Sendable, Hashable, Codable {
    /// The board's fault: another board may do.
    case board
    /// The job's own fault: it would fail anywhere.
    case job
    /// Nobody's: the agent took the job under this epoch in an earlier life, or gave it up since.
    case lost
  }
  public var job: JobID
  public var epoch: Epoch
  public var cause: Cause
  public var reason: Refusal
  public init(job: JobID, epoch: Epoch, cause: Cause, reason: Refusal) {
    self.job = job
    self.epoch = epoch
    self.cause = cause
    self.reason = reason
  }
}
