internal import Messages

/// The requests of a process that wait for their answers, by number.
struct WaitingRequests<Waiter> {
  private enum State {
    case unanswered
    case awaited(Waiter)
    case answered(Result<Message, TransferError>)
  }

  private let limit: Int
  private var next: UInt64
  private var entries: [UInt64: (peer: Peer, state: State)] = [:]

  init(first: UInt64, limit: Int) {
    self.next = first
    self.limit = limit
  }

  /// Takes a fresh number, never 0, for a request to a peer.
  mutating func open(to peer: Peer) throws(TransferError) -> UInt64 {
    guard entries.count < limit else { throw .tooManyRequests(limit: limit) }
    while next == 0 || entries[next] != nil { next &+= 1 }
    defer { next &+= 1 }
    entries[next] = (peer, .unanswered)
    return next
  }

  /// Lets somebody wait for a request's answer; returns it where it is there already.
  mutating func wait(for number: UInt64, _ waiter: Waiter) -> Result<Message, TransferError>? {
    guard let entry = entries[number] else { return .failure(.cancelled) }
    if case .answered(let answer) = entry.state { return answer }
    entries[number]?.state = .awaited(waiter)
    return nil
  }

  /// Takes the first answer to a request and returns who waits for it.
  ///
  /// A second answer changes nothing.
  mutating func settle(_ number: UInt64, with answer: Result<Message, TransferError>) -> Waiter? {
    guard let entry = entries[number] else { return nil }
    switch entry.state {
    case .answered: return nil
    case .unanswered:
      entries[number]?.state = .answered(answer)
      return nil
    case .awaited(let waiter):
      entries[number]?.state = .answered(answer)
      return waiter
    }
  }

  /// Whether a request to this very peer waits under the number.
  func isOpen(_ number: UInt64, to peer: Peer) -> Bool { entries[number]?.peer == peer }

  /// Forgets a request, whose later answers are late ones.
  mutating func close(_ number: UInt64) { entries[number] = nil }
}
