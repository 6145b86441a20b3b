public import Fabric

/// Draws traces of a load class, as the authors of Nimblock do (UIUC-ChenLab/Nimblock, `data_gen.py`).
///
/// Applications, batches (1 to the application's most) and priorities are uniform, and so are the gaps between arrivals,
/// in whole milliseconds from the least to the most of the class. An application with batches of one item, which is a
/// very long one in that catalogue, comes once in a sequence at most.
public struct TraceGenerator: Sendable {
  private let listings: [ApplicationCatalogue.Listing]
  private let priorities: [Int]
  /// Gaps in whole units of ``unit``.
  private let gaps: ClosedRange<Int>
  private let unit: Duration

  /// Prepares a load class of a catalogue.
  ///
  /// - Throws: ``CatalogueError/unknownLoadClass(_:known:)``.
  public init(loadClass: String, of catalogue: ApplicationCatalogue) throws(CatalogueError) {
    let gaps = try catalogue.gaps(of: loadClass)
    listings = catalogue.listings
    priorities = catalogue.priorities
    self.gaps = Int(gaps.lowerBound / .milliseconds(1))...Int(gaps.upperBound / .milliseconds(1))
    unit = .milliseconds(1)
  }

  /// Prepares arrivals whose gaps are uniform from nothing to twice the mean, in whole nanoseconds: a load for a
  /// cluster of any size.
  public init(meanGap: Duration, of catalogue: ApplicationCatalogue) {
    listings = catalogue.listings
    priorities = catalogue.priorities
    gaps = 0...Int(min(max(0, meanGap.nanoseconds), Trace.arrivals.upperBound.nanoseconds)) * 2
    unit = .nanoseconds(1)
  }

  /// Draws so many sequences; the same seed gives the same trace, and its sequences do not depend on how many follow.
  ///
  /// For each job an application is drawn, a batch, a priority, and, after the first, the gap before it. O(jobs ×
  /// applications).
  ///
  /// - Parameters:
  ///   - sequences: How many there are, 1 or more.
  ///   - jobs: The jobs of each, 1 or more.
  ///   - batch: The items of every job, in place of those that are drawn.
  ///   - seed: What is drawn from.
  /// - Returns: The sequences, one after the other.
  /// - Throws: `TraceError` beyond a trace's limits, ``CatalogueError/tooFewApplications(found:jobsPerSequence:)``.
  public func trace(sequences: Int, jobs: Int, batch: Int? = nil, seed: UInt64) throws -> Trace {
    guard sequences > 0, jobs > 0 else { throw TraceError.empty }
    let (count, overflow) = sequences.multipliedReportingOverflow(by: jobs)
    guard !overflow, count <= Trace.maximumEntryCount else {
      throw TraceError.tooManyRows(limit: Trace.maximumEntryCount)
    }
    var random = SplitMix64(seed: seed)
    var entries: [Trace.Entry] = []
    entries.reserveCapacity(count)
    for sequence in 0..<sequences {
      entries += try self.sequence(sequence, jobs: jobs, batch: batch, from: &random)
    }
    return try Trace(entries)
  }

  private func sequence(
    _ number: Int, jobs: Int, batch fixedBatch: Int?, from random: inout SplitMix64
  ) throws(CatalogueError) -> [Trace.Entry] {
    var candidates = listings
    var arrival = Duration.zero
    var entries: [Trace.Entry] = []
    for job in 0..<jobs {
      guard !candidates.isEmpty, !priorities.isEmpty else {
        throw .tooFewApplications(found: listings.count, jobsPerSequence: jobs)
      }
      let choice = random.draw(0...candidates.count - 1)
      let listing = candidates[choice]
      if listing.batchMaximum == 1 { candidates.remove(at: choice) }
      let batch = fixedBatch ?? random.draw(1...listing.batchMaximum)
      let priority = priorities[random.draw(0...priorities.count - 1)]
      if job > 0 { arrival += unit * random.draw(gaps) }
      entries.append(
        Trace.Entry(
          sequence: number, arrival: arrival, application: listing.application.name, batch: batch, priority: priority))
    }
    return entries
  }
}
