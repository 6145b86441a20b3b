import ArgumentParser
import ClusterSimulator
import Fabric
import Foundation
import SlotAllocator

/// How near the simulator comes to a real board: mean responses and correlation, policy by policy.
struct Fidelity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fidelity",
    abstract: "Run the published policies on the traces of a real ZCU106 and compare with what the board took.")

  @Option(help: "The folder with zcu106-realtime.csv and zcu106-realtime-responses.csv.")
  var traces = "Benchmarks/Traces"

  func run() throws {
    let trace = try OwnData.boardTrace(in: traces)
    let measured = try BoardResponses(csv: OwnData.file("zcu106-realtime-responses.csv", in: traces))
    let simulation = try simulation(of: trace)
    print("| policy | jobs | mean, board (s) | mean, simulated (s) | difference | correlation | mean error of a job |")
    print("|---|---|---|---|---|---|---|")
    var all: [(board: Double, simulated: Double)] = []
    for column in measured.columns {
      guard let policy = PolicyName(rawValue: column.policy) else { continue }
      let jobs = try simulation.report(under: policy).jobs
      let pairs = try jobs.map { job in
        (board: try measured.seconds(of: job, in: column), simulated: job.response / .seconds(1))
      }
      print(row(column.policy, pairs))
      all += pairs
    }
    print(row("all", all))
  }

  private func simulation(of trace: Trace) throws -> TraceSimulation {
    try TraceSimulation(
      of: trace, catalogue: ApplicationCatalogue(json: OwnData.catalogue("zcu106-nimblock")),
      board: BoardDescriptor(manifest: OwnData.board("zcu106-10-little")),
      options: SimulationOptions(isBlocking: true, isAsPublished: true))
  }

  private func row(_ name: String, _ pairs: [(board: Double, simulated: Double)]) -> String {
    let count = Double(pairs.count)
    let board = pairs.reduce(0) { $0 + $1.board } / count
    let simulated = pairs.reduce(0) { $0 + $1.simulated } / count
    let error = pairs.reduce(0) { $0 + abs($1.simulated / $1.board - 1) } / count
    let cells = [
      name, "\(pairs.count)", Figures.text(board), Figures.text(simulated),
      Figures.percent(simulated / board - 1, decimals: 2), Figures.text(correlation(pairs), decimals: 4),
      Figures.percent(error),
    ]
    return Figures.row(cells)
  }

  /// Pearson's product-moment correlation coefficient.
  private func correlation(_ pairs: [(board: Double, simulated: Double)]) -> Double {
    let count = Double(pairs.count)
    let means = (pairs.reduce(0) { $0 + $1.board } / count, pairs.reduce(0) { $0 + $1.simulated } / count)
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for pair in pairs {
      let (x, y) = (pair.board - means.0, pair.simulated - means.1)
      xx += x * x
      yy += y * y
      xy += x * y
    }
    return xy / (xx * yy).squareRoot()
  }
}

/// What a real board took for each job, under each of some policies.
struct BoardResponses {
  struct Column {
    let policy: String
    let position: Int
  }
  let columns: [Column]
  /// Microseconds by sequence, index and column.
  private let rows: [[Int]: [Double]]

  /// Reads lines of a sequence, an index and one number of microseconds for each policy that the first line names, as in `round-robin_us`.
  init(csv: [UInt8]) throws {
    let lines = String(decoding: csv, as: UTF8.self).split(separator: "\n").map { $0.split(separator: ",") }
    let names = lines.first?.dropFirst(2) ?? []
    self.columns = names.enumerated().map { Column(policy: String($1.dropLast("_us".count)), position: $0) }
    var rows: [[Int]: [Double]] = [:]
    for line in lines.dropFirst() {
      let numbers = line.compactMap { Double($0) }
      guard numbers.count == names.count + 2 else { throw ValidationError("a line of the responses has other columns") }
      rows[[Int(numbers[0]), Int(numbers[1])]] = Array(numbers.dropFirst(2))
    }
    self.rows = rows
  }

  func seconds(of job: PolicyReport.Job, in column: Column) throws -> Double {
    guard let row = rows[[job.sequence, job.index]] else {
      throw ValidationError("the board has no job \(job.index) of sequence \(job.sequence)")
    }
    return row[column.position] / 1e6
  }
}
