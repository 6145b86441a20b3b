internal import FoundationEssentials
internal import Synchronization

/// Writes down everything that a core was given and everything it said, as JSON lines that ``Replay`` takes.
///
/// The first line holds the configuration and the records that were recovered, each further one an event, its instant
/// and the actions that followed. Keys are sorted and numbers exact, so that the same lines are the same bytes.
public final class EventRecorder<Core: ReplayableCore>: CoreObserver {
  /// Takes one line with its line feed; a throw ends the recording.
  public typealias Sink = @Sendable (_ line: [UInt8]) throws -> Void

  private let sink: Mutex<Sink?>
  private let onFailure: @Sendable (any Error) -> Void

  /// Makes a recorder.
  ///
  /// - Parameters:
  ///   - sink: Writes a line; it is called in the order of events, never twice at once.
  ///   - onFailure: Told once, when the recording ends early; the core's driver goes on.
  public init(to sink: @escaping Sink, onFailure: @escaping @Sendable (any Error) -> Void) {
    self.sink = Mutex(sink)
    self.onFailure = onFailure
  }

  public func started(_ configuration: Core.Configuration, recovered: [Core.Record]) {
    write(Recording<Core>.Opening(configuration: configuration, recovered: recovered))
  }

  public func handled(_ event: Core.Event, at now: Now, actions: [Core.Action]) {
    write(Recording<Core>.Entry(event: event, now: now, actions: actions))
  }

  private func write(_ line: some Encodable & Sendable) {
    let failure = sink.withLock { sink -> (any Error)? in
      do {
        try sink?(try Recording<Core>.text(line))
        return nil
      } catch {
        sink = nil
        return error
      }
    }
    if let failure { onFailure(failure) }
  }
}

/// Runs a recording through a fresh core, with no clock, socket or file.
public enum Replay<Core: ReplayableCore> {
  /// Gives a recording's events to a core and compares what it says, byte for byte.
  ///
  /// O(`recording.count`). A last line without its line feed is left out: the process was killed while it wrote it.
  ///
  /// - Returns: The number of events.
  /// - Throws: ``ReplayError`` for the first line that differs or cannot be read, and what the core throws.
  public static func run(_ recording: [UInt8]) throws -> Int {
    var lines = recording.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    lines.removeLast()
    guard let first = lines.first else { throw ReplayError.unreadable(line: 1, "there is no opening line") }
    let opening: Recording<Core>.Opening = try read(first, number: 1)
    var core = Core(opening.configuration)
    for record in opening.recovered { try core.apply(record) }

    var actions = Actions<Core.Action>()
    for (index, line) in lines.enumerated().dropFirst() {
      let entry: Recording<Core>.Entry = try read(line, number: index + 1)
      try core.handle(entry.event, at: entry.now, into: &actions)
      let said = try Recording<Core>.text(
        Recording<Core>.Entry(event: entry.event, now: entry.now, actions: actions.drain())
      ).dropLast()
      guard said.elementsEqual(line) else {
        throw ReplayError.diverged(
          line: index + 1, recorded: excerpt(line, from: said), replayed: excerpt(said, from: line))
      }
    }
    return lines.count - 1
  }

  private static func read<Line: Decodable>(_ line: ArraySlice<UInt8>, number: Int) throws -> Line {
    do { return try JSONDecoder().decode(Line.self, from: Data(line)) } catch {
      throw ReplayError.unreadable(line: number, "\(error)")
    }
  }

  /// Where a line begins to differ from another, with some of what comes before.
  private static func excerpt(_ line: ArraySlice<UInt8>, from other: ArraySlice<UInt8>) -> String {
    let common = zip(line, other).prefix { $0 == $1 }.count
    return String(decoding: line.dropFirst(max(0, common - 80)).prefix(240), as: UTF8.self)
  }
}

/// Why a recording could not be replayed.
public enum ReplayError: TesseraError, Hashable {
  case unreadable(line: Int, String)
  /// The core said something else than it did in the recorded run.
  case diverged(line: Int, recorded: String, replayed: String)

  public var code: String {
    switch self {
    case .unreadable: "replay.unreadable"
    case .diverged: "replay.diverged"
    }
  }
  public var message: String {
    switch self {
    case .unreadable(let line, let reason): "line \(line) is no line of this core's recording: \(reason)"
    case .diverged(let line, let recorded, let replayed):
      "line \(line) differs: recorded ...\(recorded)..., replayed ...\(replayed)..."
    }
  }
  public var hint: String {
    switch self {
    case .unreadable: "record the run again with this release"
    case .diverged: "the core's decisions changed since the recording, or it reads something that is no event"
    }
  }
}

/// The lines of a recording.
private enum Recording<Core: ReplayableCore> {
  struct Opening: Codable {
    let configuration: Core.Configuration
    let recovered: [Core.Record]
  }

  struct Entry: Codable {
    let event: Core.Event
    let now: Now
    let actions: [Core.Action]
  }

  static func text(_ line: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(line)) + [UInt8(ascii: "\n")]
  }
}
