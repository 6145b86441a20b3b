import ArgumentParser

/// What `make bench` runs; each figure in Documentation/benchmarks.md comes from one of these.
@main
struct Benchmarks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmarks", abstract: "Rerun the measurements of Documentation/benchmarks.md.",
    subcommands: [
      Fidelity.self, BoardRuns.self, VersaSlotClasses.self, Granularity.self, Cache.self, BrokerPlacement.self,
      ClusterScale.self, BitstreamSpeed.self, Mutations.self, ConfigurationTable.self, Hostile.self,
    ])
}
