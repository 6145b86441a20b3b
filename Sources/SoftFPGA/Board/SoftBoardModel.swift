public import Fabric

/// How an emulated board behaves in time: the slots' states, the port that writes one image at a time, and how long
/// things take.
///
/// A pure value: it is told the instant, and says when what was begun will end. It neither computes nor waits, so a
/// simulator can step it.
public struct SoftBoardModel: Sendable {
  /// A launch that was begun.
  public struct Launch: Sendable, Hashable {
    public let slot: SlotID
    /// The board's count of launches, which tells this one from all others.
    public let number: Int
    /// When the kernel is done, by the model.
    public let end: BoardInstant
  }

  /// What a slot does.
  public enum SlotState: Sendable, Hashable {
    /// Blank, or cut off after a failed configuration.
    case decoupled
    /// Decoupled, the port writes into it until then by the model.
    case writing(until: BoardInstant)
    /// Coupled, nothing runs.
    case idle
    /// Coupled, a kernel runs.
    case running(Launch)
  }

  public let descriptor: BoardDescriptor
  /// Counts of what the board has done.
  public private(set) var health = BoardHealth()
  private var slots: [SlotState]
  private var slotAtPort: SlotID?
  private var launchCount = 0

  /// A board whose slots are all blank.
  public init(of descriptor: BoardDescriptor) {
    self.descriptor = descriptor
    slots = Array(repeating: .decoupled, count: descriptor.slots.count)
  }

  /// What a slot does.
  ///
  /// - Throws: ``BoardError/unknownSlot(_:slotCount:)``.
  public func state(of slot: SlotID) throws(BoardError) -> SlotState {
    guard slots.indices.contains(slot.rawValue) else { throw .unknownSlot(slot, slotCount: slots.count) }
    return slots[slot.rawValue]
  }

  /// Takes the port, decouples the slot and begins to write an image of so many bytes; returns when the port will be
  /// done.
  ///
  /// - Throws: ``BoardError/unknownSlot(_:slotCount:)``, ``BoardError/portBusy(_:writing:)``,
  ///   ``BoardError/slotBusy(_:)``; then nothing has changed.
  public mutating func beginConfiguration(
    of slot: SlotID, byteCount: Int, at now: BoardInstant
  ) throws(BoardError) -> BoardInstant {
    let state = try state(of: slot)
    if let slotAtPort { throw .portBusy(slot, writing: slotAtPort) }
    if case .running = state { throw .slotBusy(slot) }
    let end = now + transferTime(of: byteCount, bytesPerSecond: descriptor.portBytesPerSecond)
    slots[slot.rawValue] = .writing(until: end)
    slotAtPort = slot
    return end
  }

  /// Frees the port; the slot is coupled if the image was taken, else it stays decoupled.
  ///
  /// - Parameters:
  ///   - slot: The slot that was written.
  ///   - isTaken: Whether the port took the whole image.
  ///   - now: When the emulation's own work was done; after the modelled end it counts as an overrun.
  public mutating func endConfiguration(of slot: SlotID, isTaken: Bool, workDoneAt now: BoardInstant) {
    guard slots.indices.contains(slot.rawValue), case .writing(let end) = slots[slot.rawValue] else { return }
    if now > end { countOverrun() }
    if isTaken { health.configurationCount += 1 } else { health.portErrorCount += 1 }
    slots[slot.rawValue] = isTaken ? .idle : .decoupled
    slotAtPort = nil
  }

  /// Frees the port without having written anything; the slot stays decoupled.
  public mutating func abandonConfiguration(of slot: SlotID) {
    guard slots.indices.contains(slot.rawValue), case .writing = slots[slot.rawValue] else { return }
    slots[slot.rawValue] = .decoupled
    slotAtPort = nil
  }

  /// Decouples a slot for good, without the port.
  ///
  /// - Throws: ``BoardError/unknownSlot(_:slotCount:)``, ``BoardError/slotBusy(_:)`` while it runs or is written.
  public mutating func decouple(_ slot: SlotID) throws(BoardError) {
    switch try state(of: slot) {
    case .running, .writing: throw .slotBusy(slot)
    case .decoupled, .idle: slots[slot.rawValue] = .decoupled
    }
  }

  /// Checks that a launch could begin.
  ///
  /// - Throws: ``BoardError/unknownSlot(_:slotCount:)``, ``BoardError/slotDecoupled(_:)``, ``BoardError/slotBusy(_:)``.
  public func checkIsLaunchable(_ slot: SlotID) throws(BoardError) {
    switch try state(of: slot) {
    case .decoupled, .writing: throw .slotDecoupled(slot)
    case .running: throw .slotBusy(slot)
    case .idle: return
    }
  }

  /// Begins a launch that takes so long.
  ///
  /// - Throws: As ``checkIsLaunchable(_:)``.
  public mutating func beginLaunch(
    in slot: SlotID, microseconds: Int, at now: BoardInstant
  ) throws(BoardError) -> Launch {
    try checkIsLaunchable(slot)
    launchCount += 1
    let launch = Launch(slot: slot, number: launchCount, end: now + .microseconds(microseconds))
    slots[slot.rawValue] = .running(launch)
    return launch
  }

  /// Ends a launch.
  ///
  /// - Parameters:
  ///   - launch: What ``beginLaunch(in:microseconds:at:)`` returned.
  ///   - now: When the emulation's own work was done; after the modelled end it counts as an overrun.
  /// - Returns: False, and nothing has changed, if it was aborted before.
  public mutating func endLaunch(_ launch: Launch, workDoneAt now: BoardInstant) -> Bool {
    guard slots.indices.contains(launch.slot.rawValue), slots[launch.slot.rawValue] == .running(launch) else {
      return false
    }
    if now > launch.end { countOverrun() }
    slots[launch.slot.rawValue] = .idle
    return true
  }

  /// Ends the launch in a slot at once, if there is one; the slot stays coupled.
  ///
  /// - Returns: The launch that was ended.
  public mutating func abort(_ slot: SlotID) -> Launch? {
    guard slots.indices.contains(slot.rawValue), case .running(let launch) = slots[slot.rawValue] else { return nil }
    slots[slot.rawValue] = .idle
    return launch
  }

  /// Counts something that ended after its modelled time.
  public mutating func countOverrun() { health.overrunCount += 1 }
}

/// How long so many bytes take at so many bytes a second, rounded up to a nanosecond; counts below 1 take no time.
///
/// A rate below 1 counts as 1, and a time of more than 73 years as that, so that it can be added to an instant.
package func transferTime(of byteCount: Int, bytesPerSecond: Int) -> Duration {
  guard byteCount > 0 else { return .zero }
  let (byteNanoseconds, overflow) = byteCount.multipliedReportingOverflow(by: 1_000_000_000)
  let longest = Int64.max / 4
  guard !overflow else { return .nanoseconds(longest) }
  return .nanoseconds(min(Int64((byteNanoseconds - 1) / max(bytesPerSecond, 1) + 1), longest))
}
