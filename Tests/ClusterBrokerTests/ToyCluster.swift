import ClusterBroker
import Fabric
import Messages
import Testing

/// A broker, some toy agents and a network between them that loses, doubles and delays what it is told to.
struct ToyCluster {
  /// What happens to a message: how many ticks each of its copies takes.
  typealias Fate = (_ number: Int) -> [Int]

  var bench: Bench
  private(set) var agents: [ToyAgent]
  private var underway: [(tick: Int, fromAgent: Bool, agent: Int, message: Message)] = []
  private var tick = 0
  /// The messages sent so far, and the names of those that were lost.
  private(set) var messageCount = 0

  static let tickDuration = Duration.milliseconds(500)

  init(boards: [String]) throws {
    bench = try Bench()
    agents = boards.map { ToyAgent(name: $0) }
    // The bytes of results are always at the broker before they are reported.
    for job in 1...8 {
      for item in 0..<8 { try bench.handle(.blobStored(blob("result \(job) \(item)"))) }
    }
  }

  /// Everybody does one step; messages of earlier ticks arrive.
  mutating func step(cutOff: Set<Int> = [], fate: Fate = { _ in [0] }) throws {
    tick += 1
    try bench.pass(Self.tickDuration)
    let names = Set(agents.enumerated().filter { !cutOff.contains($0.offset) }.map(\.element.name))
    for index in agents.indices {
      for message in try agents[index].tick(number: UInt64(tick), canDeliver: { names.contains($0.text) }) {
        post(message, fromAgent: true, index, cutOff, fate)
      }
    }
    // Answers arrive in the same tick, unless they are late; nothing goes on for ever.
    for _ in 0..<8 { try deliver(cutOff, fate) }
  }

  private mutating func post(
    _ message: Message, fromAgent: Bool, _ agent: Int, _ cutOff: Set<Int>, _ fate: Fate
  ) {
    messageCount += 1
    for delay in fate(messageCount) where !cutOff.contains(agent) {
      underway.append((tick + delay, fromAgent, agent, message))
    }
  }

  private mutating func deliver(_ cutOff: Set<Int>, _ fate: Fate) throws {
    let due = underway.filter { $0.tick <= tick }
    underway.removeAll { $0.tick <= tick }
    for (_, fromAgent, agent, message) in due {
      if fromAgent {
        try bench.take(message, from: peer(agents[agent].name))
        for index in agents.indices {
          for message in bench.heard(by: agents[index].name) { post(message, fromAgent: false, index, cutOff, fate) }
        }
      } else {
        for answer in agents[agent].take(message) { post(answer, fromAgent: true, agent, cutOff, fate) }
      }
    }
  }

  /// The broker's process is killed and started again; messages underway to it may still arrive.
  mutating func restartBroker() throws {
    let results = (1...8).flatMap { job in (0..<8).map { blob("result \(job) \($0)") } }
    try bench.restart(results: results)
  }

  mutating func restartAgent(_ index: Int) { agents[index].restart() }

  var isDone: Bool { bench.core.ledger.open.isEmpty && agents.allSatisfy(\.isIdle) }

  /// What must hold of any journal: items committed as a prefix, each once, under the current epoch; epochs that only grow.
  func checkJournal() throws {
    var epochs: [JobID: Epoch] = [:]
    var committed: [JobID: [Int]] = [:]
    for record in bench.records {
      switch record {
      case .owned(let job, let ownership):
        #expect(ownership.epoch > epochs[job] ?? .none)
        epochs[job] = ownership.epoch
      case .committed(let job, let epoch, let item, let result):
        #expect(epoch == epochs[job])
        #expect(result == blob("result \(job) \(item)"))
        committed[job, default: []].append(item)
      default: break
      }
    }
    for (job, items) in committed { #expect(items == Array(0..<items.count), "job \(job)") }
  }
}
