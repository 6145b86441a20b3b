public import Fabric

/// What came of a trace on a board under some policies.
public struct SimulationReport: Sendable, Hashable {
  /// The trace's name, as its user spells it.
  public var trace: String
  /// The board descriptor's name, as its user spells it.
  public var board: String
  /// One report for each policy, in the order asked for.
  public var policies: [PolicyReport]

  public init(trace: String, board: String, policies: [PolicyReport]) {
    self.trace = trace
    self.board = board
    self.policies = policies
  }
}

/// What came of a trace under one policy.
public struct PolicyReport: Sendable, Hashable {
  /// A job that has ended.
  public struct Job: Sendable, Hashable {
    public var sequence: Int
    /// The job's place in its sequence, from 0.
    public var index: Int
    public var application: String
    public var batch: Int
    /// When it arrived, since the start of its sequence.
    public var arrival: Duration
    /// When its last item was done, since the start of its sequence.
    public var end: Duration

    public var response: Duration { end - arrival }

    public init(sequence: Int, index: Int, application: String, batch: Int, arrival: Duration, end: Duration) {
      self.sequence = sequence
      self.index = index
      self.application = application
      self.batch = batch
      self.arrival = arrival
      self.end = end
    }
  }

  /// A time in which a slot did one thing.
  public struct Span: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
      case configuring, running
    }
    public var sequence: Int
    public var slot: SlotID
    public var kind: Kind
    public var application: String
    /// Since the start of the sequence.
    public var begin: Duration
    public var end: Duration

    public init(sequence: Int, slot: SlotID, kind: Kind, application: String, begin: Duration, end: Duration) {
      self.sequence = sequence
      self.slot = slot
      self.kind = kind
      self.application = application
      self.begin = begin
      self.end = end
    }
  }

  public var policy: String
  /// The jobs in the trace's order.
  public var jobs: [Job]
  /// How many images were written, in all sequences.
  public var configurations: Int
  /// The part of all slots' time in which they ran an item, from 0 to 1.
  public var slotUtilisation: Double
  /// What the slots did, for a plot; those of one slot do not overlap.
  ///
  /// Empty where nothing is to be drawn.
  public var spans: [Span]

  /// The jobs' responses in figures; nil without a job.
  ///
  /// O(n log n).
  public var response: ResponseStatistics? { ResponseStatistics(of: jobs.map(\.response)) }

  public init(policy: String, jobs: [Job], configurations: Int, slotUtilisation: Double, spans: [Span] = []) {
    self.policy = policy
    self.jobs = jobs
    self.configurations = configurations
    self.slotUtilisation = slotUtilisation
    self.spans = spans
  }
}
