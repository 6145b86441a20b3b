import ArgumentParser
import ClusterSimulator
import Fabric

/// How fast a whole cluster is simulated, and how that grows with its boards.
///
/// The command line does the same run from a file, of a million one-item jobs on 1,000 boards:
///
///     tessera trace generate --gap 15625ns --batch 1 --jobs 1000000 --sequences 1 --seed 1 \
///       --applications Benchmarks/Traces/one-task.json --output scale.csv
///     tessera simulate trace scale.csv --applications Benchmarks/Traces/one-task.json \
///       --board zcu216-only-little --boards 1000 --summary
struct ClusterScale: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster",
    abstract: "Simulate the broker and many agents; print time, events for each second of computing, and memory.")

  @Option(help: "Boards of one run; give it several times for several runs.")
  var boards: [Int] = []

  @Option(help: "Jobs of each run.")
  var jobs = 1_000_000

  @Option(help: "Items of each job.")
  var items = 1

  @Option(help: "Tasks of each job's chain, 1 to 8.")
  var tasks = 1

  @Option(help: "Applications, each with kernels of its own, 1 to 8.")
  var applications = 1

  @Option(help: "Microseconds of one item in one task.")
  var microseconds = 100_000

  @Option(help: "Percent of the slots' time that the jobs need.")
  var load = 80

  @Option(help: "The seed of the run.")
  var seed: UInt64 = 1

  func run() throws {
    print("boards     jobs   wall s    cpu s  us/job  events/s  item events/s  virtual s  mean response s  peak MiB")
    for boards in boards.isEmpty ? [10, 100, 1_000, 10_000] : boards { try run(boards: boards) }
  }

  private func run(boards: Int) throws {
    let house = try ToyHouse(applications: applications, tasks: tasks, microseconds: microseconds)
    let (begin, beginCPU) = (ContinuousClock.now, ThisProcess.processorTime)
    let workload = try house.workload(jobs: jobs, items: items, boards: boards, loadPercent: load, seed: seed)
    var simulation = try ClusterSimulation(
      workload, on: house.board, images: house.images, ClusterConfiguration(boards: boards, seed: seed))
    let summary = try simulation.run()
    let (wall, cpu) = (
      (ContinuousClock.now - begin) / .seconds(1), (ThisProcess.processorTime - beginCPU) / .seconds(1)
    )
    guard summary.completed == jobs else {
      throw ValidationError("only \(summary.completed) of \(jobs) jobs completed")
    }
    let cells = [
      ("\(boards)", 6), ("\(jobs)", 8), (Figures.text(wall), 8), (Figures.text(cpu), 8),
      (Figures.text(cpu * 1e6 / Double(jobs), decimals: 1), 7),
      ("\(Int(Double(summary.events) / cpu))", 9), ("\(Int(Double(summary.itemEvents) / cpu))", 14),
      (Figures.text(summary.virtualDuration / .seconds(1), decimals: 1), 10),
      (Figures.text(summary.responses.map { $0.mean / .seconds(1) } ?? 0, decimals: 3), 16),
      ("\(ThisProcess.peakByteCount >> 20)", 9),
    ]
    print(
      cells.map { text, width in String(repeating: " ", count: max(0, width - text.count)) + text }.joined(
        separator: " "))
  }
}
