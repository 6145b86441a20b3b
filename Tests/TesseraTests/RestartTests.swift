import Fabric
import Foundation
import Messages
import TestBench
import Testing

/// SIGTERM ends daemons in order, and a second start goes on from there.
@Suite(.timeLimit(.minutes(2))) struct RestartTests {
  @Test func `daemons that were ended in mid-job go on where they were`() async throws {
    let cluster = try Cluster()
    let broker = try await cluster.broker()
    let proxy = try MessageProxy(to: broker.endpoint) { _, message in
      if case .itemFinished(let finished) = message { finished.item >= 4 } else { false }
    }
    let agent = try await cluster.agent(.onlyLittle, named: "board", broker: proxy.endpoint)
    try await cluster.waitForBoards(1, broker: broker.endpoint)
    let job = try await cluster.submit(Tiles.inputs(12), broker: broker.endpoint)
    for await _ in proxy.keptBack { break }
    #expect(agent.terminate() == 0)
    #expect(broker.terminate() == 0)
    await proxy.close()

    let again = try await cluster.broker(listen: broker.endpoint, record: "broker-2.jsonl")
    #expect(try await cluster.status(of: job, broker: again.endpoint).state == "running")
    let other = try await cluster.agent(.onlyLittle, named: "board", broker: again.endpoint)
    #expect(try await cluster.results(of: job, broker: again.endpoint) == Tiles.results(12))
    #expect(other.terminate() == 0)
    #expect(again.terminate() == 0)
  }

  @Test func `a second daemon in the same state folder is refused`() async throws {
    let cluster = try Cluster()
    let broker = try await cluster.broker()
    let second = try await cluster.run(
      ["broker", "--listen", "tcp://127.0.0.1:*", "--state", cluster.path("broker")], broker: "")
    #expect(second.status == 75)
    #expect(second.errors.contains("store.locked"))
    #expect(broker.isRunning)
  }
}
