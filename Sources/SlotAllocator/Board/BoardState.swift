public import Fabric

/// A board's slots and jobs as policies see them; only ``BoardScheduler`` changes it.
public struct BoardState: Sendable, Hashable {
  /// Where `slots[i].slot.rawValue == i`.
  public internal(set) var slots: [BoardSlot]
  /// In the order of arrival.
  public internal(set) var jobs: [ScheduledJob] = []
  public let configurationTimes: ConfigurationTimes
  let configurationLimit: Int
  /// Whether a slot is quarantined, or a job came that no slots could finish; else none can be stranded.
  var mayStrand = false

  /// The jobs that may have slots.
  public var activeJobs: some Sequence<ScheduledJob> { jobs.lazy.filter { !$0.isStopped } }

  /// The slots whose images keep the port from nobody for now: storage still has to give one, another waits for its
  /// retry.
  var slotsLettingPass: [SlotID] = []

  /// Whether one more image may be asked for.
  public var canConfigure: Bool {
    var underWay = 0
    for slot in slots where slot.isConfiguring && !slotsLettingPass.contains(slot.slot) { underWay += 1 }
    return underWay < configurationLimit
  }

  /// A job, found in O(jobs).
  public func job(_ execution: JobEpoch) -> ScheduledJob? {
    position(of: execution).map { jobs[$0] }
  }

  public subscript(slot: SlotID) -> BoardSlot? {
    slots.indices.contains(slot.rawValue) ? slots[slot.rawValue] : nil
  }

  /// Whether a slot is between two items and could launch the next one of its stage.
  public func canGoOn(_ slot: BoardSlot) -> Bool {
    guard case .ready(let assignment, _) = slot.state, let job = position(of: assignment.execution) else {
      return false
    }
    return jobs[job].isReady(assignment.stage)
  }

  /// Whether a slot can be given to another stage: one for which an image was brought in runs an item first, or two stages could take it from each other for ever.
  func isAvailable(_ slot: BoardSlot) -> Bool { slot.isFree || (slot.isReady && !(slot.isFresh && canGoOn(slot))) }

  /// How many slots a job has, with those that are being configured for it.
  public func occupancy(of execution: JobEpoch) -> Int {
    var count = 0
    for slot in slots where slot.assignment?.execution == execution { count += 1 }
    return count
  }

  /// Finds stages that cover each of a job's tasks once: a task by itself, except where a healthy slot is left only for the bundle of it or of another of its tasks.
  mutating func updateCover(at position: Int) {
    let (stages, taskCount) = (jobs[position].stages, jobs[position].taskCount)
    let usable = stages.indices.filter { stages[$0].slots.contains(where: isHealthy) }
    var isAlone = [Bool](repeating: false, count: taskCount)
    for index in usable where stages[index].bundle == nil { isAlone[stages[index].firstTask] = true }
    let needed = usable.filter { stages[$0].tasks.contains { !isAlone[$0] } }
    var isCovered = [Bool](repeating: false, count: taskCount)
    var cover: [Int] = []
    for index in needed + usable where stages[index].tasks.allSatisfy({ !isCovered[$0] }) {
      cover.append(index)
      for task in stages[index].tasks { isCovered[task] = true }
    }
    jobs[position].cover = cover.sorted { stages[$0].firstTask < stages[$1].firstTask }
    jobs[position].isCovered = isCovered.allSatisfy(\.self)
    jobs[position].updateRemaining()
    mayStrand = mayStrand || !jobs[position].isCovered
  }

  /// Slots have gone out of use, or come back.
  mutating func updateCovers() {
    mayStrand = slots.contains { $0.state == .quarantined }
    for position in jobs.indices { updateCover(at: position) }
  }

  func isHealthy(_ slot: SlotID) -> Bool { self[slot].map { $0.state != .quarantined } ?? false }

  func position(of execution: JobEpoch) -> Int? {
    for index in jobs.indices where jobs[index].execution == execution { return index }
    return nil
  }
}

/// What bringing an image into a slot of each kind is assumed to take, in seconds.
public struct ConfigurationTimes: Sendable, Hashable {
  public let littleSeconds: Double
  public let bigSeconds: Double
  public init(littleSeconds: Double, bigSeconds: Double) {
    self.littleSeconds = littleSeconds
    self.bigSeconds = bigSeconds
  }

  /// What the port takes for a slot's partial that is in memory already, as most are before long.
  public init(ofImagesInMemoryOn board: BoardDescriptor) {
    func seconds(_ kind: SlotKind) -> Double {
      let byteCount = board.slots.lazy.filter { $0.kind == kind }.map(\.partialByteCount).max() ?? 0
      return Double(byteCount) / Double(max(1, board.portBytesPerSecond))
    }
    self.init(littleSeconds: seconds(.little), bigSeconds: seconds(.big))
  }

  public func seconds(_ kind: SlotKind) -> Double {
    switch kind {
    case .little: littleSeconds
    case .big: bigSeconds
    }
  }
}
