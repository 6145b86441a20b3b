/// A core in its driver's hands: every event and what followed is shown to the observer, in order.
public struct ObservedCore<Core: ReplayableCore>: ~Copyable {
  public private(set) var core: Core
  private var actions = Actions<Core.Action>()
  private let configuration: Core.Configuration
  private let observer: (any CoreObserver<Core>)?

  public init(_ configuration: Core.Configuration, observer: (any CoreObserver<Core>)?) {
    self.core = Core(configuration)
    self.configuration = configuration
    self.observer = observer
  }

  /// Rebuilds the state from the journal, before any event.
  public mutating func recover(_ records: [Core.Record]) throws(Core.Failure) {
    observer?.started(configuration, recovered: records)
    for record in records { try core.apply(record) }
  }

  /// Gives an event to the core; never suspends.
  public mutating func handle(_ event: Core.Event, at now: Now) throws(Core.Failure) -> [Core.Action] {
    try core.handle(event, at: now, into: &actions)
    let asked = actions.drain()
    observer?.handled(event, at: now, actions: asked)
    return asked
  }
}
