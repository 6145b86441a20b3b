import BoardAgent
import ClusterBroker
import Digests
import Fabric
import Messages

/// What can go wrong in a run, as probabilities.
struct Weather {
  /// A message is lost.
  var loss = 0.0
  /// A message comes twice, and messages overtake each other.
  var isChaotic = false
  /// A process dies, in each half second.
  var agentCrash = 0.0
  var brokerCrash = 0.0
  /// An agent cannot be reached for a while, in each half second.
  var cut = 0.0
  /// A checkpoint does not reach its destination.
  var undelivered = 0.0
  /// A long action of an agent fails.
  var fault = 0.0

  static let calm = Weather()
}

/// Something that must never happen.
struct Violation: Error, CustomStringConvertible {
  let description: String
}

/// Virtual time, a network and the processes on it.
///
/// A heap of what happens next; nothing else moves time. All randomness comes from the seed.
final class World {
  private struct Happening {
    let at: WallInstant
    let number: Int
    let body: () throws -> Void
  }

  static let brokerEndpoint = "tcp://broker"

  var random: SeededRandom
  var weather: Weather
  private(set) var now = WallInstant(nanoseconds: 1_000_000_000)
  private var heap: [Happening] = []
  private var count = 0
  private var lastArrival: [String: WallInstant] = [:]
  /// What the blobs hold.
  private var contents: [Digest: Content] = [:]
  /// The newest of what happened, for a failure's report.
  private var trace: [(WallInstant, String, Any)] = []

  private(set) lazy var broker = BrokerProcess(in: self)
  private(set) lazy var client = Client(in: self)
  private(set) var agents: [AgentProcess] = []
  /// Whether nothing is to go wrong any more, so that everything must end.
  private(set) var isOver = false

  init(seed: UInt64, weather: Weather) {
    self.random = SeededRandom(seed: seed)
    self.weather = weather
  }

  func start(agents count: Int, jobs: Int) throws {
    agents = try (0..<count).map { try AgentProcess($0, in: self) }
    try broker.start()
    for agent in agents { try agent.start() }
    try client.start(jobs: jobs)
    storm()
  }

  /// Lets the processes die and links fail, as the weather says.
  private func storm() {
    after(.milliseconds(500)) { [unowned self] in
      if isOver { return }
      if random.happens(weather.brokerCrash) { restart(broker.crash, broker.start) }
      for agent in agents {
        if random.happens(weather.agentCrash) { restart(agent.crash, agent.start) }
        if random.happens(weather.cut) { agent.cut(for: random.duration(100...6000)) }
      }
      storm()
    }
  }

  private func restart(_ crash: () -> Void, _ start: @escaping () throws -> Void) {
    crash()
    after(random.duration(1...3000), start)
  }

  /// Ends all failures; boards with faults are loaded anew, and the client resets their slots.
  func calmDown() {
    isOver = true
    weather = .calm
    for agent in agents where agent.isUp && agent.hadFaults { restart(agent.crash, agent.start) }
  }

  // MARK: Time

  func after(_ duration: Duration, _ body: @escaping () throws -> Void) {
    at(now + duration, body)
  }

  func at(_ instant: WallInstant, _ body: @escaping () throws -> Void) {
    count += 1
    heap.append(Happening(at: max(now, instant), number: count, body: body))
    var child = heap.count - 1
    while child > 0, isBefore(heap[child], heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Runs until an instant, or until `isDone` says so.
  func run(for duration: Duration, until isDone: () -> Bool = { false }) throws {
    let end = now + duration
    while let next = heap.first, next.at <= end {
      if isDone() { return }
      removeFirst()
      now = next.at
      try next.body()
    }
    now = end
  }

  private func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(heap[child], heap[least]) {
        least = child
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private func isBefore(_ a: Happening, _ b: Happening) -> Bool { (a.at, a.number) < (b.at, b.number) }

  /// How long something takes that mostly is quick.
  func delay(_ milliseconds: ClosedRange<Int>) -> Duration {
    random.happens(0.02) ? random.duration(0...(milliseconds.upperBound * 20)) : random.duration(milliseconds)
  }

  // MARK: Network

  /// Carries one message over a link, if it is not lost.
  func carry(over link: String, isCut: Bool, _ arrive: @escaping () throws -> Void) {
    guard !isCut, !random.happens(weather.loss) else { return }
    let arrival = now + delay(0...8)
    if weather.isChaotic {
      at(arrival, arrive)
      if random.happens(0.1) { after(delay(0...200), arrive) }
    } else {
      let inOrder = max(arrival, lastArrival[link] ?? arrival)
      lastArrival[link] = inOrder
      at(inOrder, arrive)
    }
  }

  // MARK: Blobs

  func remember(_ content: Content) -> BlobReference {
    let blob = content.blob
    contents[blob.digest] = content
    return blob
  }

  func content(of blob: BlobReference) throws -> Content {
    guard let content = contents[blob.digest], content.byteCount == blob.byteCount else {
      throw Violation(description: "the blob \(blob) holds nothing that was ever made")
    }
    return content
  }

  // MARK: Reports

  func note(_ who: String, _ what: Any) {
    trace.append((now, who, what))
    if trace.count > 4000 { trace.removeFirst(2000) }
  }

  /// The newest happenings that mention one of the words, or all.
  func report(_ lines: Int = 60, mentioning words: [String] = []) -> String {
    trace.lazy.map { "\(Double($0.nanoseconds) / 1e9) \($1): \($2)" }
      .filter { line in words.isEmpty || words.contains { line.contains($0) } }
      .suffix(lines).map { String($0.prefix(400)) }.joined(separator: "\n")
  }
}
