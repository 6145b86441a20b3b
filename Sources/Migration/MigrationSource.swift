public import Fabric

/// The source's half of a migration: stop at item boundaries, save what is still needed, seal, hand over.
///
/// Each step is one method, which says what the agent shall do then. Nothing goes back: once sealed, the job runs again only under a new epoch.
public struct MigrationSource: Sendable, Hashable {
  private enum State: Hashable {
    /// Items are still in flight.
    case draining(since: BoardInstant)
    /// The items still needed are being made durable here.
    case saving(Progress, drainDuration: Duration)
    /// The seal is being made durable.
    case sealing(Checkpoint, record: SequenceNumber, drainDuration: Duration)
    /// The items are on their way to the destination.
    case delivering(Checkpoint, drainDuration: Duration)
    case sealed(Report)
  }

  /// What the broker is told of a sealed job.
  public struct Report: Sendable, Hashable {
    public let checkpoint: Checkpoint
    public let isDelivered: Bool
    public let drainDuration: Duration
  }

  /// How far the migration is, as the broker is told.
  public enum Phase: Sendable, Hashable { case stopping, sealed }

  /// Where the destination takes checkpoints.
  public let endpoint: String
  private var state: State

  public init(endpoint: String, at now: BoardInstant) {
    self.endpoint = endpoint
    self.state = .draining(since: now)
  }

  public var phase: Phase {
    switch state {
    case .draining, .saving, .sealing: .stopping
    case .delivering, .sealed: .sealed
    }
  }

  /// Whether items may still be in flight.
  public var isDraining: Bool {
    if case .draining = state { true } else { false }
  }

  /// The report to repeat, once there is one.
  public var report: Report? {
    if case .sealed(let report) = state { report } else { nil }
  }

  /// No item of the job is in flight any more; now save the items that its progress still needs.
  public mutating func drained(at now: BoardInstant, progress: Progress) throws(MigrationError) {
    guard case .draining(let since) = state else { throw .unexpected("drained", in: stateName) }
    state = .saving(progress, drainDuration: now - since)
  }

  /// The items are durable here; now write the seal, as the given record.
  public mutating func saved(_ items: [SavedItem], sealing record: SequenceNumber) throws(MigrationError) -> Checkpoint
  {
    guard case .saving(let progress, let drainDuration) = state else { throw .unexpected("saved", in: stateName) }
    let checkpoint = Checkpoint(progress: progress, items: items)
    state = .sealing(checkpoint, record: record, drainDuration: drainDuration)
    return checkpoint
  }

  /// The journal is durable up to a record; gives the items to deliver, if that was the seal.
  public mutating func synced(through record: SequenceNumber) -> [SavedItem]? {
    guard case .sealing(let checkpoint, let seal, let drainDuration) = state, seal <= record else { return nil }
    state = .delivering(checkpoint, drainDuration: drainDuration)
    return checkpoint.items
  }

  /// The destination has the items, or could not be reached; either way the job is sealed.
  public mutating func delivered(_ succeeded: Bool) throws(MigrationError) -> Report {
    guard case .delivering(let checkpoint, let drainDuration) = state else {
      throw .unexpected("delivered", in: stateName)
    }
    let report = Report(checkpoint: checkpoint, isDelivered: succeeded, drainDuration: drainDuration)
    state = .sealed(report)
    return report
  }

  private var stateName: String {
    switch state {
    case .draining: "draining"
    case .saving: "saving"
    case .sealing: "sealing"
    case .delivering: "delivering"
    case .sealed: "sealed"
    }
  }
}
