import Fabric
import Logging
import Messages
import Synchronization
import Wire

/// Stands between agents and the broker, reads every message, and keeps back those that a test names.
///
/// So a fault can be set at the very moment when a certain message is on its way, whatever the machine's speed.
final class MessageProxy: Sendable {
  enum Direction: Sendable { case toBroker, toAgent }
  typealias Choice = @Sendable (Direction, Message) -> Bool

  private struct State {
    var choice: Choice?
    var kept: [@Sendable () -> Void] = []
    var links: [Peer: ZeroMQTransport] = [:]
    var tasks: [Task<Void, Never>] = []
  }

  let endpoint: String
  /// Every message that was kept back, as it comes.
  let keptBack: AsyncStream<Message>
  /// Every message that went through, as it goes.
  let passed: AsyncStream<Message>
  private let keptContinuation: AsyncStream<Message>.Continuation
  private let passedContinuation: AsyncStream<Message>.Continuation
  private let listener: ZeroMQTransport
  private let broker: Peer
  private let state = Mutex(State())
  private let log = Logger(label: "proxy") { _ in SwiftLogNoOpLogHandler() }

  /// Keeps back what `choice` says, until ``release()``.
  init(to brokerEndpoint: String, keepingBack choice: @escaping Choice) throws {
    listener = try ZeroMQTransport(listen: "tcp://127.0.0.1:*", logger: log)
    endpoint = listener.boundEndpoint ?? ""
    broker = .dialed(endpoint: brokerEndpoint)
    (keptBack, keptContinuation) = AsyncStream.makeStream(of: Message.self)
    (passed, passedContinuation) = AsyncStream.makeStream(of: Message.self)
    state.withLock { $0.choice = choice }
    let task = Task { await self.listen() }
    state.withLock { $0.tasks.append(task) }
  }

  /// Lets everything through, first what was kept back.
  func release() {
    state.withLock { state in
      state.choice = nil
      // Under the lock, lest a message that comes now overtakes them.
      for deliver in state.kept { deliver() }
      state.kept = []
    }
  }

  /// Throws away what was kept back, and goes on keeping back.
  func discard() { state.withLock { $0.kept = [] } }

  func close() async {
    let (links, tasks) = state.withLock { (Array($0.links.values), $0.tasks) }
    for transport in links + [listener] { await transport.close() }
    for task in tasks { await task.value }
    keptContinuation.finish()
    passedContinuation.finish()
  }

  private func listen() async {
    for await inbound in listener.inbound {
      guard let link = link(of: inbound.peer) else { continue }
      pass(inbound.envelope, .toBroker) { [broker] in try? link.send(inbound.envelope, to: broker) }
    }
  }

  /// Returns when a message that fits has gone through, now or since the last such question.
  func waits(for fits: @Sendable (Message) -> Bool) async {
    for await message in passed where fits(message) { return }
  }

  /// The connection to the broker that stands for one agent's connection to us.
  private func link(of agent: Peer) -> ZeroMQTransport? {
    state.withLock { state in
      if let link = state.links[agent] { return link }
      guard let link = try? ZeroMQTransport(listen: nil, logger: log) else { return nil }
      state.links[agent] = link
      state.tasks.append(
        Task {
          for await inbound in link.inbound {
            pass(inbound.envelope, .toAgent) { [listener] in try? listener.send(inbound.envelope, to: agent) }
          }
        })
      return link
    }
  }

  private func pass(_ envelope: Envelope, _ direction: Direction, _ deliver: @escaping @Sendable () -> Void) {
    let isKept = state.withLock { state in
      guard let choice = state.choice, choice(direction, envelope.message) else {
        deliver()
        return false
      }
      state.kept.append(deliver)
      return true
    }
    (isKept ? keptContinuation : passedContinuation).yield(envelope.message)
  }
}
