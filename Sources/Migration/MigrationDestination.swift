public import Fabric

/// The destination's half of a migration: memory and slots kept for a job that still runs elsewhere.
public struct MigrationDestination: Sendable, Hashable {
  private enum State: Hashable {
    /// Board memory is being reserved.
    case reserving
    /// Slots are being configured ahead.
    case configuring
    /// The broker was told that the job may come.
    case prepared
  }

  /// How long a reservation is kept after it was last announced, in wall time.
  public static let reservationDuration = Duration.seconds(30)

  /// The source's epoch, under which the job was announced.
  public let announced: JobEpoch
  public private(set) var expires: WallInstant
  private var state = State.reserving

  public init(announced: JobEpoch, at now: WallInstant) {
    self.announced = announced
    self.expires = now + Self.reservationDuration
  }

  /// The job was announced again: the source may take long to stop.
  public mutating func renew(at now: WallInstant) { expires = max(expires, now + Self.reservationDuration) }

  /// Board memory is reserved; now slots may be configured.
  public mutating func reserved() throws(MigrationError) {
    guard case .reserving = state else { throw .unexpected("reserved", in: "\(state)") }
    state = .configuring
  }

  /// Whether the broker is to be told now that the destination is ready; says so once.
  public mutating func slotsConfigured() -> Bool {
    guard case .configuring = state else { return false }
    state = .prepared
    return true
  }

  /// Whether the job's rings are in board memory.
  public var hasMemory: Bool { state != .reserving }

  /// Whether a repeated announcement is to be answered at once.
  public var isPrepared: Bool { state == .prepared }
}
