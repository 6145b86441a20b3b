import BoardAgent
import ClusterBroker
import Digests
import Fabric
import Messages
import SlotAllocator
import TestBench
import Testing

/// Real processes, with an item in flight at the moment of the fault: a proxy keeps its message back.
@Suite(.timeLimit(.minutes(2))) struct FaultTests {
  @Test func `a broker that is killed and started again completes every job, each item committed once`() async throws {
    let cluster = try Cluster()
    let first = try await cluster.broker()
    let proxy = try MessageProxy(to: first.endpoint) { _, message in
      if case .itemFinished(let finished) = message { finished.item >= 2 } else { false }
    }
    let agent = try await cluster.agent(.onlyLittle, named: "only-little", broker: proxy.endpoint)
    await proxy.waits { if case .welcome = $0 { true } else { false } }
    var jobs: [String] = []
    for seed in [0, 100] as [UInt64] {
      jobs.append(try await cluster.submit(Tiles.inputs(6, seed: seed), broker: first.endpoint))
    }
    for await _ in proxy.keptBack { break }

    first.kill()
    proxy.discard()
    let second = try await cluster.broker(listen: first.endpoint, record: "broker-2.jsonl")
    proxy.release()
    for (job, seed) in zip(jobs, [0, 100] as [UInt64]) {
      #expect(try await cluster.results(of: job, broker: second.endpoint) == Tiles.results(6, seed: seed))
    }
    try expectEachItemCommittedOnce(cluster, "broker-2.jsonl", jobs: jobs, items: 6)
    #expect(agent.terminate() == 0)
    #expect(second.terminate() == 0)
    // Also the broker that recovered, and the one whose recording ends with the kill, can be replayed.
    for recording in ["broker.jsonl", "broker-2.jsonl"] {
      #expect(try Replay<BrokerCore>.run(Recordings.bytes(cluster.path(recording))) > 5)
    }
    await proxy.close()
  }

  @Test func `the jobs of an agent that is killed complete on the other board`() async throws {
    let cluster = try Cluster()
    let broker = try await cluster.broker()
    let proxy = try MessageProxy(to: broker.endpoint) { direction, message in
      if case .itemFinished(let finished) = message { finished.item >= 1 } else { false }
    }
    let killed = try await cluster.agent(.bigLittle, named: "killed", broker: proxy.endpoint)
    await proxy.waits { if case .welcome = $0 { true } else { false } }
    let job = try await cluster.submit(Tiles.inputs(8), broker: broker.endpoint)
    for await _ in proxy.keptBack { break }
    killed.kill()
    let other = try await cluster.agent(.onlyLittle, named: "other", broker: broker.endpoint)

    #expect(try await cluster.results(of: job, broker: broker.endpoint) == Tiles.results(8))
    #expect(try await cluster.status(of: job, broker: broker.endpoint).board == "other")
    #expect(other.isRunning)
    try expectEachItemCommittedOnce(cluster, "broker.jsonl", jobs: [job], items: 8)
    await proxy.close()
  }

  @Test(arguments: [Layout.onlyLittle, .bigLittle])
  func `a job that moves in mid-batch is computed by its destination from the checkpoint on`(
    source layout: Layout
  ) async throws {
    let cluster = try Cluster()
    let broker = try await cluster.broker()
    // Inputs beyond the fifth do not reach the source before it is told to stop.
    let inputs = Tiles.inputs(12)
    let late = Set(inputs[5...].map { Digest(of: $0) })
    let proxy = try MessageProxy(to: broker.endpoint) { direction, message in
      if case .blob(let chunk) = message { direction == .toAgent && late.contains(chunk.blob.digest) } else { false }
    }
    let source = try await cluster.agent(layout, named: "source", broker: proxy.endpoint)
    await proxy.waits { if case .welcome = $0 { true } else { false } }
    let job = try await cluster.submit(inputs, broker: broker.endpoint)
    for await _ in proxy.keptBack { break }
    await proxy.waits { if case .itemFinished = $0 { true } else { false } }
    let other: Layout = layout == .onlyLittle ? .bigLittle : .onlyLittle
    let destination = try await cluster.agent(other, named: "destination", broker: broker.endpoint)
    try await cluster.waitForBoards(2, broker: broker.endpoint)

    let moved = try await cluster.run(["migrate", job, "--to", "destination"], broker: broker.endpoint)
    try #require(moved.status == 0, "\(moved.errors)")
    await proxy.waits { if case .stop = $0 { true } else { false } }
    proxy.release()
    #expect(try await cluster.results(of: job, broker: broker.endpoint) == Tiles.results(12))
    #expect(try await cluster.status(of: job, broker: broker.endpoint).board == "destination")
    #expect(source.terminate() == 0)
    #expect(destination.terminate() == 0)
    #expect(broker.terminate() == 0)
    try expectNothingComputedAgain(cluster)
    // The cores really decide: what they were given gives the same again, byte for byte, with nothing around them.
    #expect(try Replay<BrokerCore>.run(Recordings.bytes(cluster.path("broker.jsonl"))) > 20)
    for agent in ["source", "destination"] {
      #expect(try Replay<AgentCore>.run(Recordings.bytes(cluster.path("\(agent).jsonl"))) > 20)
    }
    await proxy.close()
  }

  // MARK: What is expected

  private func expectEachItemCommittedOnce(
    _ cluster: Cluster, _ recording: String, jobs: [String], items: Int
  ) throws {
    let records = try Recordings.brokerJournal(cluster.path(recording))
    for job in jobs {
      let committed = records.compactMap { record -> Int? in
        if case .committed(let id, _, item: let item, result: _) = record, id.description == job { item } else { nil }
      }
      #expect(committed == Array(0..<items))
    }
  }

  /// Follows what the destination launched, and compares with the checkpoint that it was given.
  private func expectNothingComputedAgain(_ cluster: Cluster) throws {
    let owned = try Recordings.brokerJournal(cluster.path("broker.jsonl")).compactMap { record -> Checkpoint? in
      guard case .owned(_, let ownership) = record, ownership.board.text == "destination" else { return nil }
      return ownership.checkpoint
    }
    let checkpoint = try #require(owned.first)
    #expect(checkpoint.progress.tasks.contains { $0.finished > 0 })
    let application = try Application(manifest: Repository.bytes("Applications/image-compression.json"))
    let launches = try Recordings.actions(of: AgentCore.self, in: cluster.path("destination.jsonl")).compactMap {
      if case .launch(_, let launch) = $0 { launch } else { nil }
    }
    #expect(!launches.isEmpty)
    for launch in launches {
      for argument in launch.arguments {
        let edge = try #require(application.edges.first { $0.name == argument.edge })
        let (part, name) = part(argument.name)
        let work = try #require(launch.works.first { $0.part == part })
        for reader in edge.readers where name == reader.argument.text {
          #expect(work.item >= checkpoint.progress[reader.task])
        }
      }
    }
  }

  /// A parallel bundle's arguments are named with their stage, and there they count for that part; any others are of the only one.
  private func part(_ argument: ArgumentName) -> (part: Int, name: String) {
    let parts = argument.text.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let part = Int(parts[0]) else { return (0, argument.text) }
    return (part, String(parts[1]))
  }
}
