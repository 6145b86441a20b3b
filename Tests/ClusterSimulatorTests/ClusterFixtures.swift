import ClusterSimulator
import Fabric
import Testing

/// Built-in boards and applications, and a few jobs for them.
struct ClusterHouse {
  let board: BoardDescriptor
  let catalogue: ApplicationCatalogue

  init(board: String = "zcu216-only-little") throws {
    self.board = try BoardDescriptor(manifest: #require(BuiltIn.board(board)))
    self.catalogue = try ApplicationCatalogue(json: #require(BuiltIn.catalogue("zcu216-versaslot")))
  }

  var images: [Image] { catalogue.images(for: board) }

  var applications: [Application] { catalogue.listings.map(\.application) }

  /// Jobs of every application in turn, which arrive with this gap.
  func workload(jobs: Int, items: Int = 2, gap: Duration = .milliseconds(50)) throws -> ClusterWorkload {
    try ClusterWorkload(
      applications: applications,
      arrivals: (0..<jobs).map {
        ClusterWorkload.Arrival(
          at: gap * $0, application: $0 % applications.count, itemCount: items, priority: 1 + $0 % 9)
      })
  }

  func run(_ workload: ClusterWorkload, _ configuration: ClusterConfiguration) throws -> ClusterSummary {
    var simulation = try ClusterSimulation(workload, on: board, images: images, configuration)
    return try simulation.run()
  }
}

extension ClusterWorkload {
  /// How many items its tasks have to finish, where each runs alone.
  var taskItems: Int {
    arrivals.reduce(0) { $0 + $1.itemCount * applications[$1.application].tasks.count }
  }
}
