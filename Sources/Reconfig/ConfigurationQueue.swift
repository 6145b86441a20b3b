internal import DequeModule
public import Digests
public import Fabric

/// Brings images into slots through a board's one configuration port: order, reading ahead, retry and quarantine.
///
/// The port writes one image at a time, in the order of the requests among those whose image is in memory; storage is read one partial at a
/// time, ahead of the port, and what jobs may need after that while there is nothing better to read. Nothing here waits for slots that run items, nor they for it.
public struct ConfigurationQueue: Sendable {
  /// An image that shall come into a slot.
  public struct Request: Sendable, Hashable, Codable {
    public let slot: SlotID
    public let image: ImageID
    public let partial: PartialReference
    /// For whom, so that people can see it.
    public let execution: JobEpoch
    public let requested: BoardInstant
    public init(
      slot: SlotID, image: ImageID, partial: PartialReference, execution: JobEpoch, requested: BoardInstant
    ) {
      self.slot = slot
      self.image = image
      self.partial = partial
      self.execution = execution
      self.requested = requested
    }
  }

  /// What the agent shall do next; asked for by ``next(at:)``.
  public enum Action: Sendable, Hashable {
    /// Read a partial from storage and verify it for its slot.
    case fetch(PartialReference)
    /// Write the partial, which is in memory, into its slot.
    case write(SlotID, Digest)
    /// Come back at this instant: a retry is due.
    case wake(at: WallInstant)
  }

  /// What became of a write.
  public enum WriteOutcome: Sendable, Hashable {
    case configured(Request, began: BoardInstant)
    case retrying(Request, attempt: Int)
    /// The slot failed ``attemptLimit`` times and shall be taken out of use.
    case quarantine(Request, began: BoardInstant)
  }

  private enum Port: Hashable {
    case idle
    case writing(Pending, began: BoardInstant)
  }

  private struct Pending: Hashable {
    let request: Request
    var failedAttempts = 0
    var notBefore: WallInstant?
  }

  /// Writes into one slot that may fail before it is quarantined.
  public static let attemptLimit = 3
  /// Partials that are noted to be read ahead.
  public static let aheadLimit = 1_024
  /// The wait before the second attempt; it doubles with each further one.
  public static let firstRetryDelay = Duration.milliseconds(100)

  private var port = Port.idle
  private var reading: PartialReference?
  private var waiting: Deque<Pending> = []
  /// What to read when nothing is waited for.
  private var ahead: Deque<PartialReference> = []
  /// The images that were noted for that.
  private var noted: Set<ImageID> = []
  private var cache: ImageCache

  /// - Parameter cacheByteLimit: the bytes of partials kept in memory; those in use may exceed it.
  public init(cacheByteLimit: Int) { self.cache = ImageCache(byteLimit: cacheByteLimit) }

  /// Takes a request in behind all others.
  ///
  /// A slot has at most one, so at most as many wait as there are slots.
  public mutating func request(_ request: Request) throws(ConfigurationError) {
    guard !isRequested(request.slot) else { throw .alreadyRequested(request.slot) }
    waiting.append(Pending(request: request))
  }

  /// Takes note of images that will be needed: their partials are read whenever storage has nothing else to do and memory has room, first one of each image, then the next of each.
  ///
  /// An image counts once: one that had to leave memory is read again only when a slot needs it. Beyond ``aheadLimit`` nothing is noted, since to
  /// read ahead is a chance and no promise.
  public mutating func readAhead(_ images: some Sequence<Image>) {
    let new = images.filter { noted.insert($0.id).inserted }
    for index in 0..<(new.map(\.partials.count).max() ?? 0) {
      for image in new where index < image.partials.count && ahead.count < Self.aheadLimit {
        // A relocatable image has the same partial for every slot.
        guard image.partials.firstIndex(where: { $0.digest == image.partials[index].digest }) == index else { continue }
        ahead.append(image.partials[index])
      }
    }
  }

  /// What can begin now: a read from storage, a write through the port, or both.
  public mutating func next(at now: Now) -> [Action] {
    [nextRead(), nextWrite(at: now)].compactMap(\.self)
  }

  /// The slot for which storage is read, unless it is read ahead.
  public var slotBeingReadFor: SlotID? {
    reading.flatMap { partial in waiting.first { $0.request.partial.digest == partial.digest }?.request.slot }
  }

  private mutating func nextRead() -> Action? {
    guard reading == nil else { return nil }
    reading = waiting.lazy.map(\.request.partial).first { !cache.contains($0.digest) } ?? nextAhead()
    return reading.map(Action.fetch)
  }

  private mutating func nextAhead() -> PartialReference? {
    while let partial = ahead.popFirst() {
      if !cache.contains(partial.digest), cache.hasRoom(for: partial.byteCount) { return partial }
    }
    return nil
  }

  private mutating func nextWrite(at now: Now) -> Action? {
    guard case .idle = port else { return nil }
    let isDue = { (pending: Pending) in pending.notBefore.map { $0 <= now.wall } ?? true }
    guard let index = waiting.firstIndex(where: { isDue($0) && cache.contains($0.request.partial.digest) }) else {
      return waiting.compactMap(\.notBefore).filter { $0 > now.wall }.min().map(Action.wake)
    }
    let pending = waiting.remove(at: index)
    cache.touch(pending.request.partial.digest)
    port = .writing(pending, began: now.board)
    return .write(pending.request.slot, pending.request.partial.digest)
  }

  /// A partial is in memory and verified; gives the partials that must leave memory for it.
  public mutating func fetched(_ partial: PartialReference) throws(ConfigurationError) -> [Digest] {
    guard reading == partial else { throw .notReading(partial.digest) }
    reading = nil
    var needed = Set(waiting.map(\.request.partial.digest))
    if case .writing(let pending, _) = port { needed.insert(pending.request.partial.digest) }
    return cache.insert(partial.digest, byteCount: partial.byteCount) { needed.contains($0) }
  }

  /// A partial could not be read or did not verify, which no retry mends; gives the requests that fail with it.
  public mutating func fetchFailed(_ partial: PartialReference) throws(ConfigurationError) -> [Request] {
    guard reading == partial else { throw .notReading(partial.digest) }
    reading = nil
    let failed = waiting.filter { $0.request.partial.digest == partial.digest }.map(\.request)
    waiting.removeAll { $0.request.partial.digest == partial.digest }
    return failed
  }

  /// The port has ended a write, well or not.
  public mutating func written(
    _ slot: SlotID, succeeded: Bool, at now: Now
  ) throws(ConfigurationError) -> WriteOutcome {
    guard case .writing(var pending, let began) = port, pending.request.slot == slot else { throw .notWriting(slot) }
    port = .idle
    if succeeded { return .configured(pending.request, began: began) }
    pending.failedAttempts += 1
    guard pending.failedAttempts < Self.attemptLimit else { return .quarantine(pending.request, began: began) }
    pending.notBefore = now.wall + Self.firstRetryDelay * (1 << (pending.failedAttempts - 1))
    waiting.prepend(pending)
    return .retrying(pending.request, attempt: pending.failedAttempts + 1)
  }

  private func isRequested(_ slot: SlotID) -> Bool {
    if case .writing(let pending, _) = port, pending.request.slot == slot { return true }
    return waiting.contains { $0.request.slot == slot }
  }
}
