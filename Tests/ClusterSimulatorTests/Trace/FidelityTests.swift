import ClusterSimulator
import Fabric
import SlotAllocator
import TestBench
import Testing

/// The simulator beside a real board: seven runs of twenty jobs on a ZCU106 (see Benchmarks/Traces).
@Suite struct FidelityTests {
  @Test(arguments: [PolicyName.exclusive, .fcfs, .roundRobin, .prema, .nimblock])
  func `a published policy's mean response is within 5 % of the board's, and its jobs' correlate by 0.995`(
    policy: PolicyName
  ) throws {
    let trace = try Trace(csv: contents("zcu106-realtime.csv"))
    let simulation = try TraceSimulation(
      of: trace, catalogue: ApplicationCatalogue(json: #require(BuiltIn.catalogue("zcu106-nimblock"))),
      board: BoardDescriptor(manifest: #require(BuiltIn.board("zcu106-10-little"))),
      options: SimulationOptions(isBlocking: true, isAsPublished: true))
    let simulated = try simulation.report(under: policy).jobs.map { $0.response / .seconds(1) }
    let board = try boardSeconds(under: policy)
    try #require(board.count == simulated.count)
    #expect(abs(mean(simulated) / mean(board) - 1) < 0.05)
    #expect(correlation(board, simulated) >= 0.995)
  }

  private func contents(_ name: String) throws -> [UInt8] {
    try Repository.bytes("Benchmarks/Traces/\(name)")
  }

  /// The board's responses in the trace's order.
  private func boardSeconds(under policy: PolicyName) throws -> [Double] {
    let text = try String(decoding: contents("zcu106-realtime-responses.csv"), as: UTF8.self)
    let lines = text.split(separator: "\n").map { $0.split(separator: ",") }
    let column = try #require(lines[0].firstIndex { $0 == "\(policy.rawValue)_us" })
    return try lines.dropFirst().map { try #require(Double($0[column])) / 1e6 }
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// Pearson's coefficient.
  private func correlation(_ xs: [Double], _ ys: [Double]) -> Double {
    let (x, y) = (xs.map { $0 - mean(xs) }, ys.map { $0 - mean(ys) })
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return product(x, y) / (product(x, x) * product(y, y)).squareRoot()
  }
}
