import Digests
import Fabric
import Reconfig
import Testing

@Suite struct ConfigurationQueueTests {
  @Test func `a partial is read and then written`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    #expect(queue.next(at: at(0)) == [])
    let a = request("a", 3)
    try queue.request(a)
    #expect(queue.next(at: at(1)) == [.fetch(a.partial)])
    #expect(queue.next(at: at(2)) == [], "one thing is asked for once")
    #expect(try queue.fetched(a.partial) == [])
    #expect(queue.next(at: at(5)) == [.write(slot(3), a.partial.digest)])
    #expect(queue.next(at: at(6)) == [])
    #expect(try queue.written(slot(3), succeeded: true, at: at(9)) == .configured(a, began: at(5).board))
    #expect(queue.next(at: at(9)) == [])
  }

  @Test func `the port writes one image at a time, and the next is read meanwhile`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    let (a, b, c) = (request("a", 0), request("b", 1), request("c", 2))
    for request in [a, b, c] { try queue.request(request) }
    #expect(queue.next(at: at(0)) == [.fetch(a.partial)])
    _ = try queue.fetched(a.partial)
    #expect(queue.next(at: at(1)) == [.fetch(b.partial), .write(slot(0), a.partial.digest)])
    _ = try queue.fetched(b.partial)
    #expect(queue.next(at: at(2)) == [.fetch(c.partial)], "storage goes on, the port is busy")
    _ = try queue.fetched(c.partial)
    #expect(queue.next(at: at(3)) == [])
    _ = try queue.written(slot(0), succeeded: true, at: at(4))
    #expect(queue.next(at: at(4)) == [.write(slot(1), b.partial.digest)])
    _ = try queue.written(slot(1), succeeded: true, at: at(5))
    #expect(queue.next(at: at(5)) == [.write(slot(2), c.partial.digest)])
  }

  @Test func `a partial in memory is not read again`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    for round in 0..<3 {
      try queue.request(request("a", 0))
      let asked = queue.next(at: at(0))
      guard round > 0 else {
        #expect(asked == [.fetch(partial("a", 0))])
        _ = try queue.fetched(partial("a", 0))
        #expect(queue.next(at: at(0)).count == 1)
        _ = try queue.written(slot(0), succeeded: true, at: at(0))
        continue
      }
      #expect(asked == [.write(slot(0), partial("a", 0).digest)])
      _ = try queue.written(slot(0), succeeded: true, at: at(0))
    }
  }

  @Test func `a later request whose partial is in memory goes before one that is still being read`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    try queue.request(request("a", 0))
    _ = queue.next(at: at(0))
    _ = try queue.fetched(partial("a", 0))
    _ = queue.next(at: at(0))
    _ = try queue.written(slot(0), succeeded: true, at: at(0))

    try queue.request(request("b", 1))
    try queue.request(request("a", 0))
    #expect(queue.next(at: at(1)) == [.fetch(partial("b", 1)), .write(slot(0), partial("a", 0).digest)])
    _ = try queue.fetched(partial("b", 1))
    _ = try queue.written(slot(0), succeeded: true, at: at(2))
    #expect(queue.next(at: at(2)) == [.write(slot(1), partial("b", 1).digest)])
  }

  @Test func `requests whose partials are in memory are written in their order`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    for (name, number) in [("a", 0), ("b", 1)] {
      try queue.request(request(name, number))
      _ = queue.next(at: at(0))
      _ = try queue.fetched(partial(name, number))
      _ = queue.next(at: at(0))
      _ = try queue.written(slot(number), succeeded: true, at: at(0))
    }
    try queue.request(request("b", 1))
    try queue.request(request("a", 0))
    #expect(queue.next(at: at(1)) == [.write(slot(1), partial("b", 1).digest)])
    _ = try queue.written(slot(1), succeeded: true, at: at(2))
    #expect(queue.next(at: at(2)) == [.write(slot(0), partial("a", 0).digest)])
  }

  @Test func `a failed write is tried again after a wait that doubles, then the slot is quarantined`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    let a = request("a", 0)
    try queue.request(a)
    _ = queue.next(at: at(0))
    _ = try queue.fetched(a.partial)
    let write = ConfigurationQueue.Action.write(slot(0), a.partial.digest)
    #expect(queue.next(at: at(0)) == [write])
    #expect(try queue.written(slot(0), succeeded: false, at: at(1000)) == .retrying(a, attempt: 2))
    #expect(queue.next(at: at(1000)) == [.wake(at: at(1100).wall)])
    #expect(queue.next(at: at(1099)) == [.wake(at: at(1100).wall)])
    #expect(queue.next(at: at(1100)) == [write])
    #expect(try queue.written(slot(0), succeeded: false, at: at(2000)) == .retrying(a, attempt: 3))
    #expect(queue.next(at: at(2199)) == [.wake(at: at(2200).wall)])
    #expect(queue.next(at: at(2200)) == [write])
    #expect(try queue.written(slot(0), succeeded: false, at: at(3000)) == .quarantine(a, began: at(2200).board))
    #expect(queue.next(at: at(9000)) == [])
    try queue.request(a)
    #expect(queue.next(at: at(9000)) == [write], "a slot that was reset begins with no failures")
  }

  @Test func `a retry that succeeds configures the slot`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    let a = request("a", 0)
    try queue.request(a)
    _ = queue.next(at: at(0))
    _ = try queue.fetched(a.partial)
    _ = queue.next(at: at(0))
    _ = try queue.written(slot(0), succeeded: false, at: at(10))
    _ = queue.next(at: at(110))
    #expect(try queue.written(slot(0), succeeded: true, at: at(120)) == .configured(a, began: at(110).board))
  }

  @Test func `others are written while a retry waits, and it goes first when it is due`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    let names = [("a", 0), ("b", 1), ("c", 2)]
    for (name, number) in names { try queue.request(request(name, number)) }
    _ = queue.next(at: at(0))
    _ = try queue.fetched(partial("a", 0))
    _ = queue.next(at: at(0))
    _ = try queue.fetched(partial("b", 1))
    _ = queue.next(at: at(0))
    _ = try queue.fetched(partial("c", 2))
    _ = try queue.written(slot(0), succeeded: false, at: at(10))
    #expect(queue.next(at: at(10)) == [.write(slot(1), partial("b", 1).digest)])
    _ = try queue.written(slot(1), succeeded: true, at: at(200))
    #expect(queue.next(at: at(200)) == [.write(slot(0), partial("a", 0).digest)])
    _ = try queue.written(slot(0), succeeded: true, at: at(210))
    #expect(queue.next(at: at(210)) == [.write(slot(2), partial("c", 2).digest)])
  }

  @Test func `a failed read fails exactly the requests of that partial`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    let requests = [request("a", 0), request("same", 1), request("b", 2), request("same", 3)]
    for request in requests { try queue.request(request) }
    #expect(queue.next(at: at(0)) == [.fetch(partial("a", 0))])
    _ = try queue.fetched(partial("a", 0))
    #expect(queue.next(at: at(0)) == [.fetch(partial("same", 1)), .write(slot(0), partial("a", 0).digest)])
    #expect(try queue.fetchFailed(partial("same", 1)) == [requests[1], requests[3]])
    #expect(queue.next(at: at(0)) == [.fetch(partial("b", 2))])
    #expect(try queue.written(slot(0), succeeded: true, at: at(1)) == .configured(requests[0], began: at(0).board))
    try queue.request(requests[1])
    _ = try queue.fetched(partial("b", 2))
    #expect(queue.next(at: at(1)).first == .fetch(partial("same", 1)), "a new request reads again")
  }

  @Test func `the partials used longest ago leave memory, and none that is needed`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 250)
    func configure(_ name: String, _ number: Int, evicting evicted: [String]) throws {
      try queue.request(request(name, number))
      if queue.next(at: at(0)) == [.fetch(partial(name, number))] {
        #expect(try queue.fetched(partial(name, number)) == evicted.map { partial($0, 0).digest })
        #expect(queue.next(at: at(0)) == [.write(slot(number), partial(name, number).digest)])
      } else {
        #expect(evicted.isEmpty)
      }
      _ = try queue.written(slot(number), succeeded: true, at: at(0))
    }
    try configure("a", 0, evicting: [])
    try configure("b", 1, evicting: [])
    try configure("a", 0, evicting: [])
    try configure("c", 2, evicting: ["b"])

    // `a` is being written and `c` waits, so that nothing can leave.
    try queue.request(request("a", 0))
    try queue.request(request("c", 2))
    try queue.request(request("d", 3))
    #expect(queue.next(at: at(0)) == [.fetch(partial("d", 3)), .write(slot(0), partial("a", 0).digest)])
    #expect(try queue.fetched(partial("d", 3)) == [])
    _ = try queue.written(slot(0), succeeded: true, at: at(0))
    _ = queue.next(at: at(0))
    _ = try queue.written(slot(2), succeeded: true, at: at(0))
    _ = queue.next(at: at(0))
    _ = try queue.written(slot(3), succeeded: true, at: at(0))
    try configure("e", 4, evicting: ["a", "c"])
  }

  @Test func `a partial larger than the cache is still brought in`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 50)
    try queue.request(request("a", 0))
    _ = queue.next(at: at(0))
    #expect(try queue.fetched(partial("a", 0)) == [])
    #expect(queue.next(at: at(0)) == [.write(slot(0), partial("a", 0).digest)])
  }

  @Test func `an event that was not asked for is an error`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    let (a, b) = (partial("a", 0), partial("b", 1))
    #expect(throws: ConfigurationError.notReading(a.digest)) { _ = try queue.fetched(a) }
    #expect(throws: ConfigurationError.notReading(a.digest)) { _ = try queue.fetchFailed(a) }
    #expect(throws: ConfigurationError.notWriting(slot(0))) {
      _ = try queue.written(slot(0), succeeded: true, at: at(0))
    }
    try queue.request(request("a", 0))
    #expect(throws: ConfigurationError.alreadyRequested(slot(0))) { try queue.request(request("b", 0)) }
    #expect(throws: ConfigurationError.notReading(a.digest)) { _ = try queue.fetched(a) }
    _ = queue.next(at: at(0))
    #expect(throws: ConfigurationError.notReading(b.digest)) { _ = try queue.fetched(b) }
    _ = try queue.fetched(a)
    #expect(throws: ConfigurationError.notReading(a.digest)) { _ = try queue.fetched(a) }
    #expect(throws: ConfigurationError.notWriting(slot(0))) {
      _ = try queue.written(slot(0), succeeded: false, at: at(0))
    }
    #expect(queue.next(at: at(0)) == [.write(slot(0), a.digest)])
    #expect(throws: ConfigurationError.notWriting(slot(1))) {
      _ = try queue.written(slot(1), succeeded: true, at: at(0))
    }
    #expect(throws: ConfigurationError.alreadyRequested(slot(0))) { try queue.request(request("a", 0)) }
    _ = try queue.written(slot(0), succeeded: false, at: at(0))
    #expect(throws: ConfigurationError.alreadyRequested(slot(0))) { try queue.request(request("a", 0)) }
  }

  @Test(arguments: [
    (ConfigurationError.alreadyRequested(slot(2)), "configuration.alreadyRequested"),
    (.notReading(Digest(of: [])), "configuration.notReading"), (.notWriting(slot(2)), "configuration.notWriting"),
  ])
  func `every error has a code and a sentence`(error: ConfigurationError, code: String) {
    #expect(error.code == code)
    #expect(!error.message.isEmpty && !error.hint.isEmpty)
  }
}
