import Fabric
import Messages
import Synchronization
import Transfer
import TestBench

/// What becomes of one message.
enum Fate { case delivered, lost, doubled, late }

/// A transport in memory; its two ends are made by `pair`.
final class TestLink: Transport {
  typealias Plan = @Sendable (Envelope) throws(TransportError) -> Fate

  static let client = Peer.accepted(connection: [1])
  static let server = Peer.dialed(endpoint: "tcp://127.0.0.1:7440")

  let inbound: AsyncStream<Inbound>
  private let arrivals: AsyncStream<Inbound>.Continuation
  /// Where this end's messages go, and under which name they come.
  private let other = Mutex<(arrivals: AsyncStream<Inbound>.Continuation, name: Peer)?>(nil)
  private let late = Mutex<[Inbound]>([])
  private let plan: Plan
  private let time: VirtualTime

  private init(_ time: VirtualTime, _ plan: @escaping Plan) {
    (self.inbound, self.arrivals) = AsyncStream.makeStream()
    self.time = time
    self.plan = plan
  }

  /// Two ends; the clock is told of each message that arrives, and `plan` is asked about each that is sent.
  static func pair(
    _ time: VirtualTime, plan: @escaping Plan = { (_) throws(TransportError) in .delivered }
  ) -> (client: TestLink, server: TestLink) {
    let (a, b) = (TestLink(time, plan), TestLink(time, plan))
    a.other.withLock { $0 = (b.arrivals, client) }
    b.other.withLock { $0 = (a.arrivals, server) }
    return (a, b)
  }

  func send(_ envelope: Envelope, to peer: Peer) throws(TransportError) {
    guard let other = other.withLock({ $0 }) else { throw .closed }
    let message = Inbound(peer: other.name, envelope: envelope)
    func arrive(_ message: Inbound) {
      time.messageArrived()
      other.arrivals.yield(message)
    }

    switch try plan(envelope) {
    case .lost: return
    case .late:
      late.withLock { $0.append(message) }
      return
    case .doubled:
      arrive(message)
      arrive(message)
    case .delivered: arrive(message)
    }
    // What is late comes after the next message of its direction.
    let late = late.withLock { late in
      defer { late = [] }
      return late
    }
    for message in late { arrive(message) }
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

  /// Makes a pair on a link with these probabilities for each message.
  init(
    seed: UInt64, lost: Double = 0, doubled: Double = 0, late: Double = 0, store: MemoryStore = MemoryStore()
  ) {
    let generator = Mutex(SeededRandom(seed: seed))
    let time = self.time
    let (client, server) = TestLink.pair(time) { (_) throws(TransportError) in
      switch generator.withLock({ Double.random(in: 0..<1, using: &$0) }) {
      case ..<lost: .lost
      case ..<(lost + late): .late
      case ..<(lost + late + doubled): .doubled
      default: .delivered
      }
    }
    // Retries cost nothing here: a wait may also be passed over in the moment between an answer and its reader.
    let exchange = Exchange(over: client, time: time, firstRequest: seed, attempts: 10_000)
    let desk = BlobDesk(store: store, time: time)
    self.store = store
    self.exchange = exchange
    self.desk = desk
    self.loops = [
      Task {
        for await message in client.inbound {
          _ = exchange.take(message.envelope, from: TestLink.server)
          time.messageWasHandled()
        }
      },
      Task {
        for await message in server.inbound {
          if let answer = await desk.answer(message.envelope.message, from: message.peer) {
            try? server.send(Envelope(answer, request: message.envelope.request), to: message.peer)
          }
          time.messageWasHandled()
        }
      },
    ]
  }

  deinit { for loop in loops { loop.cancel() } }
}
