import Fabric
import Messages
import Synchronization
import Transfer

/// What becomes of one message.
enum Fate { case delivered, lost, doubled, late }

/// A transport in memory; its two ends are made by ``pair(plan:)``.
///
/// A message that is lost or late is what a sender's retry is for, so it is reported: the test wakes one sleeper.
final class TestLink: Transport {
  static let client = Peer.accepted(connection: [1])
  static let server = Peer.dialed(endpoint: "tcp://127.0.0.1:7440")

  let inbound: AsyncStream<Inbound>
  private let arrivals: AsyncStream<Inbound>.Continuation
  /// Where this end's messages go, and under which name they come.
  private let other = Mutex<(arrivals: AsyncStream<Inbound>.Continuation, name: Peer)?>(nil)
  private let late = Mutex<[Inbound]>([])
  private let plan: @Sendable (Envelope) throws(TransportError) -> Fate

  private init(plan: @escaping @Sendable (Envelope) throws(TransportError) -> Fate) {
    (self.inbound, self.arrivals) = AsyncStream.makeStream()
    self.plan = plan
  }

  static func pair(
    plan: @escaping @Sendable (Envelope) throws(TransportError) -> Fate = { (_) throws(TransportError) in .delivered }
  ) -> (client: TestLink, server: TestLink) {
    let (a, b) = (TestLink(plan: plan), TestLink(plan: plan))
    a.other.withLock { $0 = (b.arrivals, client) }
    b.other.withLock { $0 = (a.arrivals, server) }
    return (a, b)
  }

  func send(_ envelope: Envelope, to peer: Peer) throws(TransportError) {
    guard let other = other.withLock({ $0 }) else { throw .closed }
    let message = Inbound(peer: other.name, envelope: envelope)
    switch try plan(envelope) {
    case .lost: return
    case .late:
      late.withLock { $0.append(message) }
      return
    case .doubled:
      other.arrivals.yield(message)
      other.arrivals.yield(message)
    case .delivered: other.arrivals.yield(message)
    }
    let late = late.withLock { late in
      defer { late = [] }
      return late
    }
    for message in late { other.arrivals.yield(message) }
  }

  func close() async { arrivals.finish() }
}

/// A client's exchange and a server's desk on the two ends of a link, with their inbound loops.
final class TestPair: Sendable {
  let time = VirtualTime()
  let store: MemoryStore
  let exchange: Exchange
  let desk: BlobDesk
  private let loops: [Task<Void, Never>]

  /// Every message lost or late wakes one sleeper, and so does a refusal for want of room, which is waited out.
  init(
    seed: UInt64, lost: Double = 0, doubled: Double = 0, late: Double = 0, attempts: Int = 100,
    store: MemoryStore = MemoryStore(), onStored: @escaping @Sendable (BlobReference) -> Void = { _ in }
  ) {
    let generator = Mutex(SeededGenerator(seed: seed))
    let time = self.time
    let (client, server) = TestLink.pair { (envelope) throws(TransportError) in
      if case .refused(let refusal) = envelope.message, refusal.code == "transfer.deskFull" { time.wakeOne() }
      switch generator.withLock({ Double.random(in: 0..<1, using: &$0) }) {
      case ..<lost:
        time.wakeOne()
        return .lost
      case ..<(lost + late):
        time.wakeOne()
        return .late
      case ..<(lost + late + doubled): return .doubled
      default: return .delivered
      }
    }
    let exchange = Exchange(over: client, time: time, firstRequest: seed, attempts: attempts)
    let desk = BlobDesk(store: store, time: time, onStored: onStored)
    self.store = store
    self.exchange = exchange
    self.desk = desk
    self.loops = [
      Task { for await message in client.inbound { _ = exchange.take(message.envelope, from: TestLink.server) } },
      Task {
        for await message in server.inbound {
          guard let answer = await desk.answer(message.envelope.message, from: message.peer) else { continue }
          try? server.send(Envelope(answer, request: message.envelope.request), to: message.peer)
        }
      },
    ]
  }

  deinit { for loop in loops { loop.cancel() } }
}
