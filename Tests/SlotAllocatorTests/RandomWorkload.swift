import Fabric
import SlotAllocator
import TestBench

/// A board with its images and the jobs that come to it, all made from a seed.
struct RandomWorkload {
  let slotKinds: [SlotKind]
  let images: [Image]
  let jobs: [(application: TestApplication, items: Int)]

  /// A plain one has no bundles, and batches that fit a ring.
  init(seed: UInt64, isPlain: Bool = false) throws {
    var random = SeededRandom(seed: seed)
    let kinds: [SlotKind] = (0..<Int.random(in: 0...5, using: &random)).map { _ in random.chance(35) ? .big : .little }
    let slotKinds = ([.little] + kinds).shuffled(using: &random)
    // Most cases are small, for the time they take; one in sixteen has batches beyond a ring.
    let isLarge = seed % 16 == 0 && !isPlain
    let jobs = (0..<Int.random(in: 1...(isLarge ? 2 : seed % 4 == 0 ? 4 : 2), using: &random)).map { _ in
      (
        application: random.chance(50) ? Self.chain(isLarge, &random) : Self.graph(isLarge, &random),
        items: Int.random(in: isLarge ? 33...80 : 1...4, using: &random)
      )
    }
    self.slotKinds = slotKinds
    self.jobs = jobs.map { application, items in
      (TestApplication(tasks: application.tasks, bundles: isPlain ? [] : application.bundles), items)
    }
    self.images = try Self.images(for: self.jobs.map(\.application), slotKinds, &random)
  }

  private static func taskCount(_ isLarge: Bool, _ random: inout SeededRandom) -> Int {
    Int.random(in: 1...(isLarge ? 4 : 8), using: &random)
  }

  /// One of few kinds of kernel, so that jobs and tasks share images.
  private static func kind(_ random: inout SeededRandom) -> String {
    random.chance(30) ? "shared" : "k\(Int.random(in: 0...9, using: &random))"
  }

  private static func chain(_ isLarge: Bool, _ random: inout SeededRandom) -> TestApplication {
    let count = taskCount(isLarge, &random)
    let tasks = (0..<count).map { index in
      TestTask(
        "T\(index)", reads: [index == 0 ? "in" : "e\(index)"], writes: [index == count - 1 ? "out" : "e\(index + 1)"],
        kind: kind(&random))
    }
    return bundled(TestApplication(tasks: tasks), &random)
  }

  /// Tasks that read the job's items or the items of earlier tasks; fan-out by one edge with many readers, or by many edges.
  private static func graph(_ isLarge: Bool, _ random: inout SeededRandom) -> TestApplication {
    let count = taskCount(isLarge, &random)
    var tasks = (0..<count).map { TestTask("T\($0)", reads: [], writes: [], kind: kind(&random)) }
    func connect(_ producer: Int, _ reader: Int) {
      let edge = random.chance(50) ? "e\(producer)" : "e\(producer)-\(reader)"
      if !tasks[producer].writes.contains(edge) { tasks[producer].writes.append(edge) }
      if !tasks[reader].reads.contains(edge) { tasks[reader].reads.append(edge) }
    }
    for reader in 0..<count {
      if reader == 0 || random.chance(15) { tasks[reader].reads.append("in") }
      guard reader > 0 else { continue }
      for _ in 0..<Int.random(in: tasks[reader].reads.isEmpty ? 1...2 : 0...2, using: &random) {
        connect(Int.random(in: 0..<reader, using: &random), reader)
      }
    }
    for producer in 0..<count - 1 where tasks[producer].writes.isEmpty { connect(producer, count - 1) }
    tasks[count - 1].writes.append("out")
    return bundled(TestApplication(tasks: tasks), &random)
  }

  /// Bundles some of the pairs and triples that have only each other as reader and producer.
  private static func bundled(_ application: TestApplication, _ random: inout SeededRandom) -> TestApplication {
    var result = application
    var taken: Set<String> = []
    for first in application.tasks where !taken.contains(first.name) && random.chance(60) {
      var run = [first]
      while run.count < 3, let last = run.last, let next = onlyReader(of: last, in: application),
        !taken.contains(next.name)
      {
        run.append(next)
      }
      guard run.count > 1 else { continue }
      taken.formUnion(run.map(\.name))
      result.bundles.append(TestBundle(run.map(\.name)))
    }
    return result
  }

  private static func onlyReader(of task: TestTask, in application: TestApplication) -> TestTask? {
    guard !task.writes.contains("out") else { return nil }
    let readers = application.tasks.filter { !Set($0.reads).isDisjoint(with: task.writes) }
    guard readers.count == 1, let reader = readers.first, Set(reader.reads).isSubset(of: task.writes) else {
      return nil
    }
    return reader
  }

  /// An image of every kernel, mostly for Little slots, and of some bundles in either mode; here and there one that fits only some slots, or none
  /// of a task that its bundle can carry.
  private static func images(
    for applications: [TestApplication], _ slotKinds: [SlotKind], _ random: inout SeededRandom
  ) throws -> [Image] {
    func slots(_ kind: SlotKind) -> [Int] {
      let all = slotKinds.indices.filter { slotKinds[$0] == kind }
      return random.chance(80) ? all : Array(all.shuffled(using: &random).prefix(max(1, all.count - 1)))
    }
    let hasBig = slotKinds.contains(.big)
    var images: [Image] = []
    var done: Set<[String]> = []
    var carried: Set<String> = []
    for application in applications {
      for bundle in application.bundles where hasBig {
        let kernels = try bundle.tasks.map { try application.task($0).kernel }
        for mode in BundleMode.allCases where random.chance(60) && done.insert(kernels + [mode.rawValue]).inserted {
          images.append(try application.image(ofBundle: bundle.tasks, mode: mode, slots: slots(.big)))
          if random.chance(20) { carried.formUnion(kernels.shuffled(using: &random).prefix(1)) }
        }
      }
      for task in application.tasks where done.insert([task.kernel]).inserted && !carried.contains(task.kernel) {
        let kind: SlotKind = hasBig && random.chance(20) ? .big : .little
        images.append(try application.image(of: task.name, kind, slots: slots(kind)))
      }
    }
    return images
  }
}
