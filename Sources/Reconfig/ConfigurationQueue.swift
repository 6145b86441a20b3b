public import Fabric

/// Brings images into slots through a board's one configuration port: order, reading ahead, blanking between tenants,
/// retry and quarantine.
///
/// The port does one thing at a time, for the request that is needed most among those whose image is in memory, and of
/// equals for the one that came first. Storage is read one partial at a time by the same order, ahead of the port, and
/// what jobs may need after that while there is nothing better to read. Nothing here waits for slots that run items,
/// nor they for it.
public struct ConfigurationQueue: Sendable {
  /// What waits for the port.
  struct Waiting: Hashable {
    enum Purpose: Hashable {
      case configure(Request)
      /// A quarantined slot shall be blanked, and used again.
      case reset(SlotID, requested: BoardInstant)
    }
    var purpose: Purpose
    /// Counts what came; tells the first of equals.
    let number: Int
  }

  /// What the port does.
  enum Port: Hashable {
    case idle
    case blanking(Waiting, began: BoardInstant, isWanted: Bool)
    case writing(Request, number: Int, began: BoardInstant, isWanted: Bool)
  }

  /// Attempts of the port on one slot that may fail in a row before it is quarantined.
  public static let attemptLimit = 3
  /// The wait before the second attempt; it doubles with each further one.
  public static let firstRetryDelay = Duration.milliseconds(100)
  /// After so long a wait a request counts as one for which a job stands still, so that none waits for ever.
  public static let patience = Duration.seconds(1)
  /// Partials that the plan names at most.
  public static let planLimit = 1_024

  /// The time of day at the instant 0, so that a reason says when a slot failed also after the machine's next start.
  public var wallZero = TimeOfDay(nanoseconds: 0)
  var port = Port.idle
  /// At most one for each slot, in the order in which they came.
  var waiting: [Waiting] = []
  var slots: [SlotCondition]
  private let contentAtStart: SlotCondition.Content
  var memory: ImageMemory
  var plannedImages: [ImageID] = []
  private var lastNumber = 0

  /// Makes a queue.
  ///
  /// - Parameters:
  ///   - slotCount: The board's slots, numbered from 0.
  ///   - slotsAreBlank: Whether the board has just been loaded, which leaves nothing in its slots; else each is blanked
  ///     before its first image.
  ///   - cacheByteLimit: The bytes of partials kept in memory; those in use may exceed it.
  public init(slotCount: Int, slotsAreBlank: Bool, cacheByteLimit: Int) {
    self.init(
      slotCount: slotCount, slotsAreBlank: slotsAreBlank, cacheByteLimit: cacheByteLimit, eviction: PlannedEviction())
  }

  /// Makes one whose images leave memory by another order.
  package init(slotCount: Int, slotsAreBlank: Bool, cacheByteLimit: Int, eviction: any Eviction) {
    self.contentAtStart = slotsAreBlank ? .blank : .unknown
    self.slots = Array(repeating: SlotCondition(content: contentAtStart), count: max(0, slotCount))
    self.memory = ImageMemory(byteLimit: cacheByteLimit, eviction: eviction)
  }

  // MARK: Requests

  /// Takes a request in behind those of its need.
  ///
  /// A slot has at most one, so at most as many wait as there are slots.
  public mutating func request(_ request: Request) throws(ConfigurationError) -> Admission {
    let slot = request.slot
    guard slots.indices.contains(slot.rawValue) else { throw .unknownSlot(slot, slotCount: slots.count) }
    guard slots[slot.rawValue].quarantine == nil else { throw .slotQuarantined(slot) }
    if slotAtPort == slot { return try joinPort(request) }
    guard let index = waiting.firstIndex(where: { $0.slot == slot }),
      case .configure(let former) = waiting[index].purpose
    else {
      add(.configure(request))
      return .queued
    }
    guard former.isSame(as: request) else {
      waiting.remove(at: index)
      add(.configure(request))
      return .superseded(former)
    }
    waiting[index].purpose = .configure(former.joined(by: request))
    return .coalesced
  }

  /// The port works on the slot: only the same image can be asked for again.
  private mutating func joinPort(_ request: Request) throws(ConfigurationError) -> Admission {
    switch port {
    case .blanking(let turn, let began, _):
      guard case .configure(let former) = turn.purpose, former.isSame(as: request) else { break }
      let joined = Waiting(purpose: .configure(former.joined(by: request)), number: turn.number)
      port = .blanking(joined, began: began, isWanted: true)
      return .coalesced
    case .writing(let former, let number, let began, _):
      guard former.isSame(as: request) else { break }
      port = .writing(former.joined(by: request), number: number, began: began, isWanted: true)
      return .coalesced
    case .idle: break
    }
    throw .slotAtPort(request.slot)
  }

  private mutating func add(_ purpose: Waiting.Purpose) {
    lastNumber += 1
    waiting.append(Waiting(purpose: purpose, number: lastNumber))
  }

  /// Nobody wants the image any more that was requested for a slot: what waits is dropped, what the port works on ends.
  public mutating func cancel(_ slot: SlotID) -> Cancellation {
    switch port {
    case .blanking(let turn, let began, _) where turn.slot == slot && turn.request != nil:
      port = .blanking(turn, began: began, isWanted: false)
      return .atPort
    case .writing(let request, let number, let began, _) where request.slot == slot:
      port = .writing(request, number: number, began: began, isWanted: false)
      return .atPort
    case .idle, .blanking, .writing: break
    }
    guard let index = waiting.firstIndex(where: { $0.request?.slot == slot }), let dropped = waiting[index].request
    else {
      return .nothing
    }
    waiting.remove(at: index)
    return .dropped(dropped, holding: slots[slot.rawValue].image)
  }

  // MARK: Quarantine

  /// Why a slot is out of use, if it is.
  public func quarantine(of slot: SlotID) -> QuarantineReason? {
    slots.indices.contains(slot.rawValue) ? slots[slot.rawValue].quarantine : nil
  }

  /// Takes a slot out of use as it was before a restart, or back into it where there is no reason; unknown slots are
  /// ignored.
  public mutating func recover(_ slot: SlotID, quarantine: QuarantineReason?) {
    guard slots.indices.contains(slot.rawValue) else { return }
    slots[slot.rawValue] = SlotCondition(content: contentAtStart)
    slots[slot.rawValue].quarantine = quarantine
    slots[slot.rawValue].failures = quarantine?.attempts ?? 0
  }

  /// Has a quarantined slot blanked, after which it is as new; false where it is not quarantined, and nothing is done.
  ///
  /// Asked again before that is done, it changes nothing. One failure leaves the slot in quarantine.
  public mutating func reset(_ slot: SlotID, at now: BoardInstant) -> Bool {
    guard quarantine(of: slot) != nil else { return false }
    if slotAtPort != slot, !waiting.contains(where: { $0.slot == slot }) { add(.reset(slot, requested: now)) }
    return true
  }

  // MARK: Order

  /// What can begin now: a read from storage, the port's next work, or both.
  public mutating func next(at now: Now) -> [Action] {
    let order = waiting.indices.sorted { isBefore($0, $1, at: now.board) }
    // Asked after every event, and mostly there is nothing.
    var actions: [Action] = []
    if let read = nextRead(order) { actions.append(read) }
    if let work = nextPortAction(order, at: now) { actions.append(work) }
    return actions
  }

  /// The slot for which storage is read, unless it is read ahead.
  public var slotBeingReadFor: SlotID? {
    memory.reading.flatMap { partial in
      waiting.lazy.compactMap(\.request).first { $0.partial.built == partial.built }?.slot
    }
  }

  /// The slots with a request that is not at the port, which another can take the place of; without those that wait
  /// after a fault, where it would wait too.
  public func waitingSlots(at now: WallInstant) -> [SlotID] {
    waiting.compactMap { $0.request?.slot }.filter { !isWaitingForRetry($0, at: now) }
  }

  /// The slots whose requests the port passes over for now: the one for which storage is read, and those that wait after
  /// a fault.
  public func slotsPassedOver(at now: WallInstant) -> [SlotID] {
    var passed: [SlotID] = []
    if let slot = slotBeingReadFor { passed.append(slot) }
    for turn in waiting
    where turn.request != nil && isWaitingForRetry(turn.slot, at: now) && !passed.contains(turn.slot) {
      passed.append(turn.slot)
    }
    return passed
  }

  private func isBefore(_ a: Int, _ b: Int, at now: BoardInstant) -> Bool {
    let (first, second) = (waiting[a].need(at: now), waiting[b].need(at: now))
    return first == second ? waiting[a].number < waiting[b].number : first > second
  }

  private mutating func nextPortAction(_ order: [Int], at now: Now) -> Action? {
    guard case .idle = port else { return nil }
    guard let index = order.first(where: { canBegin(waiting[$0], at: now.wall) }) else {
      return waiting.compactMap { slots[$0.slot.rawValue].retry }.filter { $0 > now.wall }.min().map(Action.wake)
    }
    return begin(waiting.remove(at: index), at: now.board)
  }

  /// Whether its slot's wait after a fault is over, and its partial in memory.
  private func canBegin(_ waiting: Waiting, at now: WallInstant) -> Bool {
    guard !isWaitingForRetry(waiting.slot, at: now) else { return false }
    return waiting.request.map { memory.contains($0.partial.built) } ?? true
  }

  private func isWaitingForRetry(_ slot: SlotID, at now: WallInstant) -> Bool {
    slots[slot.rawValue].retry.map { $0 > now } ?? false
  }

  private mutating func begin(_ next: Waiting, at now: BoardInstant) -> Action {
    let slot = next.slot
    slots[slot.rawValue].decoupled()
    guard let request = next.request, !slots[slot.rawValue].mustBeBlanked(for: request.tenant) else {
      port = .blanking(next, began: now, isWanted: true)
      return .blank(slot)
    }
    port = .writing(request, number: next.number, began: now, isWanted: true)
    memory.used(request.partial)
    return .write(request.partial)
  }

  var slotAtPort: SlotID? {
    switch port {
    case .idle: nil
    case .blanking(let turn, _, _): turn.slot
    case .writing(let request, _, _, _): request.slot
    }
  }
}

extension ConfigurationQueue.Waiting {
  var slot: SlotID {
    switch purpose {
    case .configure(let request): request.slot
    case .reset(let slot, _): slot
    }
  }

  var request: ConfigurationQueue.Request? {
    if case .configure(let request) = purpose { request } else { nil }
  }

  /// What it counts as after its wait.
  func need(at now: BoardInstant) -> ConfigurationNeed {
    let (said, requested): (ConfigurationNeed, BoardInstant) =
      switch purpose {
      case .configure(let request): (request.need, request.requested)
      case .reset(_, let requested): (.progressing, requested)
      }
    return now - requested >= ConfigurationQueue.patience ? .standingStill : said
  }
}

extension ConfigurationQueue.Request {
  fileprivate func isSame(as other: Self) -> Bool { image == other.image && tenant == other.tenant }

  /// The newer request in the older one's place.
  fileprivate func joined(by newer: Self) -> Self {
    var joined = newer
    joined.need = max(need, newer.need)
    joined.requested = min(requested, newer.requested)
    return joined
  }
}
