internal import Fabric
internal import Messages
internal import Reconfig

/// The newest configurations of the board, for people.
struct Timeline: Sendable, Hashable {
  private(set) var newest: [ConfigurationEntry] = []
  private var lastNumber = 0

  /// Notes that a configuration has ended; `began` is nil where the port was never reached.
  mutating func note(
    _ request: ConfigurationQueue.Request, image: String, supply: PartialSupply, began: BoardInstant?,
    ended: BoardInstant, failure: String?
  ) {
    lastNumber += 1
    newest.append(
      ConfigurationEntry(
        number: lastNumber, slot: request.slot, image: image, job: request.execution.job, supply: supply,
        requested: request.requested, began: began ?? ended, ended: ended, failure: failure))
    newest = newest.suffix(MessageLimits.configurationsPerHeartbeat)
  }
}
