package import Fabric

/// Which board a job goes to, and why not to the others: filter, rank, choose.
///
/// It asks every board, to explain; ``PlacementIndex`` finds the same board without.
package struct Placement: Sendable, Hashable {
  /// A board that cannot take the job.
  package struct Refused: Sendable, Hashable {
    package let board: BoardID
    package let reason: Infeasibility
  }

  /// What placement knows of a board.
  package struct Candidate: Sendable, Hashable {
    package let board: BoardID
    package let isOnline: Bool
    package let coverage: Coverage
    /// The area of the usable slots, in Little slots.
    package let usableArea: Int
    /// Board seconds per wall second, greater than 0.
    package let speed: Double
    /// The jobs that the board has or is about to get, and how many it may have.
    package var jobCount: Int
    package let jobLimit: Int
    /// The board memory that those jobs leave, in bytes.
    package var freeByteCount: Int
    /// The slot time that its jobs still need, in board microseconds.
    package var remainingMicroseconds: Double
    /// The jobs that the board gave up for its own fault since it was last heard of.
    package let gaveUp: Set<JobID>

    package init(
      board: BoardID, isOnline: Bool, coverage: Coverage, usableArea: Int, speed: Double, jobCount: Int, jobLimit: Int,
      freeByteCount: Int, remainingMicroseconds: Double, gaveUp: Set<JobID> = []
    ) {
      self.board = board
      self.isOnline = isOnline
      self.coverage = coverage
      self.usableArea = usableArea
      self.speed = speed
      self.jobCount = jobCount
      self.jobLimit = jobLimit
      self.freeByteCount = freeByteCount
      self.remainingMicroseconds = remainingMicroseconds
      self.gaveUp = gaveUp
    }

    /// When the board would be done with its jobs and this one, in wall microseconds from now, were its slots always busy.
    func completion(with demand: Demand) -> Double {
      (remainingMicroseconds + demand.remainingMicroseconds) / (Double(usableArea) * speed)
    }

    /// Why the board cannot take the job, what lasts longest first.
    func refusal(of demand: Demand) -> Infeasibility? {
      if let task = coverage.uncovered(in: demand.application, at: demand.progress).first {
        return Infeasibility(coverage.gap(at: task, in: demand.application))
      }
      if !isOnline { return .lost }
      if usableArea == 0 { return .noUsableSlot }
      return momentaryRefusal(of: demand)
    }

    /// Why the board cannot take the job just now.
    private func momentaryRefusal(of demand: Demand) -> Infeasibility? {
      if gaveUp.contains(demand.job) { return .gaveUp }
      if jobCount >= jobLimit { return .full(limit: jobLimit) }
      if demand.ringByteCount > freeByteCount {
        return .noMemory(needed: demand.ringByteCount, free: max(0, freeByteCount))
      }
      return nil
    }
  }

  /// What a job asks of a board.
  package struct Demand: Sendable, Hashable {
    package let job: JobID
    package let application: Application
    /// Where the job would go on.
    package let progress: Progress
    /// The board memory that the job's rings take, in bytes.
    package let ringByteCount: Int
    /// The slot time that the job still needs, in board microseconds.
    package let remainingMicroseconds: Double
    /// The boards that gave the job up for their own fault, one entry per attempt.
    package let faultedBoards: [BoardID]
    package init(
      job: JobID, application: Application, progress: Progress, ringByteCount: Int, remainingMicroseconds: Double,
      faultedBoards: [BoardID] = []
    ) {
      self.job = job
      self.application = application
      self.progress = progress
      self.ringByteCount = ringByteCount
      self.remainingMicroseconds = remainingMicroseconds
      self.faultedBoards = faultedBoards
    }
  }

  /// The boards that can take the job, the best first.
  package let ranked: [BoardID]
  /// The others, in the order of the candidates.
  package let refused: [Refused]

  package var choice: BoardID? { ranked.first }

  /// Ranks the boards by the faults that the job had on them, then by predicted completion, then by name.
  ///
  /// O(candidates x tasks x images), and sorting.
  package init(of demand: Demand, on candidates: [Candidate]) {
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
