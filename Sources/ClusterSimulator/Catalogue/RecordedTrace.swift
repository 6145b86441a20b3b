internal import BoardAgent
internal import ClusterBroker
public import Fabric
internal import FoundationEssentials
internal import Messages

extension Trace {
  /// Takes the arrivals out of a recording that a daemon made with `--record`, as one sequence from the first on.
  ///
  /// Of a broker these are the submissions that it accepted, on the wall's clock; of an agent the jobs that it took, each
  /// once, on the board's. What a daemon had from an earlier run is not among them. A last line without its line feed is
  /// left out: the process was killed while it wrote it. O(`recording.count`).
  ///
  /// - Throws: `ReplayError/unreadable(line:_:)`, and `TraceError` where nothing arrived, or beyond a trace's limits.
  public init(recording: [UInt8]) throws {
    let reader = RecordingReader(recording)
    let arrivals: [RecordedArrival]
    switch try reader.daemon() {
    case .agent: arrivals = try reader.agentArrivals()
    case .broker: arrivals = try reader.brokerArrivals()
    }
    let start = arrivals.first?.nanoseconds ?? 0
    try self.init(
      arrivals.map { arrival in
        Entry(
          sequence: 0,
          arrival: .nanoseconds(max(0, arrival.nanoseconds.subtractingReportingOverflow(start).partialValue)),
          application: arrival.request.application.name, batch: arrival.request.inputs.count,
          priority: arrival.request.priority)
      })
  }
}

private struct RecordedArrival {
  let nanoseconds: Int64
  let request: JobRequest
}

/// The lines of a recording, as ``EventRecorder`` writes them.
private struct RecordingReader {
  enum Daemon { case agent, broker }

  private struct Opening<Configuration: Decodable>: Decodable { let configuration: Configuration }

  private struct Line<Core: ReplayableCore>: Decodable {
    let event: Core.Event
    let now: Now
    let actions: [Core.Action]
  }

  private let lines: [ArraySlice<UInt8>]

  init(_ recording: [UInt8]) {
    lines = recording.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
  }

  /// Whose recording it is: the configuration in its first line says so.
  func daemon() throws -> Daemon {
    guard let first = lines.first else { throw ReplayError.unreadable(line: 1, "there is no opening line") }
    if (try? read(first, number: 1) as Opening<AgentConfiguration>) != nil { return .agent }
    let _: Opening<BrokerConfiguration> = try read(first, number: 1)
    return .broker
  }

  func brokerArrivals() throws -> [RecordedArrival] {
    var arrivals: [RecordedArrival] = []
    try forEachLine(of: BrokerCore.self) { line in
      for case .persist(.submitted(_, _, let request), _) in line.actions {
        arrivals.append(RecordedArrival(nanoseconds: line.now.wall.nanoseconds, request: request))
      }
    }
    return arrivals
  }

  /// A job that was refused has no memory; one that comes back from another board has arrived before.
  func agentArrivals() throws -> [RecordedArrival] {
    var arrivals: [RecordedArrival] = []
    var known: Set<JobID> = []
    try forEachLine(of: AgentCore.self) { line in
      guard case .received(let envelope, _) = line.event, case .assign(let assignment) = envelope.message else {
        return
      }
      let execution = JobEpoch(job: assignment.job, epoch: assignment.epoch)
      let isTaken = line.actions.contains { action in
        switch action {
        case .allocate(execution, _), .adopt(execution, _): true
        default: false
        }
      }
      guard isTaken, known.insert(assignment.job).inserted else { return }
      arrivals.append(RecordedArrival(nanoseconds: line.now.board.nanoseconds, request: assignment.request))
    }
    return arrivals
  }

  private func forEachLine<Core: ReplayableCore>(of core: Core.Type, _ body: (Line<Core>) -> Void) throws {
    for (index, line) in lines.enumerated().dropFirst() { body(try read(line, number: index + 1)) }
  }

  private func read<Value: Decodable>(_ line: ArraySlice<UInt8>, number: Int) throws -> Value {
    do { return try JSONDecoder().decode(Value.self, from: Data(line)) } catch {
      throw ReplayError.unreadable(line: number, "\(error)")
    }
  }
}
