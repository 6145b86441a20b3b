import Fabric
import Messages
import Synchronization
import Testing
import Transfer

@Suite(.timeLimit(.minutes(1))) struct ExchangeTests {
  let time = VirtualTime()
  let standingTime = VirtualTime(stands: true)
  let server = TestLink.server

  @Test func `an answer reaches its request`() async throws {
    let sent = Mutex<[Envelope]>([])
    let exchange = answering(from: 41) { request in
      sent.withLock { $0.append(request) }
      return [Envelope(.accepted(JobID(rawValue: request.request)), request: request.request)]
    }
    for number in 41...43 {
      let answer = try await exchange.request(.boardsQuery, to: server)
      #expect(answer == .accepted(JobID(rawValue: UInt64(number))))
    }
    #expect(sent.withLock { $0.map(\.request) } == [41, 42, 43])
  }

  @Test func `request number 0 is never used`() async throws {
    for first in [UInt64.max, 0] {
      let numbers = Mutex<[UInt64]>([])
      let exchange = answering(from: first) { request in
        numbers.withLock { $0.append(request.request) }
        return [Envelope(.boards([]), request: request.request)]
      }
      for _ in 0..<3 { _ = try await exchange.request(.boardsQuery, to: server) }
      #expect(numbers.withLock { $0 } == (first == 0 ? [1, 2, 3] : [.max, 1, 2]))
    }
  }

  @Test func `a refusal is thrown with its own code`() async throws {
    let refusal = Refusal(code: "broker.unknownJob", message: "job 7 is not known", hint: "look at 'tessera status'")
    let exchange = answering { [Envelope(.refused(refusal), request: $0.request)] }
    let error = await #expect(throws: TransferError.refused(refusal)) {
      try await exchange.request(.boardsQuery, to: server)
    }
    #expect(error?.code == "broker.unknownJob")
  }

  @Test func `doubled, late and foreign answers are ignored`() async throws {
    let exchange = answering(from: 10) { request in
      [
        Envelope(.accepted(JobID(rawValue: 1)), request: 3),
        Envelope(.accepted(JobID(rawValue: 2)), request: request.request - 1),
        Envelope(.accepted(JobID(rawValue: request.request)), request: request.request),
        Envelope(.accepted(JobID(rawValue: 3)), request: request.request),
      ]
    }
    for number in UInt64(10)...12 {
      #expect(try await exchange.request(.boardsQuery, to: server) == .accepted(JobID(rawValue: number)))
    }
  }

  @Test func `only the peer that was asked can answer`() async throws {
    let exchange = silent { exchange, request in
      let answer = Envelope(.boards([]), request: request.request)
      #expect(exchange.take(answer, from: .dialed(endpoint: "tcp://127.0.0.1:1")))
      #expect(exchange.take(answer, from: .accepted(connection: [1])))
    }
    await #expect(throws: TransferError.noAnswer(server, attempts: 1, transport: nil)) {
      try await exchange(1).request(.boardsQuery, to: server)
    }
  }

  @Test func `a peer's own requests and what it says unasked are not taken`() throws {
    let exchange = Exchange(over: TestLink.pair(standingTime).client, time: standingTime, firstRequest: 1)
    #expect(!exchange.take(Envelope(.boardsQuery, request: 1), from: server))
    #expect(!exchange.take(Envelope(.unknownAgent), from: server))
    #expect(exchange.take(Envelope(.boards([]), request: 1), from: server))
  }

  @Test(arguments: [1, 2, 7]) func `a silent peer is asked as often as was said`(attempts: Int) async throws {
    let sends = Mutex(0)
    let exchange = silent { _, _ in sends.withLock { $0 += 1 } }
    await #expect(throws: TransferError.noAnswer(server, attempts: attempts, transport: nil)) {
      try await exchange(attempts).request(.boardsQuery, to: server)
    }
    #expect(sends.withLock { $0 } == attempts)
    #expect(time.now.wall == WallInstant(nanoseconds: 0) + .seconds(attempts))
  }

  @Test func `an unreachable peer is tried again, a message that cannot be sent is not`() async throws {
    let sends = Mutex(0)
    let time = self.time
    func exchange(_ error: TransportError) -> Exchange {
      let (client, _) = TestLink.pair(time) { (_) throws(TransportError) in
        sends.withLock { $0 += 1 }
        throw error
      }
      return Exchange(over: client, time: time, firstRequest: 1, attempts: 3)
    }
    let unreachable = TransportError.unreachable("the broker")
    await #expect(throws: TransferError.noAnswer(server, attempts: 3, transport: unreachable)) {
      try await exchange(unreachable).request(.boardsQuery, to: server)
    }
    #expect(sends.withLock { $0 } == 3)
    await #expect(throws: TransferError.unsendable(.closed)) {
      try await exchange(.closed).request(.boardsQuery, to: server)
    }
    #expect(sends.withLock { $0 } == 4)
  }

  @Test func `a cancelled request ends, and its answer is a late one`() async throws {
    let (sent, sending) = AsyncStream<UInt64>.makeStream()
    let (client, _) = TestLink.pair(standingTime) { (envelope) throws(TransportError) in
      sending.yield(envelope.request)
      return .lost
    }
    let exchange = Exchange(over: client, time: standingTime, firstRequest: 5)
    let task = Task { try await exchange.request(.boardsQuery, to: TestLink.server) }
    var numbers = sent.makeAsyncIterator()
    #expect(await numbers.next() == 5)
    task.cancel()
    await #expect(throws: TransferError.cancelled) { try await task.value }
    #expect(exchange.take(Envelope(.boards([]), request: 5), from: server))
  }

  @Test func `a request of a cancelled task is not waited for`() async throws {
    let exchange = Exchange(over: TestLink.pair(standingTime).client, time: standingTime, firstRequest: 5)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await exchange.request(.boardsQuery, to: TestLink.server)
    }
    await #expect(throws: TransferError.cancelled) { try await task.value }
  }

  @Test func `the number of waiting requests is limited`() async throws {
    let (sent, sending) = AsyncStream<UInt64>.makeStream()
    let (client, _) = TestLink.pair(standingTime) { (envelope) throws(TransportError) in
      sending.yield(envelope.request)
      return .lost
    }
    let exchange = Exchange(over: client, time: standingTime, firstRequest: 1)
    let tasks = (0..<Exchange.waitingLimit).map { _ in
      Task { try await exchange.request(.boardsQuery, to: TestLink.server) }
    }
    var numbers = sent.makeAsyncIterator()
    var open: [UInt64] = []
    while open.count < tasks.count, let number = await numbers.next() { open.append(number) }
    await #expect(throws: TransferError.tooManyRequests(limit: Exchange.waitingLimit)) {
      try await exchange.request(.boardsQuery, to: server)
    }
    for number in open { #expect(exchange.take(Envelope(.boards([]), request: number), from: server)) }
    for task in tasks { #expect(try await task.value == .boards([])) }
  }

  // MARK: -

  /// An exchange whose requests are answered while they are sent.
  private func answering(
    from first: UInt64 = 1, _ answers: @escaping @Sendable (Envelope) -> [Envelope]
  ) -> Exchange {
    let box = Box()
    let (client, _) = TestLink.pair(standingTime) { (request) throws(TransportError) in
      let exchange = box.exchange
      for answer in answers(request) { _ = exchange?.take(answer, from: TestLink.server) }
      return .delivered
    }
    let exchange = Exchange(over: client, time: standingTime, firstRequest: first)
    box.set(exchange)
    return exchange
  }

  /// Makes exchanges of so many attempts whose requests nobody answers; each that is sent wakes a sleeper.
  private func silent(
    _ onSend: @escaping @Sendable (Exchange, Envelope) -> Void
  ) -> (_ attempts: Int) -> Exchange {
    let time = self.time
    return { attempts in
      let box = Box()
      let (client, _) = TestLink.pair(time) { (request) throws(TransportError) in
        if let exchange = box.exchange { onSend(exchange, request) }
        return .lost
      }
      let exchange = Exchange(over: client, time: time, firstRequest: 1, attempts: attempts)
      box.set(exchange)
      return exchange
    }
  }
}

/// Lets a transport's plan name the exchange that is made over it; weak, as the exchange holds the transport.
private final class Box: Sendable {
  private struct Weak { weak var exchange: Exchange? }
  private let content = Mutex(Weak())
  var exchange: Exchange? { content.withLock { $0.exchange } }
  func set(_ exchange: Exchange) { content.withLock { $0.exchange = exchange } }
}
