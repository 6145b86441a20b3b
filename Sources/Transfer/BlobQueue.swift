public import Messages

/// Messages about blobs that wait for the desk: in order for each peer, a few peers at once, the longest waiting first.
public struct BlobQueue: Sendable {
  /// Peers that are served at once.
  public static let concurrencyLimit = 8
  /// Messages that wait at most, 64 MiB of chunks.
  public static let waitingLimit = 256

  private var waiting: [Peer: [Envelope]] = [:]
  /// The peers of which messages wait and none is being served, in the order of their turns.
  private var turns: [Peer] = []
  private var served: Set<Peer> = []
  private var count = 0

  public init() {}

  /// Takes a message in, unless too many wait.
  public mutating func add(_ envelope: Envelope, from peer: Peer) -> Bool {
    guard count < Self.waitingLimit else { return false }
    count += 1
    if waiting[peer] == nil, !served.contains(peer) { turns.append(peer) }
    waiting[peer, default: []].append(envelope)
    return true
  }

  /// Takes out the next message that may be served, until ``finish(_:)`` is called for its peer.
  public mutating func next() -> (envelope: Envelope, peer: Peer)? {
    guard served.count < Self.concurrencyLimit, !turns.isEmpty else { return nil }
    let peer = turns.removeFirst()
    guard var envelopes = waiting.removeValue(forKey: peer), !envelopes.isEmpty else { return nil }
    let envelope = envelopes.removeFirst()
    if !envelopes.isEmpty { waiting[peer] = envelopes }
    served.insert(peer)
    count -= 1
    return (envelope, peer)
  }

  /// The peer's message was answered.
  public mutating func finish(_ peer: Peer) {
    served.remove(peer)
    if waiting[peer] != nil { turns.append(peer) }
  }
}
