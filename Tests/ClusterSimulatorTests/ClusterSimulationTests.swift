import ClusterSimulator
import Fabric
import Testing

@Suite(.timeLimit(.minutes(5))) struct ClusterSimulationTests {
  @Test func `one seed gives the same bytes, another seed another run`() throws {
    let house = try ClusterHouse()
    let workload = try house.workload(jobs: 20)
    let runs = try [7, 7, 8].map { try house.run(workload, ClusterConfiguration(boards: 5, seed: $0)).json }
    #expect(runs[0] == runs[1])
    #expect(runs[0] != runs[2])
  }

  @Test(arguments: [1, 2, 7])
  func `every job completes, and every task finishes each item once`(boards: Int) throws {
    let house = try ClusterHouse()
    let workload = try house.workload(jobs: 30)
    let summary = try house.run(workload, ClusterConfiguration(boards: boards, seed: 1))
    #expect(summary.completed == 30)
    #expect(summary.failed == 0 && summary.refused == 0)
    #expect(summary.placements == 30)
    #expect(summary.items == 60)
    #expect(summary.itemEvents == workload.taskItems)
    #expect(summary.configurations > 0)
    #expect(try #require(summary.responses).max <= summary.virtualDuration)
  }

  @Test func `jobs complete on boards with Big slots`() throws {
    let house = try ClusterHouse(board: "zcu216-big-little")
    let summary = try house.run(try house.workload(jobs: 20), ClusterConfiguration(boards: 3, seed: 1))
    #expect(summary.completed == 20)
  }

  @Test func `more boards are done sooner`() throws {
    let house = try ClusterHouse()
    let workload = try house.workload(jobs: 40, gap: .milliseconds(1))
    let durations = try [1, 4, 16].map {
      try house.run(workload, ClusterConfiguration(boards: $0, seed: 1)).virtualDuration
    }
    #expect(durations[0] > durations[1] && durations[1] > durations[2])
  }

  /// The one task is a chain's only stage, so every step is known.
  @Test func `a lone job takes its messages, syncs, configuration and launch, to the nanosecond`() throws {
    let house = try ClusterHouse()
    let application = try oneTask()
    let image = try #require(house.images.first { $0.function == .kernel(application.tasks[0].kernel) })
    var configuration = ClusterConfiguration(boards: 1, seed: 3)
    configuration.networkLatency = .microseconds(100)
    configuration.networkJitter = .zero
    configuration.networkBytesPerSecond = 1_000_000
    configuration.itemByteCount = 500
    configuration.syncDuration = .milliseconds(1)
    let arrival = ClusterWorkload.Arrival(at: .zero, application: 0, itemCount: 1, priority: 1)
    let workload = try ClusterWorkload(applications: [application], arrivals: [arrival])
    var simulation = try ClusterSimulation(workload, on: house.board, images: [image], configuration)
    let summary = try simulation.run()

    // Submission, sync, assignment; the input comes while the slot is configured; launch; the result with its sync; the report, and the
    // sync that commits it.
    let (message, sync, bytes) = (Duration.microseconds(100), Duration.milliseconds(1), Duration.microseconds(500))
    let partial = try #require(image.partials.first).byteCount
    let configure =
      time(of: partial, at: house.board.storageBytesPerSecond) + time(of: partial, at: house.board.portBytesPerSecond)
    let launch = Duration.microseconds(image.microsecondsPerLaunch)
    let expected = (message + sync + message) + configure + launch + (message * 2 + bytes + sync) + (message + sync)
    #expect(try #require(summary.responses).mean == expected)
    #expect(summary.virtualDuration == expected)
    #expect(summary.configurations == 1)
    #expect(summary.json.hasPrefix(#"{"boards": 1, "seed": 3, "jobs": 1, "items": 1, "completed": 1, "failed": 0, "#))
  }

  /// The first task of an application, by itself.
  private func oneTask() throws -> Application {
    let text = """
      {"schema": 1, "name": "alone",
       "tasks": [{"name": "only", "kernel": "versaslot/DCT@1", "estimatedMicrosecondsPerItem": 1000, "measuredMicrosecondsPerItem": 1000}],
       "edges": [{"name": "in", "to": ["only.in0"], "maximumByteCount": 4096},
                 {"name": "out", "from": "only.out", "maximumByteCount": 4096}]}
      """
    return try Application(manifest: Array(text.utf8))
  }

  private func time(of byteCount: Int, at bytesPerSecond: Int) -> Duration {
    .nanoseconds((byteCount * 1_000_000_000 + bytesPerSecond - 1) / bytesPerSecond)
  }
}
