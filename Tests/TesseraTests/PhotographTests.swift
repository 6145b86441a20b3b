import BoardAgent
import Digests
import Fabric
import Foundation
import Messages
import PlainReference
import SlotAllocator
import TestBench
import Testing

/// NASA's photograph through real daemons: Little tasks, serial bundles, and a job that moves, all bit-exact.
@Suite(.timeLimit(.minutes(2))) struct PhotographTests {
  /// The SHA-256 of the reconstructed picture's sixteen items, in order.
  static let reconstructed = "a3cbf6e56da31079be265ec0538048bb98c5985417e75b177712d23deec63c49"

  @Test func `the plain reference reconstructs the picture of the committed digest`() async throws {
    let cluster = try Cluster()
    let results = try tiles(in: cluster).map { PlainReference.reconstructed(PlainReference.picture(of: $0)) }
    #expect(Digest(of: Array(results.joined())).hexadecimal == Self.reconstructed)
  }

  @Test(arguments: [Layout.onlyLittle, .bigLittle])
  func `a board reconstructs the same picture`(layout: Layout) async throws {
    let cluster = try Cluster()
    let broker = try await cluster.broker()
    let agent = try await cluster.agent(layout, named: "board", broker: broker.endpoint)
    try await cluster.waitForBoards(1, broker: broker.endpoint)
    let job = try await cluster.submit(tiles(in: cluster), broker: broker.endpoint)
    let results = try await cluster.results(of: job, broker: broker.endpoint)
    #expect(Digest(of: Array(results.joined())).hexadecimal == Self.reconstructed)
    #expect(agent.terminate() == 0)
    let launches = try Recordings.actions(of: AgentCore.self, in: cluster.path("board.jsonl")).compactMap {
      if case .launch(_, let launch) = $0 { launch } else { nil }
    }
    // However the policy divides the work: each item is loaded once, and its result written once.
    let application = try Application(manifest: Repository.bytes("Applications/image-compression.json"))
    for edge in [try #require(application.inputEdge), try #require(application.outputEdge)] {
      #expect(launches.count { launch in launch.arguments.contains { $0.edge == edge.name } } == 16)
    }
  }

  @Test func `a job that moves twice reconstructs the same picture`() async throws {
    let cluster = try Cluster()
    let broker = try await cluster.broker()
    // Without its last results committed, the job cannot end before it has moved.
    let proxy = try MessageProxy(to: broker.endpoint) { _, message in
      if case .itemFinished(let finished) = message { finished.item >= 12 } else { false }
    }
    let little = try await cluster.agent(.onlyLittle, named: "little", broker: proxy.endpoint)
    let big = try await cluster.agent(.bigLittle, named: "big", broker: proxy.endpoint)
    try await cluster.waitForBoards(2, broker: broker.endpoint)
    let job = try await cluster.submit(tiles(in: cluster), broker: broker.endpoint)
    for _ in 0..<2 {
      let before = try await cluster.status(of: job, broker: broker.endpoint)
      let destination = before.board == "little" ? "big" : "little"
      let moved = try await cluster.run(["migrate", job, "--to", destination], broker: broker.endpoint)
      try #require(moved.status == 0, "\(moved.errors)")
      while try await cluster.status(of: job, broker: broker.endpoint).board != destination {
        try Task.checkCancellation()
      }
    }
    proxy.release()
    let results = try await cluster.results(of: job, broker: broker.endpoint)
    #expect(Digest(of: Array(results.joined())).hexadecimal == Self.reconstructed)
    #expect(little.isRunning && big.isRunning)
    await proxy.close()
  }

  /// The items of the photograph, as the example program cuts them.
  private func tiles(in cluster: Cluster) throws -> [[UInt8]] {
    let folder = cluster.path("tiles")
    let cut = try BuiltProduct(named: "photo").run(
      ["cut", Repository.path("Examples/pictures/astronaut.png"), "--to", folder, "--tile", "128"],
      scratch: cluster.folder)
    try #require(cut.status == 0, "\(cut.errors)")
    return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".tile") }.sorted().map {
      [UInt8](try Data(contentsOf: URL(filePath: folder).appending(path: $0)))
    }
  }
}
