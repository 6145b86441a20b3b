/// A recorded or generated list of arrivals, which a simulation replays.
///
/// Sequences are independent runs, each on a fresh board. The entries stay in the order of their file: the jobs of a
/// sequence need be neither together nor sorted.
public struct Trace: Sendable, Hashable {
  /// The arrival of one job.
  public struct Entry: Sendable, Hashable {
    /// The run that the job belongs to, in ``Trace/sequences``.
    public let sequence: Int
    /// Since the sequence's start, in whole nanoseconds of ``Trace/arrivals``.
    public let arrival: Duration
    /// An application's name in a catalogue, in the grammar of ``Name``.
    public let application: String
    /// Items, 1 to ``Limits/itemsPerBatch``.
    public let batch: Int
    /// 1 (least) to 9 (most).
    public let priority: Int

    /// Makes an entry; what it holds is checked when it becomes part of a trace.
    public init(sequence: Int, arrival: Duration, application: String, batch: Int, priority: Int) {
      self.sequence = sequence
      self.arrival = arrival
      self.application = application
      self.batch = batch
      self.priority = priority
    }
  }

  /// The numbers that sequences may have.
  public static let sequences = 0...Int(Int32.max)
  /// The arrivals that are possible: up to about 31 years.
  public static let arrivals = Duration.zero...Duration.seconds(1_000_000_000)
  /// The priorities that jobs may have.
  public static let priorities = 1...9
  /// The most bytes of a trace's CSV text.
  public static let maximumByteCount = 256 << 20
  /// The most entries of a trace.
  public static let maximumEntryCount = 2_000_000
  /// The most different applications in a trace.
  public static let maximumApplicationCount = 256

  /// 1 to ``maximumEntryCount`` entries.
  public let entries: [Entry]

  /// Takes over entries, in O(`entries.count`).
  ///
  /// - Throws: ``TraceError`` for the first entry out of range, named by the line that it would be in a file.
  public init(_ entries: [Entry]) throws(TraceError) {
    guard !entries.isEmpty else { throw .empty }
    guard entries.count <= Self.maximumEntryCount else { throw .tooManyRows(limit: Self.maximumEntryCount) }
    var applications: Set<String> = []
    for (index, entry) in entries.enumerated() {
      try entry.check(line: index + 2)
      if applications.insert(entry.application).inserted, applications.count > Self.maximumApplicationCount {
        throw .tooManyApplications(line: index + 2, limit: Self.maximumApplicationCount)
      }
    }
    self.entries = entries
  }

  /// Takes over entries that the decoder has checked.
  init(checked entries: [Entry]) { self.entries = entries }
}

extension Trace.Entry {
  fileprivate func check(line: Int) throws(TraceError) {
    func require(_ isRight: Bool, _ column: TraceColumn, _ found: String) throws(TraceError) {
      guard isRight else { throw .badValue(line: line, column: column, found: TraceError.excerpt(found.utf8)) }
    }
    try require(Trace.sequences.contains(sequence), .sequence, "\(sequence)")
    try require(
      Trace.arrivals.contains(arrival) && .nanoseconds(arrival.nanoseconds) == arrival, .arrival, "\(arrival)")
    try require(NameGrammar.accepts(application), .application, application)
    try require(1...Limits.itemsPerBatch ~= batch, .batch, "\(batch)")
    try require(Trace.priorities.contains(priority), .priority, "\(priority)")
  }
}

/// The columns of a trace's CSV text, in their order; the raw values are the first line.
public enum TraceColumn: String, Sendable, Hashable, Codable, CaseIterable {
  case sequence
  case arrival = "arrival_s"
  case application, batch, priority

  /// What a field of the column has to be.
  var needed: String {
    switch self {
    case .sequence: "a whole number from \(Trace.sequences.lowerBound) to \(Trace.sequences.upperBound)"
    case .arrival: "decimal seconds such as 0.05, from 0 to \(Trace.arrivals.upperBound.components.seconds)"
    case .application: "a name: \(NameGrammar.sentence)"
    case .batch: "a whole number from 1 to \(Limits.itemsPerBatch)"
    case .priority: "a whole number from \(Trace.priorities.lowerBound) to \(Trace.priorities.upperBound)"
    }
  }
}
