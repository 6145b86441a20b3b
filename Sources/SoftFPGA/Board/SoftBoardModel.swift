internal import Bitstream
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

  /// An image on its way through the port.
  public struct Writing: Sendable, Hashable {
    /// Whether the slot is coupled afterwards, or stays blank.
    public enum Purpose: Sendable, Hashable { case configuring, blanking }

    public let slot: SlotID
    public let purpose: Purpose
    /// What the plan of faults makes of it.
    public let fault: FaultPlan.Kind?
    public let begin: BoardInstant
    /// When the port is done or gives up, by the model.
    public let end: BoardInstant
  }

  /// What a slot does.
  public enum SlotState: Sendable, Hashable {
    /// Blank, or cut off after a failed configuration.
    case decoupled
    /// Decoupled, the port writes into it.
    case writing(Writing)
    /// Coupled, nothing runs.
    case idle
    /// Coupled, a kernel runs.
    case running(Launch)
  }

  /// The port gives up after so many times the time that an image takes.
  public static let portTimeoutFactor = 4

  public let descriptor: BoardDescriptor
  public let faults: FaultPlan
  /// Counts of what the board has done.
  public private(set) var health = BoardHealth()
  private var slots: [SlotState]
  private var slotAtPort: SlotID?
  private var launchCount = 0
  /// How often each slot's configuration was begun.
  private var configurationCounts: [Int]

  /// A board whose slots are all blank.
  public init(of descriptor: BoardDescriptor, faults: FaultPlan = FaultPlan()) {
    self.descriptor = descriptor
    self.faults = faults
    configurationCounts = Array(repeating: 0, count: descriptor.slots.count)
    slots = Array(repeating: .decoupled, count: descriptor.slots.count)
  }

  /// What a slot does.
  ///
  /// - Throws: ``BoardError/unknownSlot(_:slotCount:)``.
  public func state(of slot: SlotID) throws(BoardError) -> SlotState {
    guard slots.indices.contains(slot.rawValue) else { throw .unknownSlot(slot, slotCount: slots.count) }
    return slots[slot.rawValue]
  }

  /// Takes the port, decouples the slot and begins to write an image of so many bytes, in the port's time for them.
  ///
  /// - Throws: ``BoardError/unknownSlot(_:slotCount:)``, ``BoardError/portBusy(_:writing:)``,
  ///   ``BoardError/slotBusy(_:)``; then nothing has changed.
  public mutating func beginConfiguration(
    of slot: SlotID, byteCount: Int, at now: BoardInstant
  ) throws(BoardError) -> Writing {
    try checkIsWritable(slot)
    configurationCounts[slot.rawValue] += 1
    let fault = faults.fault(in: slot, configuration: configurationCounts[slot.rawValue])
    return begin(.configuring, slot, byteCount, fault, at: now)
  }

  /// Takes the port, decouples the slot and begins to write a blanking image of so many bytes.
  ///
  /// - Throws: As ``beginConfiguration(of:byteCount:at:)``.
  public mutating func beginBlanking(
    of slot: SlotID, byteCount: Int, at now: BoardInstant
  ) throws(BoardError) -> Writing {
    try checkIsWritable(slot)
    return begin(.blanking, slot, byteCount, nil, at: now)
  }

  private func checkIsWritable(_ slot: SlotID) throws(BoardError) {
    let state = try state(of: slot)
    if let slotAtPort { throw .portBusy(slot, writing: slotAtPort) }
    if case .running = state { throw .slotBusy(slot) }
  }

  private mutating func begin(
    _ purpose: Writing.Purpose, _ slot: SlotID, _ byteCount: Int, _ fault: FaultPlan.Kind?, at now: BoardInstant
  ) -> Writing {
    let time = transferTime(of: byteCount, bytesPerSecond: descriptor.portBytesPerSecond)
    let end = fault == .timeout ? now + time * Self.portTimeoutFactor : now + time
    let writing = Writing(slot: slot, purpose: purpose, fault: fault, begin: now, end: end)
    slots[slot.rawValue] = .writing(writing)
    slotAtPort = slot
    return writing
  }

  /// Frees the port; the slot is coupled if an image for it was taken, else it stays decoupled.
  ///
  /// - Parameters:
  ///   - slot: The slot that was written.
  ///   - isTaken: Whether the whole image was taken, and the slot could be coupled if it was to be.
  ///   - now: When the emulation's own work was done; after the modelled end it counts as an overrun.
  public mutating func endWriting(of slot: SlotID, isTaken: Bool, workDoneAt now: BoardInstant) {
    guard slots.indices.contains(slot.rawValue), case .writing(let writing) = slots[slot.rawValue] else { return }
    if now > writing.end { countOverrun() }
    slots[slot.rawValue] = .decoupled
    slotAtPort = nil
    switch (isTaken, writing.purpose) {
    case (false, _): health.portErrorCount += 1
    case (true, .blanking): break
    case (true, .configuring):
      health.configurationCount += 1
      slots[slot.rawValue] = .idle
    }
  }

  /// Frees the port without having written anything; the slot stays decoupled.
  public mutating func abandonConfiguration(of slot: SlotID) {
    guard slots.indices.contains(slot.rawValue), case .writing = slots[slot.rawValue] else { return }
    slots[slot.rawValue] = .decoupled
    slotAtPort = nil
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

extension SoftBoardModel.Writing {
  /// What the board says of the fault, where no device is there to say it.
  public var modelledError: BoardError? {
    let halted = ConfigurationStatus.operating.subtracting([.initComplete, .initPin])
    return switch fault {
    case nil: nil
    case .crc: .crcError(slot, halted.union(.crcError))
    case .id: .idError(slot, ConfigurationStatus.operating.union(.idError))
    case .timeout: .portTimedOut(slot, after: end - begin, .operating)
    case .recouple: .recoupleFault(slot, .operating)
    }
  }
}
