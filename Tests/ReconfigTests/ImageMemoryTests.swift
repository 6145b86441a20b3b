import Digests
import Fabric
import Reconfig
import Testing

/// What is in memory, and what leaves it.
@Suite struct ImageMemoryTests {
  /// Has storage and port do what is asked for; gives what was read and what left memory, by name.
  private func bring(_ name: String, _ number: Int, into queue: inout ConfigurationQueue) throws -> [String] {
    var events: [String] = []
    try queue.take(request(name, number))
    while true {
      var isIdle = true
      for action in queue.next(at: at(0)) {
        isIdle = false
        switch action {
        case .fetch(let partial):
          events.append("+" + self.name(of: partial.digest))
          events += try queue.fetched(partial).map { "-" + self.name(of: $0.digest) }
        case .write(let partial): _ = try queue.written(partial.slot, nil, at: at(0))
        case .blank, .wake: Issue.record("\(action)")
        }
      }
      if isIdle { return events }
    }
  }

  private func name(of wanted: Digest) -> String {
    ["a", "b", "c", "d", "e", "a0", "a1", "b0", "b1"].first { digest($0) == wanted } ?? "?"
  }

  @Test func `what no job needs leaves first, the least often used before others`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 300)
    for (name, events) in [
      ("a", ["+a"]), ("a", []), ("a", []), ("b", ["+b"]), ("c", ["+c"]), ("c", []), ("c", []), ("d", ["+d", "-b"]),
      ("e", ["+e", "-d"]),
    ] {
      #expect(try bring(name, 0, into: &queue) == events)
    }
  }

  @Test func `old fame fades`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 200)
    for _ in 0..<4 { _ = try bring("a", 0, into: &queue) }
    var evicted: [String] = []
    for _ in 0..<4 { for name in ["b", "c"] { evicted += try bring(name, 0, into: &queue) } }
    #expect(evicted.contains("-a"))
  }

  @Test func `what is planned stays, the sooner it is needed the longer`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 200)
    queue.plan([image("b"), image("a")])
    #expect(try bring("a", 0, into: &queue) == ["+a", "+b"], "and it is read ahead")
    #expect(try bring("c", 0, into: &queue) == ["+c", "-a", "+a", "-c"], "even in the place of what nobody needs")
    #expect(try bring("c", 0, into: &queue) == ["+c", "-a", "+a", "-c"])
    queue.plan([image("c"), image("b"), image("a")])
    #expect(try bring("c", 0, into: &queue) == ["+c", "-a"], "but not of what is needed sooner")
    #expect(try bring("c", 0, into: &queue) == [])
  }

  @Test func `nothing that is in use leaves, even over the limit`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 250)
    try queue.configure(request("a", 0), request("c", 2))
    // `a` is being written and `c` waits, so that nothing can leave.
    try queue.take(request("a", 0), request("c", 2), request("d", 3))
    #expect(queue.next(at: at(0)) == [.fetch(partial("d", 3)), .write(partial("a", 0))])
    #expect(try queue.fetched(partial("d", 3)) == [])
    for number in [0, 2, 3] {
      _ = try queue.written(slot(number), nil, at: at(0))
      _ = queue.next(at: at(0))
    }
    #expect(try bring("e", 4, into: &queue) == ["+e", "-d", "-a"])
  }

  @Test func `a partial larger than the cache is still brought in`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 50)
    queue.plan([image("b")])
    try queue.take(request("a", 0))
    #expect(queue.next(at: at(0)) == [.fetch(partial("a", 0))])
    #expect(try queue.fetched(partial("a", 0)) == [])
    #expect(queue.next(at: at(0)) == [.write(partial("a", 0))], "but not ahead of need")
  }

  @Test func `one partial of each planned image is read ahead, then the next of each`() throws {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    queue.plan([image("a", partials: ["a0", "a1"]), image("b", partials: ["b0", "b0", "b1"])])
    var read: [String] = []
    while case .fetch(let partial)? = queue.next(at: at(0)).first {
      #expect(queue.slotBeingReadFor == nil)
      read.append(name(of: partial.digest))
      _ = try queue.fetched(partial)
    }
    #expect(read == ["a0", "b0", "a1", "b1"])
  }

  @Test func `what a slot needs is read before what is planned, and what cannot be read is not read ahead again`()
    throws
  {
    var queue = ConfigurationQueue(cacheByteLimit: 1000)
    queue.plan([image("a"), image("b")])
    #expect(queue.next(at: at(0)) == [.fetch(partial("a", 0))])
    try queue.take(request("c", 2))
    let failed = try queue.fetchFailed(partial("a", 0))
    #expect(failed.isEmpty)
    #expect(queue.next(at: at(0)) == [.fetch(partial("c", 2))])
    _ = try queue.fetched(partial("c", 2))
    #expect(queue.next(at: at(0)).first == .fetch(partial("b", 0)))
    _ = try queue.fetched(partial("b", 0))
    queue.plan([image("b"), image("a")])
    _ = try queue.written(slot(2), nil, at: at(0))
    #expect(queue.next(at: at(0)) == [])
    try queue.take(request("a", 0))
    #expect(queue.next(at: at(0)) == [.fetch(partial("a", 0))])
  }
}
