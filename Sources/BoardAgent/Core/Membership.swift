internal import Fabric

/// The agent's side of its tie to the broker: registering, heartbeats and the lease.
struct Membership: Sendable, Hashable {
  private struct Sent: Hashable {
    let number: UInt64
    let at: WallInstant
  }

  private enum State: Hashable {
    /// Nothing was sent yet.
    case unknown
    /// The first try counts for the lease, since that may be the one that is answered.
    case registering(first: WallInstant, latest: WallInstant)
    case member(leaseDuration: Duration, next: WallInstant, unanswered: [Sent])
  }

  /// What shall be sent now.
  enum Due: Hashable {
    case register
    case heartbeat(number: UInt64)
  }

  /// Heartbeats without an answer that are remembered; older ones no longer count for the lease.
  private static let unansweredLimit = 64

  private let interval: Duration
  private var state = State.unknown
  private var lastNumber: UInt64 = 0
  /// Kept apart from the state: a broker that forgot this agent does not end a lease that still runs.
  private var leaseEnds: WallInstant?

  init(interval: Duration) { self.interval = interval }

  /// Whether the lease still runs, so that new items may be launched.
  func mayLaunch(at now: WallInstant) -> Bool { leaseEnds.map { now < $0 } ?? false }

  /// When ``due(at:)`` has something next; nil where it has now.
  var nextDeadline: WallInstant? {
    switch state {
    case .unknown: nil
    case .registering(_, let latest): latest + interval
    case .member(_, let next, _): next
    }
  }

  mutating func due(at now: WallInstant) -> Due? {
    if let nextDeadline, now < nextDeadline { return nil }
    switch state {
    case .unknown:
      state = .registering(first: now, latest: now)
      return .register
    case .registering(let first, _):
      state = .registering(first: first, latest: now)
      return .register
    case .member(let leaseDuration, _, let unanswered):
      lastNumber += 1
      let remembered = (unanswered + [Sent(number: lastNumber, at: now)]).suffix(Self.unansweredLimit)
      state = .member(
        leaseDuration: leaseDuration, next: heartbeat(after: now, leaseDuration), unanswered: Array(remembered))
      return .heartbeat(number: lastNumber)
    }
  }

  /// The broker has taken the agent in; false where that was known.
  mutating func welcomed(leaseDuration: Duration) -> Bool {
    guard case .registering(let first, let latest) = state else { return false }
    extendLease(to: first + leaseDuration)
    state = .member(leaseDuration: leaseDuration, next: heartbeat(after: latest, leaseDuration), unanswered: [])
    return true
  }

  /// The broker has answered a heartbeat; the lease counts from its sending.
  mutating func answered(_ number: UInt64) {
    guard case .member(let leaseDuration, let next, let unanswered) = state,
      let sent = unanswered.first(where: { $0.number == number })
    else { return }
    extendLease(to: sent.at + leaseDuration)
    state = .member(
      leaseDuration: leaseDuration, next: next, unanswered: unanswered.filter { $0.number > number })
  }

  /// The broker does not know this agent: register again, at once.
  mutating func forgotten() {
    guard case .member = state else { return }
    state = .unknown
  }

  /// Three heartbeats a lease at least, whatever the operator asked for.
  private func heartbeat(after sent: WallInstant, _ leaseDuration: Duration) -> WallInstant {
    sent + min(interval, leaseDuration / 3)
  }

  private mutating func extendLease(to end: WallInstant) { leaseEnds = max(leaseEnds ?? end, end) }
}
