public import Fabric

/// A slot as a policy sees it.
public struct BoardSlot: Sendable, Hashable {
  public enum State: Sendable, Hashable {
    /// Nobody's; it may still hold an image.
    case free(holding: ImageID?)
    /// An image is on its way, for nobody any more where there is no assignment.
    case configuring(Assignment?, ImageID)
    /// Between two items.
    case ready(Assignment, ImageID)
    case running(Assignment, ImageID, Run)
    case quarantined
  }

  /// A launch in flight.
  public struct Run: Sendable, Hashable {
    public let began: BoardInstant
    public let works: [Launch.Work]
  }

  public let slot: SlotID
  public let kind: SlotKind
  public internal(set) var state: State
  /// Whether an image was brought in for the slot's stage that it has not launched yet.
  var isFresh = false
  /// How much the image on its way was said to be waited for.
  var need = ConfigurationNeed.ahead
  /// Whose job the image on its way is for.
  var comingTenant: TenantName?
  /// Whose job the image was brought in for.
  ///
  /// A kernel may keep in the slot what it was given, so nobody else's job uses it.
  var tenant: TenantName?

  /// Whom the slot works for.
  public var assignment: Assignment? {
    switch state {
    case .configuring(let assignment, _): assignment
    case .ready(let assignment, _), .running(let assignment, _, _): assignment
    case .free, .quarantined: nil
    }
  }

  /// The image in the slot, or on its way into it.
  public var image: ImageID? {
    switch state {
    case .free(let image): image
    case .configuring(_, let image), .ready(_, let image), .running(_, let image, _): image
    case .quarantined: nil
    }
  }

  /// Whether the image is there, or on its way, and a tenant's job may use it as it is.
  func holds(_ image: ImageID, for tenant: TenantName?) -> Bool {
    self.image == image && (isConfiguring ? comingTenant : self.tenant) == tenant
  }

  public var isFree: Bool { if case .free = state { true } else { false } }
  public var isConfiguring: Bool { if case .configuring = state { true } else { false } }
  public var isRunning: Bool { if case .running = state { true } else { false } }
  /// Between two items of its stage.
  public var isReady: Bool { if case .ready = state { true } else { false } }
}
