/// Lets one line a second through, so that a peer cannot fill the log.
struct LogThrottle {
  private var next: ContinuousClock.Instant?

  mutating func admits(at now: ContinuousClock.Instant) -> Bool {
    if let next, now < next { return false }
    next = now + .seconds(1)
    return true
  }
}
