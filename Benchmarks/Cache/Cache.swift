import ArgumentParser
import ClusterSimulator
import Digests
import Fabric
import Reconfig
import SlotAllocator

/// What the order in which images leave memory is worth where not all have room: least recently used, the product's
/// own, and Belady's, which knows the future.
///
/// Twice: the uses of a run with room for all, replayed (the same sequence for each order, nothing read ahead), and
/// whole runs, where reading ahead and timing change the sequence.
struct Cache: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "Simulate the papers' traces with too little memory for images, under three orders of eviction.")

  @Option(help: "Sequences of each load class.")
  var sequences = 10

  @Option(help: "Jobs of each sequence.")
  var jobs = 20

  @Option(help: "The seed of the arrivals.")
  var seed: UInt64 = 1

  @Option(help: "The folder with zcu106-realtime.csv.")
  var traces = "Benchmarks/Traces"

  private static let percents = [25, 50, 75]

  func run() throws {
    print("Hits and MB read: LRU / tessera / Belady. Mean response in seconds.\n")
    print("| trace | memory | replayed: hits | replayed: MB read | run: MB read | run: mean response | all in memory |")
    print("|---|---|---|---|---|---|---|")
    for load in try loads() {
      let whole = try load.run { _ in PlannedEviction() }
      for percent in Self.percents { try printRow(load, whole, percent: percent) }
    }
  }

  private func loads() throws -> [CacheLoad] {
    let house = try VersaSlotHouse()
    let generated = try ["standard", "stress"].map { name in
      (
        name,
        try TraceGenerator(loadClass: name, of: house.catalogue).trace(sequences: sequences, jobs: jobs, seed: seed)
      )
    }
    let own = try CacheLoad(
      name: "the board's runs", trace: OwnData.boardTrace(in: traces),
      catalogue: ApplicationCatalogue(json: OwnData.catalogue("zcu106-nimblock")),
      board: BoardDescriptor(manifest: OwnData.board("zcu106-10-little")))
    return try [own]
      + generated.flatMap { name, trace in
        try [(Layout.onlyLittle, true), (.bigLittle, true), (.bigLittle, false)].map { layout, isRelocatable in
          CacheLoad(
            name: "\(name), \(layout == .onlyLittle ? "OL" : "BL")\(isRelocatable ? "" : ", an image for each slot")",
            trace: trace, catalogue: house.catalogue, board: try house.board(layout, isRelocatable: isRelocatable))
        }
      }
  }

  private func printRow(_ load: CacheLoad, _ whole: CacheLoad.Outcome, percent: Int) throws {
    let byteCounts = load.byteCounts
    let used = Set(whole.history.flatMap(\.uses))
    let limit = used.reduce(0) { $0 + (byteCounts[$1] ?? 0) } * percent / 100
    let orders: [@Sendable (Int) -> any Eviction] = [
      { _ in LeastRecentlyUsed() }, { _ in PlannedEviction() }, { Belady(knowing: whole.history[$0].uses) },
    ]
    let replays = orders.map { order in
      var replay = CacheReplay(byteLimit: limit, byteCounts: byteCounts)
      for (number, events) in whole.history.enumerated() { replay.run(events, order(number)) }
      return replay
    }
    let runs = try orders.map { try load.run(byteLimit: limit, $0) }
    print(
      Figures.row([
        load.name, "\(percent) %, \(megabytes(limit)) MB",
        joined(replays) { Figures.percent(Double($0.hits) / Double(max(1, $0.uses))) },
        joined(replays) { megabytes($0.bytesRead) }, joined(runs) { megabytes($0.bytesRead) },
        joined(runs) { Figures.text($0.mean, decimals: 3) }, Figures.text(whole.mean, decimals: 3),
      ]))
  }

  private func joined<Value>(_ values: [Value], _ text: (Value) -> String) -> String {
    values.map(text).joined(separator: " / ")
  }

  private func megabytes(_ byteCount: Int) -> String { Figures.text(Double(byteCount) / 1e6, decimals: 0) }
}

/// A trace on a board whose storage is slow.
struct CacheLoad {
  struct Outcome {
    /// In seconds.
    let mean: Double
    let history: [[CacheEvent]]
    let bytesRead: Int
  }

  let name: String
  let trace: Trace
  let catalogue: ApplicationCatalogue
  let board: BoardDescriptor

  /// The size of each partial.
  var byteCounts: [Digest: Int] {
    let partials = catalogue.images(for: board).flatMap(\.partials)
    return Dictionary(partials.map { ($0.digest, $0.byteCount) }) { first, _ in first }
  }

  /// Runs the trace under the default policy; by default there is room for all images.
  func run(byteLimit: Int = 1 << 40, _ order: @escaping @Sendable (Int) -> any Eviction) throws -> Outcome {
    let history = CacheHistory()
    var options = SimulationOptions(configuration: .modelled(cacheByteLimit: byteLimit))
    options.eviction = {
      let sequence = history.begin()
      return Observed(eviction: order(sequence), sequence: sequence, history: history)
    }
    let report = try TraceSimulation(of: trace, catalogue: catalogue, board: board, options: options)
      .report(under: .tessera)
    guard let response = report.response else { throw ValidationError("the trace has no jobs") }
    let byteCounts = byteCounts
    let bytesRead = history.sequences.joined().reduce(0) { sum, event in
      if case .read(let digest) = event { sum + (byteCounts[digest] ?? 0) } else { sum }
    }
    return Outcome(mean: response.mean / .seconds(1), history: history.sequences, bytesRead: bytesRead)
  }
}
