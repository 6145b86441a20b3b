import ClusterSimulator
import Fabric
import Testing

@Suite struct ClusterWorkloadTests {
  @Test func `each sequence of a trace is a workload of its own, sorted by arrival`() throws {
    let house = try ClusterHouse()
    let trace = try Trace([
      Trace.Entry(sequence: 5, arrival: .seconds(3), application: "lenet", batch: 4, priority: 1),
      Trace.Entry(sequence: 2, arrival: .seconds(1), application: "optical-flow", batch: 5, priority: 3),
      Trace.Entry(sequence: 5, arrival: .seconds(2), application: "3d-rendering", batch: 6, priority: 9),
    ])
    let sequences = try ClusterWorkload.sequences(of: trace, from: house.catalogue)
    #expect(sequences.map(\.sequence) == [2, 5])
    let names = sequences.map { sequence in
      sequence.workload.arrivals.map { sequence.workload.applications[$0.application].name }
    }
    #expect(names == [["optical-flow"], ["3d-rendering", "lenet"]])
    #expect(sequences[1].workload.arrivals.map(\.itemCount) == [6, 4])
  }

  @Test func `an application that the catalogue lacks is named`() throws {
    let house = try ClusterHouse()
    let trace = try Trace([Trace.Entry(sequence: 0, arrival: .zero, application: "chess", batch: 1, priority: 1)])
    #expect(throws: ClusterError.badWorkload("the catalogue has no application 'chess'")) {
      try ClusterWorkload.sequences(of: trace, from: house.catalogue)
    }
  }

  @Test(arguments: [(-1, 1, 1, 0), (0, 0, 1, 0), (0, Limits.itemsPerBatch + 1, 1, 0), (0, 1, 10, 0), (0, 1, 1, 9)])
  func `a job that no broker could be given is refused`(seconds: Int, items: Int, priority: Int, application: Int)
    throws
  {
    let house = try ClusterHouse()
    let arrival = ClusterWorkload.Arrival(
      at: .seconds(seconds), application: application, itemCount: items, priority: priority)
    let error = #expect(throws: ClusterError.self) {
      try ClusterWorkload(applications: house.applications, arrivals: [arrival])
    }
    #expect(error?.code == "cluster.badWorkload")
    #expect(throws: ClusterError.self) { try ClusterWorkload(applications: house.applications, arrivals: []) }
  }
}
