import ArgumentParser
import ClusterSimulator
import Fabric
import Foundation
import SlotAllocator

/// How much of the distance from the fluid bound is owed to items, which run to their end, and how much to configurations.
///
/// The bound's machine divides work at will. Here the same work comes in items of a half, a quarter and an eighth, with 6 ms and with next to nothing for a configuration.
struct Granularity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "granularity",
    abstract: "Simulate the default policy on the same work in ever finer items, and print its distance from the bound."
  )

  @Option(help: "Sequences of each load class.")
  var sequences = 30

  @Option(help: "The seed of the arrivals.")
  var seed: UInt64 = 1

  @Option(help: "The folder with zcu106-realtime.csv.")
  var traces = "Benchmarks/Traces"

  private static let factors = [1, 2, 4, 8]
  private static let prices: [Duration] = [.milliseconds(6), .microseconds(1)]

  func run() throws {
    print("Mean above the fluid bound; items are the published ones, halves, quarters, eighths of them.\n")
    print(Figures.row(["trace", "configuration"] + Self.factors.map { "1/\($0)" }))
    print(Figures.row(Array(repeating: "---", count: Self.factors.count + 2)))
    let versaSlot = try Self.house("zcu216-versaslot", "zcu216-only-little")
    for name in ["loose", "standard", "stress", "realtime"] {
      let trace = try TraceGenerator(loadClass: name, of: ApplicationCatalogue(json: versaSlot.catalogue))
        .trace(sequences: sequences, jobs: 20, seed: seed)
      try printRows(name, trace, versaSlot)
    }
    let board = try OwnData.boardTrace(in: traces)
    try printRows("the board's runs", board, Self.house("zcu106-nimblock", "zcu106-10-little"))
  }

  private func printRows(_ name: String, _ trace: Trace, _ house: (catalogue: [UInt8], board: BoardDescriptor)) throws {
    for price in Self.prices {
      let cells = try Self.factors.map { factor in
        let catalogue = try Self.divided(house.catalogue, by: factor)
        return Figures.percent(try excess(of: trace.divided(by: factor), catalogue, house.board, price))
      }
      print(Figures.row([name, "\(price / .milliseconds(1)) ms"] + cells))
    }
  }

  private func excess(
    of trace: Trace, _ json: [UInt8], _ board: BoardDescriptor, _ price: Duration
  ) throws -> Double {
    let catalogue = try ApplicationCatalogue(json: json)
    let report = try TraceSimulation(
      of: trace, catalogue: catalogue, board: board,
      options: SimulationOptions(configuration: .fixed(price), ringCapacity: Limits.itemsPerBatch)
    ).report(under: .tessera)
    let bound = trace.fluidMean(of: catalogue, slots: board.slots.count)
    guard let response = report.response else { throw ValidationError("the trace has no jobs") }
    return response.mean / .seconds(1) / bound - 1
  }

  private static func house(_ catalogue: String, _ board: String) throws -> (catalogue: [UInt8], board: BoardDescriptor)
  {
    (try OwnData.catalogue(catalogue), try BoardDescriptor(manifest: OwnData.board(board)))
  }

  /// The catalogue with every task's time divided; digit recognition, which the bound lets run alone, as it is.
  private static func divided(_ json: [UInt8], by factor: Int) throws -> [UInt8] {
    guard var root = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any],
      var applications = root["apps"] as? [String: Any]
    else { return json }
    for (name, value) in applications where name != "digit-recognition" {
      guard var application = value as? [String: Any], let tasks = application["tasks"] as? [[String: Any]] else {
        continue
      }
      application["tasks"] = tasks.map { task in
        var task = task
        for key in ["microsecondsPerItem", "measuredMicrosecondsPerItem", "estimateMicrosecondsPerItem"] {
          if let time = task[key] as? Double { task[key] = Int((time / Double(factor)).rounded()) }
        }
        return task
      }
      applications[name] = application
    }
    root["apps"] = applications
    return Array(try JSONSerialization.data(withJSONObject: root))
  }
}

extension Trace {
  /// The same work in more items.
  fileprivate func divided(by factor: Int) throws -> Trace {
    try Trace(
      entries.map { entry in
        Entry(
          sequence: entry.sequence, arrival: entry.arrival, application: entry.application,
          batch: entry.application == "digit-recognition" ? entry.batch : entry.batch * factor, priority: entry.priority
        )
      })
  }
}
