public import Fabric
internal import SlotAllocator

/// A trace for clusters that are alike: each of its sequences is a run of its own, on a fresh one.
public struct ClusterTrace: Sendable {
  private let workloads: [ClusterWorkload]
  private let board: BoardDescriptor
  private let images: [Image]
  private let configuration: ClusterConfiguration

  /// Prepares the runs, in O(n log n) for n entries.
  ///
  /// - Throws: ``ClusterError/badWorkload(_:)``, and ``SimulationError/notCovered(application:board:)`` for an
  ///   application that the boards have no images for.
  public init(
    of trace: Trace, catalogue: ApplicationCatalogue, board: BoardDescriptor, _ configuration: ClusterConfiguration
  ) throws {
    self.workloads = try ClusterWorkload.sequences(of: trace, from: catalogue).map(\.workload)
    let images = catalogue.images(for: board)
    for name in Set(trace.entries.map(\.application)).sorted() {
      guard let application = catalogue[name]?.application else { continue }
      let start = Progress(of: application, finished: 0)
      guard StagePlanner.stages(for: application, images: images, progress: start) != nil else {
        throw SimulationError.notCovered(application: name, board: board.model)
      }
    }
    self.board = board
    self.images = images
    self.configuration = configuration
  }

  /// How many runs there are.
  public var sequences: Int { workloads.count }

  /// Runs all sequences, and sums up; each draws from the same seed.
  ///
  /// - Throws: ``ClusterError`` of the first run that does not end.
  public func summary() throws(ClusterError) -> ClusterSummary? {
    var total: ClusterSummary?
    for workload in workloads {
      var simulation = try ClusterSimulation(workload, on: board, images: images, configuration)
      let summary = try simulation.run()
      if total == nil { total = summary } else { total?.add(summary) }
    }
    return total
  }
}
