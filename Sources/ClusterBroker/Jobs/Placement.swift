public import Fabric

/// Which board a job goes to, and why not to the others: filter, rank, choose.
public struct Placement: Sendable, Hashable {
  /// Why a board cannot take a job.
  public enum Reason: Sendable, Hashable, Codable {
    case noImage(KernelName)
    case lost
    case noUsableSlot
    case full(limit: Int)

    /// The reason in words.
    public var sentence: String {
      switch self {
      case .noImage(let kernel): "it has no image for the kernel \(kernel)"
      case .lost: "its agent is not heard of"
      case .noUsableSlot: "all its slots are quarantined"
      case .full(let limit): "it holds its limit of \(limit) jobs"
      }
    }
  }

  /// A board that cannot take the job.
  public struct Refused: Sendable, Hashable {
    public let board: BoardID
    public let reason: Reason
  }

  /// What placement knows of a board.
  public struct Candidate: Sendable, Hashable {
    public let board: BoardID
    public let isOnline: Bool
    public let coverage: Coverage
    /// The area of the usable slots, in Little slots.
    public let usableArea: Int
    /// Board seconds per wall second, greater than 0.
    public let speed: Double
    /// The jobs that the board has or is about to get, and how many it may have.
    public var jobCount: Int
    public let jobLimit: Int
    /// The slot time that its jobs still need, in board microseconds.
    public var remainingMicroseconds: Double

    public init(
      board: BoardID, isOnline: Bool, coverage: Coverage, usableArea: Int, speed: Double, jobCount: Int, jobLimit: Int,
      remainingMicroseconds: Double
    ) {
      self.board = board
      self.isOnline = isOnline
      self.coverage = coverage
      self.usableArea = usableArea
      self.speed = speed
      self.jobCount = jobCount
      self.jobLimit = jobLimit
      self.remainingMicroseconds = remainingMicroseconds
    }

    /// Whether the board could take some job.
    var hasRoom: Bool { isOnline && usableArea > 0 && jobCount < jobLimit }

    /// Counts a job that was placed on the board.
    mutating func take(_ demand: Demand) {
      jobCount += 1
      remainingMicroseconds += demand.remainingMicroseconds
    }

    /// When the board would be done with its jobs and this one, in wall microseconds from now, were its slots always busy.
    func completion(with demand: Demand) -> Double {
      (remainingMicroseconds + demand.remainingMicroseconds) / (Double(usableArea) * speed)
    }

    /// Why the board cannot take the job, what lasts longest first.
    func refusal(of demand: Demand) -> Reason? {
      if let task = coverage.uncovered(in: demand.application).first { return .noImage(task.kernel) }
      if !isOnline { return .lost }
      if usableArea == 0 { return .noUsableSlot }
      return jobCount < jobLimit ? nil : .full(limit: jobLimit)
    }
  }

  /// What a job asks of a board.
  public struct Demand: Sendable, Hashable {
    public let application: Application
    /// The slot time that the job still needs, in board microseconds.
    public let remainingMicroseconds: Double
    /// The boards that gave the job up for their own fault, one entry per attempt.
    public let faultedBoards: [BoardID]
    public init(application: Application, remainingMicroseconds: Double, faultedBoards: [BoardID] = []) {
      self.application = application
      self.remainingMicroseconds = remainingMicroseconds
      self.faultedBoards = faultedBoards
    }
  }

  /// The boards that can take the job, the best first.
  public let ranked: [BoardID]
  /// The others, in the order of the candidates.
  public let refused: [Refused]

  public var choice: BoardID? { ranked.first }

  /// Ranks the boards by the faults that the job had on them, then by predicted completion, then by name.
  ///
  /// O(candidates x tasks), and sorting.
  public init(of demand: Demand, on candidates: [Candidate]) {
    var feasible: [(faults: Int, completion: Double, board: BoardID)] = []
    var refused: [Refused] = []
    for candidate in candidates {
      if let reason = candidate.refusal(of: demand) {
        refused.append(Refused(board: candidate.board, reason: reason))
      } else {
        let faults = demand.faultedBoards.count { $0 == candidate.board }
        feasible.append((faults, candidate.completion(with: demand), candidate.board))
      }
    }
    self.ranked = feasible.sorted { $0 < $1 }.map(\.board)
    self.refused = refused
  }
}

extension Job {
  /// The slot time that the job still needs, in board microseconds, as its application estimates it.
  func remainingMicroseconds(at progress: Progress) -> Double {
    request.application.tasks.reduce(0) { sum, task in
      sum + Double(max(0, itemCount - progress[task.name])) * Double(task.estimatedMicrosecondsPerItem)
    }
  }
}
