internal import DequeModule
internal import Fabric
internal import Messages
internal import SoftFPGA

/// The network between the broker and everybody else: each link delivers in order, after a delay of its own for each message.
///
/// Messages are handed over as values. None is lost: a loss would be a ``send(_:over:at:)`` that gives no instant.
struct Network {
  private struct Link {
    var underway: Deque<Envelope> = []
    var lastArrival = WallInstant(nanoseconds: 0)
  }

  /// The links to the broker, by sender, then those from it, by receiver.
  private var links: [Link]
  private var random: SplitMix64
  private let latencyNanoseconds: Int64
  private let jitterNanoseconds: Int64
  private let bytesPerSecond: Int

  /// Joins so many nodes to the broker.
  init(nodes: Int, _ configuration: ClusterConfiguration) {
    self.links = Array(repeating: Link(), count: 2 * nodes)
    self.random = SplitMix64(seed: configuration.seed)
    self.latencyNanoseconds = configuration.networkLatency.nanoseconds
    self.jitterNanoseconds = configuration.networkJitter.nanoseconds
    self.bytesPerSecond = configuration.networkBytesPerSecond
  }

  /// Puts a message on a link; gives the instant at which it arrives, which is never before the one sent last.
  mutating func send(_ envelope: Envelope, over link: Int, at now: WallInstant) -> WallInstant {
    let delay = latencyNanoseconds + draw(upTo: jitterNanoseconds)
    let arrival = max(WallInstant(nanoseconds: now.nanoseconds + delay), links[link].lastArrival)
    links[link].lastArrival = arrival
    links[link].underway.append(envelope)
    return arrival
  }

  /// Takes the oldest message off a link.
  mutating func receive(over link: Int) -> Envelope? { links[link].underway.popFirst() }

  /// How many nanoseconds it takes to ask for bytes, or to send them, and to be answered.
  mutating func exchange(byteCount: Int) -> Int64 {
    2 * latencyNanoseconds + draw(upTo: 2 * jitterNanoseconds)
      + transferTime(of: byteCount, bytesPerSecond: bytesPerSecond).nanoseconds
  }

  /// A number of `0...limit`.
  mutating func draw(upTo limit: Int64) -> Int64 { Int64(random.draw(0...Int(limit))) }
}
