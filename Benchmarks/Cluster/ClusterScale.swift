import ArgumentParser
import ClusterSimulator
import Fabric
import Glibc

/// How fast a whole cluster is simulated, and how that grows with its boards.
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
    let (begin, beginCPU) = (ContinuousClock.now, cpuSeconds)
    let workload = try house.workload(jobs: jobs, items: items, boards: boards, loadPercent: load, seed: seed)
    var simulation = try ClusterSimulation(
      workload, on: house.board, images: house.images, ClusterConfiguration(boards: boards, seed: seed))
    let summary = try simulation.run()
    let (wall, cpu) = (seconds(ContinuousClock.now - begin), cpuSeconds - beginCPU)
    guard summary.completed == jobs else {
      throw ValidationError("only \(summary.completed) of \(jobs) jobs completed")
    }
    let cells = [
      left(boards, 6), left(jobs, 8), left(fixed(wall, 2), 8), left(fixed(cpu, 2), 8),
      left(fixed(cpu * 1e6 / Double(jobs), 1), 7),
      left(Int(Double(summary.events) / cpu), 9), left(Int(Double(summary.itemEvents) / cpu), 14),
      left(fixed(seconds(summary.virtualDuration), 1), 10),
      left(fixed(summary.responses.map { seconds($0.mean) } ?? 0, 3), 16), left(peakMebibytes, 9),
    ]
    print(cells.joined(separator: " "))
  }

  private func seconds(_ duration: Duration) -> Double { Double(duration.nanoseconds) / 1e9 }

  private func fixed(_ value: Double, _ digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    let scaled = Int((value * scale).rounded())
    let fraction = String(scaled % Int(scale))
    return "\(scaled / Int(scale)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }

  private func left(_ value: some CustomStringConvertible, _ width: Int) -> String {
    let text = value.description
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// The time that this process has computed: on a busy machine the wall's says little.
  private var cpuSeconds: Double { Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6 }

  /// The most memory that this process has had: getrusage(2) counts kibibytes.
  private var peakMebibytes: Int { usage.ru_maxrss / 1024 }

  private var usage: rusage {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage
  }
}
