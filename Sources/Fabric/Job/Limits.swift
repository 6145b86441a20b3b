/// The limits that hold across the rooms; reaching one is an error with a name.
public enum Limits {
  /// Items in one job's batch.
  public static let itemsPerBatch = 1024
  /// Bytes of one item on any edge, and so of one blob.
  public static let blobByteCount = 16 << 20
  /// Tasks of one application.
  public static let tasksPerApplication = 64
  /// Edges of one application.
  public static let edgesPerApplication = 256
  /// Bytes of one manifest or descriptor.
  public static let manifestByteCount = 256 << 10
  /// Bytes of one partial bitstream.
  public static let partialByteCount = 64 << 20
  /// Slots of one board.
  public static let slotsPerBoard = 64
  /// Images that an agent offers.
  public static let imagesPerBoard = 256
  /// Images that a store of images holds, for all boards together.
  public static let imagesPerStore = 4096
  /// Keys that a store of images trusts.
  public static let trustedKeysPerStore = 64
  /// Publishers that one key may sign for.
  public static let publishersPerKey = 64
  /// Items that an edge's ring holds at most.
  public static let itemsPerRing = 32
  /// Jobs that a board holds at once.
  public static let jobsPerBoard = 16
}
