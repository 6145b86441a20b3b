import Fabric
import Foundation
import TestBench
import Testing

/// A store that changes under a running agent.
@Suite(.timeLimit(.minutes(2))) struct ImageUpdateTests {
  @Test func `an agent goes on with the images that it offers when all are taken away`() async throws {
    let cluster = try Cluster()
    let store = cluster.path("images")
    try FileManager.default.copyItem(atPath: cluster.images, toPath: store)
    let broker = try await cluster.broker()
    let agent = try await cluster.agent(.onlyLittle, named: "board", broker: broker.endpoint, images: store)
    try await cluster.waitForBoards(1, broker: broker.endpoint)
    let names = try FileManager.default.contentsOfDirectory(atPath: store)
    let ids = names.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(".json".count)) }
    let removal = try await cluster.run(["image", "rm", "--images", store] + ids, broker: broker.endpoint)
    #expect(removal.status == 0, "\(removal.errors)")
    #expect(!FileManager.default.fileExists(atPath: "\(store)/\(ids[0]).json"))
    let job = try await cluster.submit(Tiles.inputs(3), broker: broker.endpoint)
    #expect(try await cluster.results(of: job, broker: broker.endpoint) == Tiles.results(3))
    for daemon in [agent, broker] { #expect(daemon.terminate() == 0) }
  }
}
