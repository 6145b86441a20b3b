/// Sees everything that a core was given and everything it said, so that a run can be replayed.
public protocol CoreObserver<Core>: Sendable {
  associatedtype Core: ReplayableCore
  func started(_ configuration: Core.Configuration, recovered: [Core.Record])
  func handled(_ event: Core.Event, at now: Now, actions: [Core.Action])
}

/// A pure part that decides: one event and the current instant in, actions out.
public protocol ReplayableCore: Sendable {
  associatedtype Configuration: Sendable & Codable
  associatedtype Record: Sendable & Codable
  associatedtype Event: Sendable & Codable
  associatedtype Action: Sendable & Codable
  associatedtype Failure: Error

  init(_ configuration: Configuration)

  /// Rebuilds the state from one line of the journal.
  mutating func apply(_ record: Record) throws(Failure)

  mutating func handle(_ event: Event, at now: Now, into actions: inout Actions<Action>) throws(Failure)
}
