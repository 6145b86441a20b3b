import ClusterSimulator
import Fabric
import Foundation
import SlotAllocator
import Testing

@Suite struct TraceSimulationTests {
  func simulation(
    of entries: [Trace.Entry], catalogue: String = "zcu216-versaslot", board: String = "zcu216-only-little",
    options: SimulationOptions = SimulationOptions()
  ) throws -> TraceSimulation {
    try TraceSimulation(
      of: Trace(entries), catalogue: ApplicationCatalogue(json: #require(BuiltIn.catalogue(catalogue))),
      board: BoardDescriptor(manifest: #require(BuiltIn.board(board))), options: options)
  }

  func entry(_ sequence: Int, milliseconds: Int, _ application: String = "lenet", batch: Int = 1) -> Trace.Entry {
    Trace.Entry(
      sequence: sequence, arrival: .milliseconds(milliseconds), application: application, batch: batch, priority: 1)
  }

  // LeNet's tasks take 113,300, 50,575 and 113,179 us, together 277,054 us.

  @Test func `an image comes from storage once and from memory afterwards`() throws {
    let jobs = try simulation(of: [entry(0, milliseconds: 0), entry(0, milliseconds: 10_000)])
      .report(under: .fcfs).jobs
    // Each task waits for its predecessor's item, then for its image: 90 ms from storage, 6 ms from memory. The images of the second and the third task are read ahead, 84 ms
    // each: while the first item, of 113 ms, is computed, and while the second is.
    #expect(rounded(jobs[0].response) == .microseconds(277_054 + 90_000 + 2 * 6_000))
    #expect(rounded(jobs[1].response) == .microseconds(277_054 + 3 * 6_000))
  }

  @Test func `a loop that waits for each configuration reads nothing ahead`() throws {
    let jobs = try simulation(of: [entry(0, milliseconds: 0)], options: SimulationOptions(isBlocking: true))
      .report(under: .fcfs).jobs
    #expect(rounded(jobs[0].response) == .microseconds(277_054 + 3 * 90_000))
  }

  /// Rates are whole bytes a second, so that modelled times are not whole microseconds.
  private func rounded(_ duration: Duration) -> Duration {
    .microseconds(Int((duration / .microseconds(1)).rounded()))
  }

  @Test func `a given configuration time holds for every one`() throws {
    let simulation = try simulation(
      of: [entry(0, milliseconds: 0)], options: SimulationOptions(configuration: .fixed(.milliseconds(50))))
    let report = try simulation.report(under: .fcfs)
    #expect(report.jobs[0].response == .microseconds(277_054 + 3 * 50_000))
    #expect(report.configurations == 3)
    #expect(report.slotUtilisation == 277_054.0 / (8 * 427_054))
  }

  @Test
  func `a blocked scheduler admits a job when the configuration is over, and the next one's gap counts from there`()
    throws
  {
    let options = SimulationOptions(configuration: .fixed(.milliseconds(100)), isBlocking: true)
    let entries = [0, 30, 60].map { entry(0, milliseconds: $0) }
    let jobs = try simulation(of: entries, options: options).report(under: .fcfs).jobs
    // Job 0's first image is written until 100 ms; job 1 comes then, and job 2 at 130 ms, while job 1's is written until 200 ms.
    #expect(jobs.map(\.arrival) == [.zero, .milliseconds(100), .milliseconds(200)])
    // Job 0's first item ends at 213.3 ms, while job 2's image is written until 300 ms; its second task is configured until 400 ms.
    #expect(jobs[0].response > .milliseconds(100 + 113 + 187 + 50))
  }

  @Test func `without blocking arrivals are the trace's`() throws {
    let entries = [0, 30, 60].map { entry(0, milliseconds: $0) }
    let jobs = try simulation(of: entries).report(under: .fcfs).jobs
    #expect(jobs.map(\.arrival) == entries.map(\.arrival))
  }

  @Test func `sequences are independent, and jobs are in the trace's order`() throws {
    let entries = [
      entry(7, milliseconds: 50), entry(2, milliseconds: 0), entry(7, milliseconds: 0), entry(2, milliseconds: 50),
    ]
    let jobs = try simulation(of: entries).report(under: .nimblock).jobs
    #expect(jobs.map(\.sequence) == [7, 2, 7, 2])
    #expect(jobs.map(\.index) == [0, 0, 1, 1])
    #expect(jobs.map(\.arrival) == entries.map(\.arrival))
    #expect(jobs[0].response == jobs[3].response)
    #expect(jobs[1].response == jobs[2].response)
  }

  @Test(arguments: PolicyName.allCases) func `every policy ends every job, twice alike`(policy: PolicyName) throws {
    for board in ["zcu216-only-little", "zcu216-big-little"] {
      let generator = try TraceGenerator(
        loadClass: "stress", of: ApplicationCatalogue(json: #require(BuiltIn.catalogue("zcu216-versaslot"))))
      let simulation = try simulation(of: generator.trace(sequences: 1, jobs: 8, seed: 3).entries, board: board)
      let report = try simulation.report(under: policy)
      #expect(report.jobs.count == 8)
      #expect(report.jobs.allSatisfy { $0.response > .zero })
      #expect(try simulation.report(under: policy) == report)
    }
  }

  /// A parallel bundle's first launch is filled badly; on one Big slot two of them must not take it from each other before either has launched.
  @Test(arguments: PolicyName.allCases, 1...4)
  func `no policy configures for ever where there is one Big slot`(policy: PolicyName, littleSlots: Int) throws {
    let little = #"{ "kind": "little", "partialByteCount": 1035240 }"#
    let big = #"{ "kind": "big", "partialByteCount": 2070480 }"#
    let slots = Array(repeating: little, count: littleSlots) + [big]
    let text = String(decoding: try #require(BuiltIn.board("zcu216-big-little")), as: UTF8.self)
    let list = try #require(text.firstRange(of: /"slots": \[[^\]]*\]/))
    let board = try BoardDescriptor(
      manifest: Array(text.replacingCharacters(in: list, with: #""slots": [\#(slots.joined(separator: ","))]"#).utf8))
    let catalogue = try ApplicationCatalogue(json: #require(BuiltIn.catalogue("zcu216-versaslot")))
    let trace = try TraceGenerator(loadClass: "standard", of: catalogue).trace(sequences: 1, jobs: 12, seed: 1)
    let report = try TraceSimulation(of: trace, catalogue: catalogue, board: board, options: SimulationOptions())
      .report(under: policy)
    #expect(report.jobs.count == 12)
    // 12 jobs have at most 12 x 9 tasks of at most 30 items.
    #expect(report.configurations < 12 * 9 * 30)
  }

  @Test func `launches and the scheduler have each their own column of times`() throws {
    func response(_ latencies: SimulationOptions.Latencies, _ sight: SimulationOptions.Sight) throws -> Duration {
      let options = SimulationOptions(latencies: latencies, sight: sight, configuration: .fixed(.milliseconds(10)))
      return try simulation(
        of: [entry(0, milliseconds: 0)], catalogue: "zcu106-nimblock", board: "zcu106-10-little", options: options
      ).report(under: .fcfs).jobs[0].response
    }
    for sight in SimulationOptions.Sight.allCases {
      #expect(try response(.estimated, sight) == .microseconds(7130 + 5115 + 5270 + 30_000))
      #expect(try response(.measured, sight) == .microseconds(38_757 + 22_331 + 32_487 + 30_000))
    }
  }

  @Test func `an application that the catalogue lacks is refused by name`() throws {
    #expect(
      throws: SimulationError.unknownApplication(
        "alexnet", known: ["3d-rendering", "image-compression", "lenet", "optical-flow"])
    ) {
      try simulation(of: [entry(0, milliseconds: 0, "alexnet")])
    }
  }

  @Test func `published policies run only with the catalogue of their board`() throws {
    let published = SimulationOptions(isAsPublished: true)
    #expect {
      try simulation(of: [entry(0, milliseconds: 0)], options: published)
    } throws: { error in
      (error as? SimulationError)?.code == "simulation.publishedCatalogue"
    }
    let right = try simulation(
      of: [entry(0, milliseconds: 0)], catalogue: "zcu106-nimblock", board: "zcu106-10-little", options: published)
    for policy in [PolicyName.versaslot, .tessera] {
      #expect(throws: SimulationError.notPublished(policy: policy.rawValue)) { try right.report(under: policy) }
    }
  }
}
