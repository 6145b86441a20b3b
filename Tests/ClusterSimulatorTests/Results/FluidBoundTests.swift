import ClusterSimulator
import Fabric
import Foundation
import TestBench
import Testing

@Suite struct FluidBoundTests {
  func job(at seconds: Int, work: Int, slots: Double = 2) -> FluidBound.Job {
    FluidBound.Job(arrival: .seconds(seconds), demand: .spread(work: .seconds(work), slots: slots))
  }

  @Test func `a shorter job goes before what is left of a longer one`() {
    // On two slots: A alone until 1, B from 1 to 2, A's other 4 s until 6.
    let bound = FluidBound([job(at: 0, work: 10), job(at: 1, work: 2)])
    #expect(bound.responses == [.seconds(6), .seconds(1)])
    #expect(bound.mean == .milliseconds(3_500))
  }

  @Test func `a longer job waits, and the machine rests between arrivals`() {
    // A from 0 to 5 as B would take 6; B from 5 to 11; C from 20 to 21.
    let bound = FluidBound([job(at: 20, work: 2), job(at: 0, work: 10), job(at: 1, work: 12)])
    #expect(bound.responses == [.seconds(1), .seconds(5), .seconds(10)])
  }

  @Test func `what cannot be spread is served beside the others`() {
    let alone = FluidBound.Job(arrival: .seconds(1), demand: .alone(.seconds(197)))
    #expect(FluidBound([job(at: 0, work: 4), alone]).responses == [.seconds(2), .seconds(197)])
  }

  @Test func `jobs may be served at different speeds`() {
    // A takes 10 / 10 = 1 s, B 10 / 2 = 5 s.
    let bound = FluidBound([job(at: 0, work: 10), job(at: 0, work: 10, slots: 10)])
    #expect(bound.responses == [.seconds(6), .seconds(1)])
  }

  @Test func `service is rounded down and nonsense never ends early`() {
    let third = FluidBound.Job(arrival: .zero, demand: .spread(work: .nanoseconds(10), slots: 3))
    #expect(FluidBound([third]).responses == [.nanoseconds(3)])
    for slots in [0, -1, Double.nan] {
      #expect(FluidBound([job(at: 0, work: 1, slots: slots)]).mean ?? .zero > .seconds(100_000_000))
    }
    #expect(FluidBound([]).mean == nil)
  }

  @Test(arguments: UInt64(0)..<200)
  func `serving nanosecond by nanosecond gives the same`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let jobs = (0..<Int.random(in: 1...8, using: &random)).map { _ in
      (arrival: Int.random(in: 0...30, using: &random), time: Int.random(in: 0...12, using: &random))
    }
    let bound = FluidBound(
      jobs.map {
        FluidBound.Job(
          arrival: .nanoseconds($0.arrival), demand: .spread(work: .nanoseconds(4 * $0.time), slots: 4))
      })
    var left = jobs.map(\.time)
    var expected = jobs.map { _ in 0 }
    for now in 0...200 {
      for index in jobs.indices where left[index] > 0 || jobs[index].time == 0 {
        expected[index] = max(0, now - jobs[index].arrival)
        if left[index] == 0 { expected[index] = 0 }
      }
      let present = jobs.indices.filter { jobs[$0].arrival <= now && left[$0] > 0 }
      guard let least = present.min(by: { (left[$0], $0) < (left[$1], $1) }) else { continue }
      left[least] -= 1
      expected[least] = now + 1 - jobs[least].arrival
    }
    #expect(bound.responses == expected.map { .nanoseconds($0) }, "seed \(seed)")
  }

  @Test func `a Big slot is worth three or four Little ones to VersaSlot's applications`() {
    let perItem = [943_388, 684_727, 133_772, 133_991, 703_851, 869_325].map { Duration.microseconds($0) }
    let worth = FluidBound.littleSlotsPerBigSlot(
      perItem: perItem, perBundleLaunch: [.microseconds(537_731), .microseconds(495_515)])
    #expect(abs(worth - 3_469_054.0 / 1_033_246) < 1e-9)
  }

  /// The figure is that of an independent program with floating-point time.
  @Test func `the bound of the seven runs of a real board is 12.97 seconds`() throws {
    let shared = Repository.root.deletingLastPathComponent().appending(path: "shared/data")
    guard
      let log = try? String(contentsOf: shared.appending(path: "board-logs/zcu106-realtime-apps.csv"), encoding: .utf8),
      let catalogue = try? Data(contentsOf: shared.appending(path: "apps/zcu106-nimblock.json"))
    else { return }
    let work = try workPerItem(catalogue)
    var runs: [String: [FluidBound.Job]] = [:]
    for line in log.split(whereSeparator: \.isNewline) where line.hasPrefix("Nimblock,") {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let index = try #require(Int(fields[2]))
      let batch = try #require(Int(fields[5]))
      let name = ["KNN": "digit-recognition", "3DR": "3d-rendering"][fields[3]]
      let application = name ?? fields[3].lowercased().replacing(" ", with: "-")
      let total = try #require(work[application]) * batch
      runs[fields[1], default: []].append(
        FluidBound.Job(
          arrival: .milliseconds(50 * index),
          demand: name == "digit-recognition" ? .alone(total) : .spread(work: total, slots: 10)))
    }
    #expect(runs.count == 7)
    let responses = runs.keys.sorted().flatMap { FluidBound(runs[$0] ?? []).responses }
    let mean = try #require(ResponseStatistics(of: responses)).mean
    #expect(abs(mean / .seconds(1) - 12.969_926) < 1e-5)
  }

  private func workPerItem(_ catalogue: Data) throws -> [String: Duration] {
    let root = try #require(JSONSerialization.jsonObject(with: catalogue) as? [String: Any])
    let applications = try #require(root["apps"] as? [String: [String: Any]])
    return try applications.mapValues { application in
      let tasks = try #require(application["tasks"] as? [[String: Any]])
      return try tasks.reduce(.zero) { sum, task in
        sum + .microseconds(try #require(task["measuredMicrosecondsPerItem"] as? Double))
      }
    }
  }
}
