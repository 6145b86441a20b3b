import ArgumentParser
import Fabric

/// How long the broker's core takes for an event, from few boards to many, with a long queue.
struct BrokerPlacement: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "broker", abstract: "Time the broker's core with many boards and a long queue.")

  @Option(help: "The numbers of boards, separated by commas.")
  var boards = "10,100,1000,10000"

  @Option(help: "The jobs that wait.")
  var jobs = 1_000_000

  @Option(help: "How often each event is timed.")
  var samples = 20_000

  @Option(help: "The seed of all that is random.")
  var seed: UInt64 = 1

  func run() throws {
    for count in boards.split(separator: ",").compactMap({ Int($0) }) {
      var house = try BrokerHouse(boards: count, jobs: jobs, seed: seed)
      print("\(count) boards, \(jobs) waiting jobs")
      try house.measure(samples: samples) { print("  \($0)") }
    }
  }
}
