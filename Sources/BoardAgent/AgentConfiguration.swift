public import Fabric
public import SlotAllocator

/// What an agent is told when it starts.
public struct AgentConfiguration: Sendable, Hashable, Codable {
  public let board: BoardID
  /// New whenever fabric state or journal was lost: for SoftFPGA, with every start of the process.
  public let incarnation: Incarnation
  /// Whether the fabric was loaded anew for this incarnation, which leaves nothing in the slots; else what they hold may
  /// be anybody's, and each is blanked before its first image.
  public let slotsAreBlank: Bool
  /// Where other agents reach this one.
  public let endpoint: String
  /// Where the broker listens.
  public let brokerEndpoint: String
  public let descriptor: BoardDescriptor
  /// The images that the board's storage holds, at most ``Limits/imagesPerBoard``.
  public let images: [Image]
  /// How the board's slots are shared.
  public let policy: PolicyName
  /// Board seconds per wall second, greater than 0.
  public let speed: Double
  /// The time between two heartbeats, and between two tries to register.
  public let heartbeatInterval: Duration
  /// Bytes of verified partials kept in memory.
  public let cacheByteLimit: Int
  /// The time of day at the wall's instant 0.
  public let wallZero: TimeOfDay

  public init(
    board: BoardID, incarnation: Incarnation, slotsAreBlank: Bool, endpoint: String, brokerEndpoint: String,
    descriptor: BoardDescriptor, images: [Image], policy: PolicyName = .tessera, speed: Double,
    heartbeatInterval: Duration = .milliseconds(500), cacheByteLimit: Int = 256 << 20,
    wallZero: TimeOfDay = TimeOfDay(nanoseconds: 0)
  ) {
    self.board = board
    self.incarnation = incarnation
    self.slotsAreBlank = slotsAreBlank
    self.endpoint = endpoint
    self.brokerEndpoint = brokerEndpoint
    self.descriptor = descriptor
    self.images = images
    self.policy = policy
    self.speed = speed
    self.heartbeatInterval = heartbeatInterval
    self.cacheByteLimit = cacheByteLimit
    self.wallZero = wallZero
  }
}
