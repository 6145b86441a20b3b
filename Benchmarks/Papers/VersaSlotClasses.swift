import ArgumentParser
import ClusterSimulator
import Fabric
import SlotAllocator

/// Every policy on VersaSlot's applications: four load classes, both layouts, several prices of an image.
///
/// 30 sequences take about a minute of one core.
struct VersaSlotClasses: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "versaslot-classes",
    abstract: "Simulate VersaSlot's applications under every policy, and print mean and tail beside the fluid bound.")

  @Option(help: "Sequences of each load class.")
  var sequences = 30

  @Option(help: "Jobs of each sequence.")
  var jobs = 20

  @Option(help: "The seed of the arrivals.")
  var seed: UInt64 = 1

  private static let loadClasses = ["loose", "standard", "stress", "realtime"]

  func run() throws {
    let begin = ContinuousClock.now
    let house = try VersaSlotHouse()
    let traces = try Self.loadClasses.map { name in
      (
        name,
        try TraceGenerator(loadClass: name, of: house.catalogue).trace(sequences: sequences, jobs: jobs, seed: seed)
      )
    }
    var runs = ClassRuns(house: house, traces: traces.map(\.1))
    print("\(sequences) sequences of \(jobs) jobs in each class, seed \(seed). Responses in seconds.\n")
    try printOnlyLittle(&runs)
    for scenario in ClassScenario.all { try printComparison(scenario, &runs) }
    print("Took \(Figures.text((ContinuousClock.now - begin) / .seconds(1), decimals: 0)) s.")
  }

  /// How near the default policy comes to the bound where images are in memory and there are no bundles.
  private func printOnlyLittle(_ runs: inout ClassRuns) throws {
    print("## Eight Little slots, 6 ms a configuration\n")
    print("| class | tessera, mean | bound | above | p99 |\n|---|---|---|---|---|")
    for (index, name) in Self.loadClasses.enumerated() {
      let outcome = try runs.outcome(of: .tessera, on: .onlyLittle, .allFast, trace: index)
      print(
        Figures.row([
          name, Figures.text(outcome.mean), Figures.text(outcome.bound), Figures.percent(outcome.excess),
          Figures.text(outcome.p99),
        ]))
    }
    print("")
  }

  /// Each policy on the layout where it does best.
  private func printComparison(_ scenario: ClassScenario, _ runs: inout ClassRuns) throws {
    print("## \(scenario.title)\n\nMean / p99 (layout, mean above its bound).\n")
    print(Figures.row(["class"] + PolicyName.allCases.map(\.rawValue) + ["bound, Only.Little", "bound, Big.Little"]))
    print(Figures.row(Array(repeating: "---", count: PolicyName.allCases.count + 3)))
    var verdicts: [String] = []
    for (index, name) in Self.loadClasses.enumerated() {
      var best: [PolicyName: ClassOutcome] = [:]
      for policy in PolicyName.allCases {
        best[policy] = try Layout.allCases
          .map { try runs.outcome(of: policy, on: $0, scenario, trace: index) }.min { $0.mean < $1.mean }
      }
      let cells = PolicyName.allCases.map { best[$0]?.cell ?? "" }
      let bounds = Layout.allCases.map { Figures.text(runs.bound(of: index, on: $0, scenario.bundles)) }
      print(Figures.row([name] + cells + bounds))
      verdicts.append(verdict(name, best))
    }
    print(
      "\n| class | nimblock / tessera | versaslot / tessera | p99 of tessera | best p99 of the others |\n|---|---|---|---|---|"
    )
    for verdict in verdicts { print(verdict) }
    print("")
  }

  private func verdict(_ name: String, _ best: [PolicyName: ClassOutcome]) -> String {
    guard let own = best[.tessera], let nimblock = best[.nimblock], let versaslot = best[.versaslot] else { return "" }
    let others = PolicyName.allCases.filter { $0 != .tessera }.compactMap { best[$0]?.p99 }
    return Figures.row([
      name, Figures.text(nimblock.mean / own.mean), Figures.text(versaslot.mean / own.mean), Figures.text(own.p99),
      Figures.text(others.min() ?? 0),
    ])
  }
}
