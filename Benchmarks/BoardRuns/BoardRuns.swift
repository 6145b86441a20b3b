import ArgumentParser
import ClusterSimulator
import Fabric
import Foundation
import SlotAllocator

/// Every policy on the seven runs of a real ZCU106 with configuration beside the scheduler, at two prices of an image, and what knowing less costs the default policy.
struct BoardRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "board-runs",
    abstract: "Simulate the traces of a real ZCU106 under every policy, and print means and tails beside the bound.")

  @Option(help: "The folder with zcu106-realtime.csv.")
  var traces = "Benchmarks/Traces"

  /// The board's own time from SD card under Nimblock, and an image's from memory.
  private static let prices: [(name: String, configuration: Duration)] = [
    ("89.6 ms", .microseconds(89_600)), ("6 ms", .milliseconds(6)),
  ]

  func run() throws {
    let trace = try OwnData.boardTrace(in: traces)
    let house = try (
      ApplicationCatalogue(json: OwnData.catalogue("zcu106-nimblock")),
      BoardDescriptor(manifest: OwnData.board("zcu106-10-little"))
    )
    let bound = trace.fluidMean(of: house.0, slots: house.1.slots.count)
    print("Fluid bound: \(Figures.text(bound)) s.\n")
    print("| policy | scheduler sees | configuration | mean (s) | above the bound | p99 (s) | configurations |")
    print("|---|---|---|---|---|---|---|")
    for price in Self.prices {
      for policy in PolicyName.allCases where policy != .versaslot {
        let sights: [SimulationOptions.Sight] = policy == .tessera ? [.measured, .estimated, .learned] : [.measured]
        for sight in sights {
          let report = try TraceSimulation(
            of: trace, catalogue: house.0, board: house.1,
            options: SimulationOptions(sight: sight, configuration: .fixed(price.configuration))
          ).report(under: policy)
          guard let response = report.response else { continue }
          let mean = response.mean / .seconds(1)
          print(
            Figures.row([
              policy.rawValue, sight.rawValue, price.name, Figures.text(mean), Figures.percent(mean / bound - 1),
              Figures.text(response.p99 / .seconds(1)), "\(report.configurations)",
            ]))
        }
      }
    }
  }
}
