internal import Bitstream
internal import BoardAgent
internal import Fabric
internal import SoftFPGA

/// An agent's board and its storage, in virtual time: the durations are ``SoftBoardModel``'s.
struct AgentHardware {
  private struct Running {
    let launch: SoftBoardModel.Launch
    let written: [WrittenOutput]
  }

  private var model: SoftBoardModel
  private var running: [Running?]
  /// Storage is read one partial at a time.
  private var reading: PartialReference?

  init(_ descriptor: BoardDescriptor) {
    self.model = SoftBoardModel(of: descriptor)
    self.running = Array(repeating: nil, count: descriptor.slots.count)
  }

  var health: BoardHealth { model.health }

  mutating func beginFetch(_ partial: PartialReference) { reading = partial }

  mutating func endFetch() -> PartialReference? { reading.take() }

  /// When the port will be done.
  mutating func beginWrite(_ slot: SlotID, byteCount: Int, at now: BoardInstant) throws(BoardError) -> BoardInstant {
    try model.beginConfiguration(of: slot, byteCount: byteCount, at: now).end
  }

  mutating func endWrite(_ slot: SlotID, at now: BoardInstant) {
    model.endWriting(of: slot, isTaken: true, workDoneAt: now)
  }

  /// When the slot will be blank.
  mutating func beginBlanking(_ slot: SlotID, at now: BoardInstant) throws(BoardError) -> BoardInstant {
    let byteCount = model.descriptor[slot]?.blankingByteCount ?? 0
    return try model.beginBlanking(of: slot, byteCount: byteCount, at: now).end
  }

  mutating func endBlanking(_ slot: SlotID, at now: BoardInstant) {
    model.endWriting(of: slot, isTaken: true, workDoneAt: now)
  }

  /// When the kernel will be done.
  mutating func beginLaunch(
    in slot: SlotID, _ launch: BoardFacts.LaunchModel, at now: BoardInstant
  ) throws(BoardError) -> BoardInstant {
    let begun = try model.beginLaunch(in: slot, microseconds: launch.microseconds, at: now)
    running[slot.rawValue] = Running(launch: begun, written: launch.written)
    return begun.end
  }

  /// What the launch wrote; nil where the one that ends now was aborted.
  ///
  /// Another may run there since, which then ends later.
  mutating func endLaunch(in slot: SlotID, at now: BoardInstant) -> [WrittenOutput]? {
    guard let ended = running[slot.rawValue], ended.launch.end == now, model.endLaunch(ended.launch, workDoneAt: now)
    else { return nil }
    running[slot.rawValue] = nil
    return ended.written
  }

  /// Ends the launch in a slot; false where there is none.
  mutating func abort(_ slot: SlotID) -> Bool {
    guard model.abort(slot) != nil else { return false }
    running[slot.rawValue] = nil
    return true
  }
}

extension SlotDescriptor {
  /// The size of a compressed image of empty frames.
  ///
  /// That is 20 words a frame, its address and a multiple-frame write with what stands between them as vendor files
  /// have it. A slot of which only the size of its partials is known counts as so many frames of 93 words.
  fileprivate var blankingByteCount: Int {
    let wordBytes = 4
    let known = frames.reduce(0) { $0 + $1.count }
    let frameCount = known > 0 ? known : partialByteCount / (Part.wordsPerFrame * wordBytes)
    return frameCount * 20 * wordBytes
  }
}
