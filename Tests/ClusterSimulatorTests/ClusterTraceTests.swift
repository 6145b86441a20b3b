import ClusterSimulator
import Fabric
import SlotAllocator
import Testing

@Suite(.timeLimit(.minutes(5))) struct ClusterTraceTests {
  private func trace(of house: ClusterHouse, sequences: Int) throws -> Trace {
    try TraceGenerator(meanGap: .milliseconds(20), of: house.catalogue)
      .trace(sequences: sequences, jobs: 6, batch: 1, seed: 1)
  }

  @Test func `a trace's sequences run on clusters of their own, and are summed up`() throws {
    let house = try ClusterHouse()
    let whole = try trace(of: house, sequences: 2)
    let configuration = ClusterConfiguration(boards: 2, seed: 3)
    let runs = try [whole, Trace(Array(whole.entries.prefix(6))), Trace(Array(whole.entries.suffix(6)))].map { trace in
      let summary = try ClusterTrace(of: trace, catalogue: house.catalogue, board: house.board, configuration).summary()
      return try #require(summary)
    }
    #expect(runs[0].jobs == 12 && runs[0].completed == 12)
    #expect(runs[0].responseTimes == runs[1].responseTimes + runs[2].responseTimes)
    #expect(runs[0].virtualDuration == runs[1].virtualDuration + runs[2].virtualDuration)
    #expect(runs[0].configurations == runs[1].configurations + runs[2].configurations)
    #expect(runs[0].events == runs[1].events + runs[2].events)
  }

  @Test(arguments: PolicyName.allCases) func `agents run every policy`(policy: PolicyName) throws {
    let house = try ClusterHouse()
    var configuration = ClusterConfiguration(boards: 2, seed: 1)
    configuration.policy = policy
    let summary = try house.run(try house.workload(jobs: 10), configuration)
    #expect(summary.completed == 10)
  }

  @Test func `an application without images for the boards is refused before anything runs`() throws {
    let house = try ClusterHouse(board: "zcu216-big-little")
    let littleless = BoardDescriptor(
      manifest: [], model: house.board.model, part: house.board.part, shell: house.board.shell, layout: .bigLittle,
      slots: [], memoryByteCount: 1 << 30, portBytesPerSecond: 1_000_000, storageBytesPerSecond: 1_000_000)
    let trace = try trace(of: house, sequences: 1)
    let error = #expect(throws: SimulationError.self) {
      try ClusterTrace(
        of: trace, catalogue: house.catalogue, board: littleless, ClusterConfiguration(boards: 1, seed: 1))
    }
    #expect(error?.code == "simulation.notCovered")
  }

  @Test func `a report prints the same figures as JSON and as a table`() throws {
    let house = try ClusterHouse()
    let summary = try house.run(try house.workload(jobs: 3), ClusterConfiguration(boards: 1, seed: 1))
    let report = ClusterReport(trace: "a \"b\"", board: "c", policy: "tessera", sequences: 1, summary: summary)
    #expect(
      report.json.hasPrefix(
        #"{"trace": "a \"b\"", "board": "c", "policy": "tessera", "sequences": 1, "summary": {"boards": 1, "#))
    #expect(report.json.hasSuffix("}}}\n"))
    #expect(report.table.contains("\njobs            3\n"))
    #expect(report.table.contains("item events     \(summary.itemEvents)\n"))
  }
}
