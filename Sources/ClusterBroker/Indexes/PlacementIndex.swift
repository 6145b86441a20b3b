internal import Fabric

/// Which waiting job is to be placed next, and on which board, without asking all jobs or all boards.
///
/// It holds nothing of its own: it follows from the boards and the jobs, which ``BrokerCore`` reports after every change. Between two
/// events no waiting job can be placed. So only jobs that came new, and boards that got new room, have to be asked.
///
/// The costs name: b, boards; o, different sets of images; k, classes of equal area and speed of one set; d, different demands of waiting
/// jobs. All but the boards and jobs are few in practice.
struct PlacementIndex: Sendable {
  /// What is known of an application that known jobs have.
  private struct Entry: Sendable {
    let application: Application
    /// The images that it can use, of each set that covers it.
    var images: [OfferID: [ImageID]] = [:]
  }

  /// What is known of a board, which may own jobs before it has registered.
  private struct Board: Sendable {
    var standing: Standing?
    var load = BoardLoad()
    var filing: Filing?
  }

  /// What a member's agent said that placement depends on.
  private struct Standing: Sendable {
    let offer: OfferID
    let isOnline: Bool
    let boardClass: BoardClass
    let memory: MemorySize
    let gaveUp: Set<JobID>
  }

  private struct MemorySize: Sendable, Hashable, Comparable {
    let byteCount: Int
    let board: BoardID
    static func < (a: Self, b: Self) -> Bool { (a.byteCount, a.board) < (b.byteCount, b.board) }
  }

  private let jobsPerBoard: Int
  private var offers: [OfferID: Offer] = [:]
  private var offerIDs: [Coverage: OfferID] = [:]
  private var lastOffer = 0
  private var applications: [ApplicationKey: Entry] = [:]
  private var boards: [BoardID: Board] = [:]
  private var loads: [JobID: JobLoad] = [:]
  private var memories = SortedBlocks<MemorySize>()
  private(set) var waiting = WaitingJobs()
  /// The boards that got room since they were asked last.
  private var roomier: Set<BoardID> = []

  init(jobsPerBoard: Int) { self.jobsPerBoard = jobsPerBoard }
}

// MARK: - Boards

extension PlacementIndex {
  /// Takes over what is known of a board: O(log b), and O(applications) for images that no board had.
  ///
  /// - Returns: The coverage, shared with all boards that have an equal one.
  mutating func update(_ member: Member) -> Coverage {
    let before = boards[member.board]?.standing
    let offer = offer(of: member.coverage, before: before?.offer)
    let memory = MemorySize(byteCount: member.descriptor.memoryByteCount, board: member.board)
    boards[member.board, default: Board()].standing = Standing(
      offer: offer, isOnline: member.isOnline,
      boardClass: BoardClass(usableArea: member.usableArea, speed: member.speed), memory: memory,
      gaveUp: member.gaveUp)
    if before?.memory != memory {
      if let before { memories.remove(before.memory) }
      memories.insert(memory)
    }
    if let before, !before.gaveUp.isSubset(of: member.gaveUp) { roomier.insert(member.board) }
    file(member.board)
    if before?.offer != offer {
      offers[offer]?.boardCount += 1
      if let before { release(before.offer) }
    }
    return offers[offer]?.coverage ?? member.coverage
  }

  /// What the jobs of a board take of it.
  func load(of board: BoardID) -> BoardLoad { boards[board]?.load ?? BoardLoad() }

  /// The most memory that a known board has, in bytes.
  var largestMemoryByteCount: Int { memories.last?.byteCount ?? 0 }

  /// The different sets of images that known boards have, the oldest first; O(o log o).
  var coverages: [Coverage] { offers.keys.sorted().compactMap { offers[$0]?.coverage } }

  private mutating func offer(of coverage: Coverage, before: OfferID?) -> OfferID {
    if let before, offers[before]?.coverage == coverage { return before }
    if let known = offerIDs[coverage] { return known }
    lastOffer += 1
    let id = OfferID(rawValue: lastOffer)
    offerIDs[coverage] = id
    offers[id] = Offer(coverage)
    for key in applications.keys { cover(key, with: id) }
    for (demand, jobs) in waiting.lines where applications[demand.application]?.images[id] != nil {
      if let first = jobs.first { offers[id]?.show(Front(job: first, demand: demand)) }
    }
    return id
  }

  private mutating func release(_ id: OfferID) {
    offers[id]?.boardCount -= 1
    guard let offer = offers[id], offer.boardCount == 0 else { return }
    offers[id] = nil
    offerIDs[offer.coverage] = nil
    for key in applications.keys { applications[key]?.images[id] = nil }
  }

  /// Files a board where its room and its work are now.
  private mutating func file(_ id: BoardID) {
    guard let board = boards[id] else { return }
    if board.standing == nil, board.load.jobCount == 0 {
      boards[id] = nil
      return
    }
    let (before, after) = (board.filing, filing(of: id, board))
    if before == after { return }
    if let before { offers[before.offer]?.unfile(before) }
    if let after { offers[after.offer]?.file(after) }
    boards[id]?.filing = after
    guard let after else { return }
    if let before, before.offer == after.offer, before.freeByteCount >= after.freeByteCount { return }
    roomier.insert(id)
  }

  /// Where a board is to be found, if it has room.
  private func filing(of id: BoardID, _ board: Board) -> Filing? {
    guard let standing = board.standing, standing.isOnline, standing.boardClass.usableArea > 0,
      board.load.jobCount < jobsPerBoard
    else { return nil }
    return Filing(
      offer: standing.offer, boardClass: standing.boardClass,
      rank: BoardRank(remainingMicroseconds: board.load.remainingMicroseconds, board: id),
      freeByteCount: standing.memory.byteCount - board.load.ringByteCount)
  }
}

// MARK: - Jobs

extension PlacementIndex {
  /// Takes over what a job takes of boards, nil for one that no board owns: O(log b).
  mutating func update(_ job: JobID, load: JobLoad?) {
    let before = loads[job]
    if before == load { return }
    loads[job] = load
    if let before {
      boards[before.owner]?.load -= before
      if let destination = before.destination { boards[destination]?.load -= before }
    }
    if let load {
      boards[load.owner, default: Board()].load += load
      if let destination = load.destination { boards[destination, default: Board()].load += load }
    }
    // Only now, so that what stays does not look like new room for a moment.
    if let before { fileAll(before) }
    if let load, load.owner != before?.owner || load.destination != before?.destination { fileAll(load) }
  }

  private mutating func fileAll(_ load: JobLoad) {
    file(load.owner)
    if let destination = load.destination { file(destination) }
  }

  /// Makes an application known: O(o) when it is new.
  mutating func learn(_ key: ApplicationKey, _ application: Application) {
    guard applications[key] == nil else { return }
    applications[key] = Entry(application: application)
    for offer in offers.keys { cover(key, with: offer) }
  }

  /// Forgets an application that no known job has.
  mutating func forget(_ key: ApplicationKey) { applications[key] = nil }

  /// Whether a known board covers the application.
  func isCovered(_ key: ApplicationKey) -> Bool { applications[key]?.images.isEmpty == false }

  /// A job waits for a board: O(log jobs), and O(o log d) if it is the first of its demand.
  mutating func beginWaiting(_ job: JobID, _ demand: DemandKey) { show(waiting.insert(job, demand), demand) }

  /// A job waits no longer.
  mutating func endWaiting(_ job: JobID, _ demand: DemandKey) { show(waiting.remove(job, demand), demand) }

  /// Shows the first job of a line to all boards that cover it.
  private mutating func show(_ change: WaitingJobs.FrontChange, _ demand: DemandKey) {
    guard change.before != change.after, let entry = applications[demand.application] else { return }
    for id in entry.images.keys {
      if let before = change.before { offers[id]?.hide(Front(job: before, demand: demand)) }
      if let after = change.after { offers[id]?.show(Front(job: after, demand: demand)) }
    }
  }

  /// Notes which images of an offer an application can use, if they cover it.
  private mutating func cover(_ key: ApplicationKey, with id: OfferID) {
    guard let application = applications[key]?.application, let coverage = offers[id]?.coverage else { return }
    let start = Progress(of: application, finished: 0)
    guard coverage.covers(application, at: start) else { return }
    applications[key]?.images[id] = coverage.images(for: application, at: start)
  }
}

// MARK: - Placement

extension PlacementIndex {
  /// The first waiting job, in the order of submission, that may have become placeable.
  ///
  /// O(1) where no board got room, else O(log d) for each such board.
  mutating func next() -> JobID? {
    var first = waiting.newcomers.first
    var satisfied: [BoardID] = []
    for board in roomier {
      if let job = firstJob(for: board) { first = min(first ?? job, job) } else { satisfied.append(board) }
    }
    for board in satisfied { roomier.remove(board) }
    if let first { waiting.ask(first) }
    return first
  }

  /// Notes that no board takes a job that ``next()`` returned, so that it is not asked for again.
  mutating func pass(_ job: JobID) {
    if !roomier.isEmpty { roomier = roomier.filter { firstJob(for: $0) != job } }
  }

  /// The images that a board has for an application that starts with all tasks equally far.
  func images(for application: ApplicationKey, on board: BoardID) -> [ImageID]? {
    boards[board]?.standing.flatMap { applications[application]?.images[$0.offer] }
  }

  /// The best board for a job that starts with all tasks equally far, but for some boards: as ``Placement`` ranks them.
  ///
  /// O(o k log b): boards of one class need not be compared, the one with the least work is the best.
  func board(for demand: DemandKey, remainingMicroseconds: Int, except excluded: [BoardID]) -> BoardID? {
    guard let entry = applications[demand.application] else { return nil }
    var best: (completion: Double, board: BoardID)?
    for id in entry.images.keys {
      guard let offer = offers[id] else { continue }
      for (boardClass, boards) in offer.classes {
        guard
          let rank = boards.first(sizeAtMost: -demand.ringByteCount, where: { !excluded.contains($0.board) })
        else { continue }
        let work = Double(rank.remainingMicroseconds + remainingMicroseconds)
        let found = (boardClass.completion(of: work), rank.board)
        if best.map({ found < $0 }) ?? true { best = found }
      }
    }
    return best?.board
  }

  /// The best of the boards that gave a job up before, each listed once for each time; O(their number).
  func board(for job: JobID, _ demand: DemandKey, remainingMicroseconds: Int, among faulted: [BoardID]) -> BoardID? {
    let possible = Set(faulted).compactMap { id -> (faults: Int, completion: Double, board: BoardID)? in
      guard let board = boards[id], let filing = board.filing, demand.ringByteCount <= filing.freeByteCount,
        board.standing?.gaveUp.contains(job) == false,
        applications[demand.application]?.images[filing.offer] != nil
      else { return nil }
      let work = Double(filing.rank.remainingMicroseconds + remainingMicroseconds)
      return (faulted.count { $0 == id }, filing.boardClass.completion(of: work), id)
    }
    return possible.min { $0 < $1 }?.board
  }

  /// The first waiting job that a board could take.
  private func firstJob(for id: BoardID) -> JobID? {
    guard let board = boards[id], let filing = board.filing, let fronts = offers[filing.offer]?.fronts else {
      return nil
    }
    let gaveUp = board.standing?.gaveUp ?? []
    var first: JobID?
    // The first front will do, unless the board gave that job up: then the next one of its line may.
    _ = fronts.first(sizeAtMost: filing.freeByteCount) { front in
      if let first, first < front.job { return true }
      guard gaveUp.contains(front.job) else {
        first = front.job
        return true
      }
      if let next = waiting.lines[front.demand]?.elements.first(where: { !gaveUp.contains($0) }) {
        first = min(first ?? next, next)
      }
      return false
    }
    return first
  }
}
