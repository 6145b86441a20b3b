public import Fabric
public import Messages

/// What an ``AgentCore`` is told.
public enum AgentEvent: Sendable, Hashable, Codable {
  /// The journal was read; begin.
  case started
  case received(Envelope, from: Peer)
  /// Records up to this number are durable.
  case synced(SequenceNumber)
  /// An instant that was asked for has come.
  case woke
  case health(BoardHealth)

  /// A job's rings are in board memory.
  case allocated(JobEpoch, Outcome<Nothing>)
  /// A checkpoint's items are in the rings.
  case restored(JobEpoch, Outcome<Nothing>)
  /// An input item is in its ring: its bytes.
  case loaded(JobEpoch, item: Int, Outcome<Int>)
  /// A result is durable here and at the broker.
  case stored(JobEpoch, item: Int, Outcome<BlobReference>)
  /// The items of a checkpoint are durable here.
  case saved(JobEpoch, Outcome<[SavedItem]>)
  /// The items of a checkpoint are durable at the destination.
  case delivered(JobEpoch, Outcome<Nothing>)

  /// A partial is in memory, verified: the board's time that its verification took.
  case fetched(PartialReference, Outcome<Duration>)
  /// The port has ended blanking a slot.
  case blanked(SlotID, BoardError?)
  /// The port has ended a write.
  case written(SlotID, BoardError?)
  /// A launch has ended.
  case launched(SlotID, LaunchResult)
}

/// How a launch ended.
public enum LaunchResult: Sendable, Hashable, Codable {
  /// The bytes that the kernel wrote into each output.
  case finished([WrittenOutput])
  case failed(BoardError)
}

/// The bytes that a kernel wrote into one output.
public struct WrittenOutput: Sendable, Hashable, Codable {
  public let argument: ArgumentName
  public let byteCount: Int
  public init(argument: ArgumentName, byteCount: Int) {
    self.argument = argument
    self.byteCount = byteCount
  }
}

/// The value of an action that ends without one.
public struct Nothing: Sendable, Hashable, Codable {
  public init() {}
}
