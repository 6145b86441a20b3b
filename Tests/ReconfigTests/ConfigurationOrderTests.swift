import Fabric
import Reconfig
import Testing

/// Whose image is read and written first.
@Suite struct ConfigurationOrderTests {
  @Test func `a partial is read and then written`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    #expect(queue.next(at: at(0)) == [])
    let a = request("a", 3)
    try queue.take(a)
    #expect(queue.next(at: at(1)) == [.fetch(a.partial)])
    #expect(queue.slotBeingReadFor == slot(3))
    #expect(queue.next(at: at(2)) == [], "one thing is asked for once")
    #expect(try queue.fetched(a.partial) == [])
    #expect(queue.next(at: at(5)) == [.write(a.partial)])
    #expect(queue.next(at: at(6)) == [])
    #expect(try queue.written(slot(3), nil, at: at(9)) == .configured(a, began: at(5).board))
    #expect(queue.next(at: at(9)) == [])
  }

  @Test func `the port writes one image at a time, and the next is read meanwhile`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    let (a, b, c) = (request("a", 0), request("b", 1), request("c", 2))
    try queue.take(a, b, c)
    #expect(queue.next(at: at(0)) == [.fetch(a.partial)])
    _ = try queue.fetched(a.partial)
    #expect(queue.next(at: at(1)) == [.fetch(b.partial), .write(a.partial)])
    _ = try queue.fetched(b.partial)
    #expect(queue.next(at: at(2)) == [.fetch(c.partial)], "storage goes on, the port is busy")
    _ = try queue.fetched(c.partial)
    #expect(queue.next(at: at(3)) == [])
    _ = try queue.written(slot(0), nil, at: at(4))
    #expect(queue.next(at: at(4)) == [.write(b.partial)])
    _ = try queue.written(slot(1), nil, at: at(5))
    #expect(queue.next(at: at(5)) == [.write(c.partial)])
  }

  @Test func `a partial in memory is not read again, and one read serves many slots`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    try queue.take(request("a", 0), request("a", 1, from: 0))
    #expect(queue.next(at: at(0)) == [.fetch(partial("a", 0))])
    _ = try queue.fetched(partial("a", 0))
    #expect(queue.next(at: at(0)) == [.write(partial("a", 0))])
    _ = try queue.written(slot(0), nil, at: at(0))
    #expect(queue.next(at: at(0)) == [.write(partial("a", 1, from: 0))])
    _ = try queue.written(slot(1), nil, at: at(0))
    try queue.take(request("a", 2, from: 0))
    #expect(queue.next(at: at(0)) == [.write(partial("a", 2, from: 0))])
  }

  @Test func `bytes that were verified for one slot are read and verified anew for another`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    try queue.configure(request("a", 0))
    try queue.take(request("a", 1))
    #expect(queue.next(at: at(0)) == [.fetch(partial("a", 1))])
    #expect(try queue.fetchFailed(partial("a", 1)).map(\.request) == [request("a", 1)])
    try queue.take(request("a", 0))
    #expect(queue.next(at: at(0)) == [.write(partial("a", 0))], "which says nothing of the first")
  }

  @Test func `a later request whose partial is in memory goes before one that is still being read`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    try queue.configure(request("a", 0))
    try queue.take(request("b", 1, need: .standingStill), request("a", 0, need: .ahead))
    #expect(queue.next(at: at(1)) == [.fetch(partial("b", 1)), .write(partial("a", 0))])
    _ = try queue.fetched(partial("b", 1))
    _ = try queue.written(slot(0), nil, at: at(2))
    #expect(queue.next(at: at(2)) == [.write(partial("b", 1))])
  }

  @Test func `what is needed most is read and written first, and of equals what came first`() throws {
    let needs: [ConfigurationNeed] = [.ahead, .progressing, .standingStill, .ahead, .progressing, .standingStill]
    var cold = ConfigurationQueue(cacheByteLimit: 1000)
    var warm = ConfigurationQueue(cacheByteLimit: 1000)
    for number in needs.indices { try warm.configure(request("\(number)", number)) }
    for (number, need) in needs.enumerated() {
      try cold.take(request("\(number)", number, need: need))
      try warm.take(request("\(number)", number, need: need))
    }
    for number in [2, 5, 1, 4, 0, 3] {
      #expect(cold.next(at: at(0)).first == .fetch(partial("\(number)", number)))
      _ = try cold.fetched(partial("\(number)", number))
      #expect(warm.next(at: at(0)) == [.write(partial("\(number)", number))])
      _ = try warm.written(slot(number), nil, at: at(0))
    }
  }

  @Test func `after its patience a request counts as one that a job stands still for`() throws {
    let patience = ConfigurationQueue.patience.nanoseconds / 1_000_000
    for (now, expected) in [(patience - 1, 1), (patience, 0)] {
      var queue = ConfigurationQueue(cacheByteLimit: 1000)
      try queue.configure(request("a", 0), request("b", 1))
      try queue.take(request("a", 0, need: .ahead), request("b", 1, need: .standingStill, at: now - 1))
      #expect(queue.next(at: at(now)) == [.write(partial(expected == 0 ? "a" : "b", expected))])
    }
  }

  @Test func `the same image for the same slot is one request, with the greater need`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    try queue.configure(request("a", 0), request("b", 1), request("c", 2))
    try queue.take(request("a", 0), request("b", 1), request("c", 2, need: .ahead))
    #expect(try queue.request(request("c", 2, need: .standingStill)) == .coalesced)
    #expect(try queue.request(request("c", 2, need: .ahead)) == .coalesced, "and it is not lessened")
    for name in ["c", "a", "b"] {
      let number = ["a": 0, "b": 1, "c": 2][name] ?? 0
      #expect(queue.next(at: at(0)) == [.write(partial(name, number))])
      #expect(try queue.request(request(name, number)) == .coalesced, "at the port too")
      _ = try queue.written(slot(number), nil, at: at(0))
    }
    #expect(queue.next(at: at(0)) == [])
  }

  @Test func `another image for a slot that waits takes the place of the first`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    try queue.configure(request("a", 0), request("b", 1))
    try queue.take(request("a", 0), request("a", 1, from: 0))
    #expect(try queue.request(request("b", 0, from: 1)) == .superseded(request("a", 0)))
    #expect(queue.next(at: at(0)) == [.write(partial("a", 1, from: 0))], "which queues up anew")
    _ = try queue.written(slot(1), nil, at: at(0))
    #expect(queue.next(at: at(0)) == [.write(partial("b", 0, from: 1))])
    #expect(throws: ConfigurationError.slotAtPort(slot(0))) { _ = try queue.request(request("a", 0)) }
  }

  @Test func `what waits can be cancelled, and the slot keeps what it holds`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    #expect(queue.cancel(slot(0)) == .nothing)
    try queue.configure(request("a", 0))
    try queue.take(request("b", 0), request("c", 1))
    #expect(queue.next(at: at(0)) == [.fetch(partial("b", 0))])
    #expect(queue.cancel(slot(0)) == .dropped(request("b", 0), holding: request("a", 0).image))
    #expect(queue.cancel(slot(1)) == .dropped(request("c", 1), holding: nil))
    #expect(queue.slotBeingReadFor == nil)
    _ = try queue.fetched(partial("b", 0))
    #expect(queue.next(at: at(1)) == [])
  }

  @Test func `what is being written is written to the end, but not again for nobody`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    try queue.configure(request("a", 0))
    for (fault, outcome) in [
      (nil, ConfigurationQueue.PortOutcome.configured(request("a", 0), began: at(0).board)),
      (fault(0), .abandoned(request("a", 0))),
    ] {
      try queue.take(request("a", 0))
      _ = queue.next(at: at(0))
      #expect(queue.cancel(slot(0)) == .atPort)
      #expect(try queue.written(slot(0), fault, at: at(1)) == outcome)
      #expect(queue.next(at: at(1)) == [])
    }
    try queue.take(request("a", 0))
    #expect(queue.next(at: at(1)) == [.wake(at: at(101).wall)], "the slot's own wait goes on")
    _ = queue.next(at: at(101))
    #expect(queue.cancel(slot(0)) == .atPort)
    #expect(try queue.request(request("a", 0)) == .coalesced, "wanted again")
    #expect(try queue.written(slot(0), fault(0), at: at(102)) == .retrying(request("a", 0), attempt: 3))
  }

  @Test func `an event that was not asked for is an error`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    let (a, b) = (partial("a", 0), partial("b", 1))
    #expect(throws: ConfigurationError.notReading(a.digest)) { _ = try queue.fetched(a) }
    #expect(throws: ConfigurationError.notReading(a.digest)) { _ = try queue.fetchFailed(a) }
    #expect(throws: ConfigurationError.notWriting(slot(0))) { _ = try queue.written(slot(0), nil, at: at(0)) }
    #expect(throws: ConfigurationError.notBlanking(slot(0))) { _ = try queue.blanked(slot(0), nil, at: at(0)) }
    for number in [-1, 6] {
      #expect(throws: ConfigurationError.unknownSlot(slot(number), slotCount: 6)) {
        _ = try queue.request(request("a", number))
      }
    }
    try queue.take(request("a", 0))
    #expect(throws: ConfigurationError.notReading(a.digest)) { _ = try queue.fetched(a) }
    _ = queue.next(at: at(0))
    #expect(throws: ConfigurationError.notReading(b.digest)) { _ = try queue.fetched(b) }
    _ = try queue.fetched(a)
    #expect(throws: ConfigurationError.notReading(a.digest)) { _ = try queue.fetched(a) }
    #expect(throws: ConfigurationError.notWriting(slot(0))) { _ = try queue.written(slot(0), fault(0), at: at(0)) }
    #expect(queue.next(at: at(0)) == [.write(a)])
    #expect(throws: ConfigurationError.notWriting(slot(1))) { _ = try queue.written(slot(1), nil, at: at(0)) }
    #expect(throws: ConfigurationError.notBlanking(slot(0))) { _ = try queue.blanked(slot(0), nil, at: at(0)) }
    #expect(try queue.written(slot(0), nil, at: at(0)) == .configured(request("a", 0), began: at(0).board))
  }

  @Test(arguments: [
    (ConfigurationError.unknownSlot(slot(7), slotCount: 6), "configuration.unknownSlot"),
    (.slotAtPort(slot(2)), "configuration.slotAtPort"), (.slotQuarantined(slot(2)), "configuration.slotQuarantined"),
    (.notReading(digest("")), "configuration.notReading"), (.notWriting(slot(2)), "configuration.notWriting"),
    (.notBlanking(slot(2)), "configuration.notBlanking"),
  ])
  func `every error has a code and a sentence`(error: ConfigurationError, code: String) {
    #expect(error.code == code)
    #expect(!error.message.isEmpty && !error.hint.isEmpty)
  }
}
