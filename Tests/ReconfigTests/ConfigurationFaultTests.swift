import Bitstream
import Fabric
import Reconfig
import Testing

/// Faults of the port, quarantine and reset, and blanking between tenants.
@Suite struct ConfigurationFaultTests {
  private let write = ConfigurationQueue.Action.write(partial("a", 0))

  /// A queue that is about to have the port write `a` into slot 0.
  private func writing(_ a: Request = request("a", 0)) throws -> ConfigurationQueue {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    try queue.take(a)
    _ = queue.next(at: at(0))
    _ = try queue.fetched(a.partial)
    #expect(queue.next(at: at(0)) == [write])
    return queue
  }

  /// A queue whose slot 0 is quarantined since 3 s.
  private func quarantined() throws -> ConfigurationQueue {
    var queue = try writing()
    for milliseconds in [Int64(1000), 2000] {
      _ = try queue.written(slot(0), fault(0), at: at(milliseconds))
      #expect(queue.next(at: at(milliseconds + 500)) == [write])
    }
    _ = try queue.written(slot(0), fault(0), at: at(3000))
    return queue
  }

  @Test func `a failed write is tried again after a wait that doubles, then the slot is quarantined with its reason`()
    throws
  {
    var queue = try writing()
    let a = request("a", 0)
    #expect(try queue.written(slot(0), fault(0), at: at(1000)) == .retrying(a, attempt: 2))
    #expect(queue.slotsPassedOver(at: at(1099).wall) == [slot(0)] && queue.slotsPassedOver(at: at(1100).wall) == [])
    #expect(queue.waitingSlots(at: at(1099).wall) == [] && queue.waitingSlots(at: at(1100).wall) == [slot(0)])
    #expect(queue.next(at: at(1000)) == [.wake(at: at(1100).wall)])
    #expect(queue.next(at: at(1099)) == [.wake(at: at(1100).wall)])
    #expect(queue.next(at: at(1100)) == [write])
    #expect(try queue.written(slot(0), fault(0), at: at(2000)) == .retrying(a, attempt: 3))
    #expect(queue.next(at: at(2199)) == [.wake(at: at(2200).wall)])
    #expect(queue.next(at: at(2200)) == [write])
    let reason = QuarantineReason(
      code: fault(0).code, message: fault(0).message, attempts: ConfigurationQueue.attemptLimit, since: at(3000).date)
    #expect(try queue.written(slot(0), fault(0), at: at(3000)) == .quarantined(reason, a, began: at(2200).board))
    #expect(queue.quarantine(of: slot(0)) == reason)
    #expect(queue.quarantine(of: slot(1)) == nil && queue.quarantine(of: slot(99)) == nil)
    #expect(queue.next(at: at(9000)) == [])
    #expect(throws: ConfigurationError.slotQuarantined(slot(0))) { _ = try queue.request(a) }
  }

  @Test func `a retry that succeeds configures the slot, and its faults are forgotten`() throws {
    var queue = try writing()
    for round in 0..<3 {
      let start = Int64(1000 * round)
      for attempt in 1..<ConfigurationQueue.attemptLimit {
        _ = try queue.written(slot(0), fault(0), at: at(start))
        #expect(queue.next(at: at(start + Int64(200 * attempt))) == [write])
      }
      #expect(
        try queue.written(slot(0), nil, at: at(start + 900))
          == .configured(request("a", 0), began: at(start + 400).board))
      try queue.take(request("a", 0))
      _ = queue.next(at: at(start + 950))
    }
  }

  @Test func `a fault of the image is not the slot's, and is not tried again`() throws {
    let a = request("a", 0)
    for fault in [
      BoardError.partialDoesNotFit(slot(0), expected: [], found: []),
      .relocationFailed(slot(0), from: slot(1), .unfinished("test", wordCount: 1)),
    ] {
      var queue = try writing()
      for round in 0..<Int64(2 * ConfigurationQueue.attemptLimit) {
        #expect(
          try queue.written(slot(0), fault, at: at(round)) == .refused(a, began: at(round == 0 ? 0 : round - 1).board))
        #expect(queue.next(at: at(round)) == [])
        try queue.take(a)
        #expect(queue.next(at: at(round)) == [write])
      }
      #expect(queue.cancel(slot(0)) == .atPort)
      #expect(try queue.written(slot(0), fault, at: at(9)) == .abandoned(a))
      #expect(queue.quarantine(of: slot(0)) == nil)
    }
  }

  @Test func `another image does not make a slot's faults forgotten`() throws {
    var queue = try writing()
    _ = try queue.written(slot(0), fault(0), at: at(0))
    #expect(queue.cancel(slot(0)) == .dropped(request("a", 0), holding: nil), "what was there is gone")
    try queue.take(request("b", 0))
    _ = queue.next(at: at(0))
    _ = try queue.fetched(partial("b", 0))
    #expect(queue.next(at: at(99)) == [.wake(at: at(100).wall)])
    #expect(queue.next(at: at(100)) == [.write(partial("b", 0))])
    #expect(try queue.written(slot(0), fault(0), at: at(101)) == .retrying(request("b", 0), attempt: 3))
  }

  @Test func `others are written while a retry waits, and it keeps its place`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    try queue.configure(request("a", 0), request("b", 1), request("c", 2))
    try queue.take(request("a", 0), request("b", 1), request("c", 2))
    _ = queue.next(at: at(0))
    _ = try queue.written(slot(0), fault(0), at: at(10))
    #expect(queue.next(at: at(10)) == [.write(partial("b", 1))])
    _ = try queue.written(slot(1), nil, at: at(200))
    #expect(queue.next(at: at(200)) == [write])
    _ = try queue.written(slot(0), nil, at: at(210))
    #expect(queue.next(at: at(210)) == [.write(partial("c", 2))])
  }

  @Test func `a failed read fails exactly the requests of that partial, whose slots keep what they hold`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    try queue.configure(request("a", 3))
    try queue.take(request("same", 1), request("b", 2), request("same", 3, from: 1))
    #expect(queue.next(at: at(0)) == [.fetch(partial("same", 1))])
    let failed = try queue.fetchFailed(partial("same", 1))
    #expect(failed.map(\.request) == [request("same", 1), request("same", 3, from: 1)])
    #expect(failed.map(\.holding) == [nil, request("a", 3).image])
    #expect(queue.next(at: at(0)) == [.fetch(partial("b", 2))])
    try queue.take(request("same", 1))
    _ = try queue.fetched(partial("b", 2))
    #expect(queue.next(at: at(1)).first == .fetch(partial("same", 1)), "a new request reads again")
  }

  // MARK: Reset

  @Test func `a reset blanks the slot, which is then as new`() throws {
    var queue = try quarantined()
    #expect(queue.reset(slot(1), at: at(4000).board) == false)
    #expect(queue.reset(slot(99), at: at(4000).board) == false)
    #expect(queue.reset(slot(0), at: at(4000).board) == true)
    #expect(queue.reset(slot(0), at: at(4000).board) == true, "asked twice, done once")
    #expect(queue.next(at: at(4000)) == [.blank(slot(0))])
    #expect(queue.reset(slot(0), at: at(4000).board) == true)
    #expect(queue.cancel(slot(0)) == .nothing, "it is no request")
    #expect(throws: ConfigurationError.slotQuarantined(slot(0))) { _ = try queue.request(request("a", 0)) }
    #expect(try queue.blanked(slot(0), nil, at: at(4001)) == .reset)
    #expect(queue.next(at: at(4001)) == [])
    #expect(queue.quarantine(of: slot(0)) == nil)
    try queue.take(request("a", 0, tenant: "other"))
    #expect(queue.next(at: at(4001)) == [write], "it is blank")
    #expect(
      try queue.written(slot(0), fault(0), at: at(4002)) == .retrying(request("a", 0, tenant: "other"), attempt: 2))
  }

  @Test func `a slot that fails to be reset stays in quarantine`() throws {
    var queue = try quarantined()
    #expect(queue.reset(slot(0), at: at(4000).board) == true)
    _ = queue.next(at: at(4000))
    let reason = QuarantineReason(code: fault(0).code, message: fault(0).message, attempts: 4, since: at(4001).date)
    #expect(try queue.blanked(slot(0), fault(0), at: at(4001)) == .quarantined(reason, nil, began: at(4000).board))
    #expect(queue.quarantine(of: slot(0)) == reason)
    #expect(queue.next(at: at(9000)) == [])
  }

  @Test func `a quarantine outlives a restart, until it is reset`() throws {
    let reason = QuarantineReason(code: "c", message: "m", attempts: 3, since: at(1).date)
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    for number in [0, 1, 99] { queue.recover(slot(number), quarantine: reason) }
    queue.recover(slot(1), quarantine: nil)
    #expect(queue.quarantine(of: slot(0)) == reason)
    try queue.take(request("a", 1))
    #expect(throws: ConfigurationError.slotQuarantined(slot(0))) { _ = try queue.request(request("a", 0)) }
  }

  // MARK: Tenants

  @Test func `another tenant's image is blanked before the write, unless the slot is blank`() throws {
    let (mine, theirs) = (request("a", 0, tenant: "mine"), request("b", 0, tenant: "theirs"))
    var queue = try writing(mine)
    _ = try queue.written(slot(0), nil, at: at(1))
    try queue.configure(mine)
    try queue.take(theirs)
    _ = queue.next(at: at(2))
    _ = try queue.fetched(theirs.partial)
    #expect(queue.next(at: at(2)) == [.blank(slot(0))])
    #expect(queue.next(at: at(2)) == [], "one thing at a time")
    #expect(try queue.blanked(slot(0), nil, at: at(3)) == .blanked(theirs))
    #expect(queue.next(at: at(3)) == [.write(theirs.partial)])
    #expect(try queue.written(slot(0), nil, at: at(4)) == .configured(theirs, began: at(3).board))
    try queue.configure(theirs)
  }

  @Test func `what is not known to be blank is blanked before its first image, and once`() throws {
    var queue = ConfigurationQueue(slotsAreBlank: false, cacheByteLimit: 1000)
    // A reset that an earlier agent did says nothing of what came after it.
    queue.recover(slot(0), quarantine: nil)
    try queue.take(request("a", 0))
    #expect(queue.next(at: at(0)) == [.fetch(partial("a", 0))])
    _ = try queue.fetched(partial("a", 0))
    #expect(queue.next(at: at(0)) == [.blank(slot(0))])
    #expect(try queue.blanked(slot(0), nil, at: at(1)) == .blanked(request("a", 0)))
    #expect(queue.next(at: at(1)) == [write])
    _ = try queue.written(slot(0), nil, at: at(2))
    try queue.configure(request("a", 0))
  }

  @Test func `a fault while blanking counts like a fault while writing`() throws {
    let (mine, theirs) = (request("a", 0, tenant: "mine"), request("a", 0, tenant: "theirs"))
    var queue = try writing(mine)
    _ = try queue.written(slot(0), fault(0), at: at(0))
    _ = queue.cancel(slot(0))
    try queue.take(theirs)
    #expect(queue.next(at: at(100)) == [.blank(slot(0))], "what the write left of it goes too")
    #expect(try queue.blanked(slot(0), fault(0), at: at(100)) == .retrying(theirs, attempt: 3))
    #expect(queue.next(at: at(300)) == [.blank(slot(0))])
    #expect(try queue.blanked(slot(0), nil, at: at(301)) == .blanked(theirs))
    #expect(queue.next(at: at(301)) == [write])
    guard case .quarantined(let reason, theirs, _) = try queue.written(slot(0), fault(0), at: at(302)) else {
      Issue.record("not quarantined")
      return
    }
    #expect(reason.attempts == 3)
  }

  @Test func `a request that is cancelled while its slot is blanked is not written`() throws {
    var queue = try writing(request("a", 0, tenant: "mine"))
    _ = try queue.written(slot(0), nil, at: at(0))
    let theirs = request("a", 0, tenant: "theirs")
    try queue.take(theirs)
    #expect(queue.next(at: at(1)) == [.blank(slot(0))])
    #expect(queue.cancel(slot(0)) == .atPort)
    #expect(try queue.blanked(slot(0), nil, at: at(2)) == .abandoned(theirs))
    #expect(queue.next(at: at(2)) == [])
    try queue.take(theirs)
    #expect(queue.next(at: at(3)) == [write])
  }
}

extension Now {
  /// As if the machine had begun in 1970.
  fileprivate var date: TimeOfDay { TimeOfDay(nanoseconds: wall.nanoseconds) }
}
