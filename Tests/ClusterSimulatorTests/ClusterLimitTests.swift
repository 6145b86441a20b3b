import ClusterBroker
import ClusterSimulator
import Fabric
import Testing

@Suite(.timeLimit(.minutes(5))) struct ClusterLimitTests {
  @Test func `a job that finds the queue full is submitted again until it is taken`() throws {
    let house = try ClusterHouse()
    var configuration = ClusterConfiguration(boards: 1, seed: 1)
    configuration.broker.openJobs = 3
    let summary = try house.run(try house.workload(jobs: 20, gap: .zero), configuration)
    #expect(summary.completed == 20)
    #expect(summary.retries > 0)
    #expect(summary.refused == 0)
  }

  @Test func `a client gives up at its limit of submissions`() throws {
    let house = try ClusterHouse()
    var configuration = ClusterConfiguration(boards: 1, seed: 1)
    configuration.broker.openJobs = 3
    configuration.submissionLimit = 2
    let summary = try house.run(try house.workload(jobs: 20, gap: .zero), configuration)
    #expect(summary.completed == 3)
    #expect(summary.refused == 17)
    #expect(summary.retries == 17)
  }

  @Test func `a slow disk delays jobs and loses none`() throws {
    let house = try ClusterHouse()
    let workload = try house.workload(jobs: 20, gap: .milliseconds(1))
    var configuration = ClusterConfiguration(boards: 2, seed: 1)
    let quick = try house.run(workload, configuration)
    configuration.syncDuration = .milliseconds(300)
    configuration.broker.unsyncedRecords = 4
    let slow = try house.run(workload, configuration)
    #expect(slow.completed == 20)
    #expect(slow.itemEvents == quick.itemEvents)
    #expect(try #require(slow.responses).mean > #require(quick.responses).mean)
  }

  @Test func `a workload that no board has images for is refused job by job`() throws {
    let house = try ClusterHouse()
    var simulation = try ClusterSimulation(
      house.workload(jobs: 5), on: house.board, images: [], ClusterConfiguration(boards: 2, seed: 1))
    let summary = try simulation.run()
    #expect(summary.refused == 5)
    #expect(summary.completed == 0)
    #expect(summary.responses == nil)
    #expect(summary.json.hasSuffix("\"response\": null}\n"))
  }

  @Test func `a run in which nothing ends any more is stopped by name`() throws {
    let house = try ClusterHouse()
    var configuration = ClusterConfiguration(boards: 1, seed: 1)
    configuration.broker.jobsPerBoard = 0
    configuration.stallLimit = .seconds(60)
    #expect(throws: ClusterError.stalled(open: 4, after: .seconds(60))) {
      try house.run(try house.workload(jobs: 4), configuration)
    }
  }

  @Test func `what makes no cluster is refused`() throws {
    let house = try ClusterHouse()
    let workload = try house.workload(jobs: 1)
    let changes: [(inout ClusterConfiguration) -> Void] = [
      { $0.boards = 0 }, { $0.boards = ClusterConfiguration.boardLimit + 1 }, { $0.networkLatency = .seconds(-1) },
      { $0.networkJitter = .seconds(1_000_000) }, { $0.networkBytesPerSecond = 0 }, { $0.itemByteCount = 0 },
      { $0.heartbeatInterval = .zero }, { $0.submissionLimit = 0 }, { $0.stallLimit = .zero },
    ]
    for change in changes {
      var configuration = ClusterConfiguration(boards: 1, seed: 1)
      change(&configuration)
      let error = #expect(throws: ClusterError.self) { try house.run(workload, configuration) }
      #expect(error?.code == "cluster.badConfiguration")
    }
  }
}
