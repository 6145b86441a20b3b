import Digests
import Fabric
import SlotAllocator
import Testing

/// A task of a made-up application.
///
/// The edges that it reads and writes are its kernel's arguments `i0`, `i1` and so on, and `o0`, `o1` and so on.
struct TestTask {
  let name: String
  var reads: [String]
  var writes: [String]

  /// Tasks of the same `kind` and as many arguments run the same kernel.
  var kind: String
  /// What an item takes.
  var seconds: Double

  init(_ name: String, reads: [String], writes: [String], kind: String? = nil, seconds: Double = 5e-6) {
    self.name = name
    self.reads = reads
    self.writes = writes
    self.kind = kind ?? name
    self.seconds = seconds
  }

  var kernel: String { "tests/\(kind)-\(reads.count)-\(writes.count)@1" }

  struct Argument {
    let name: String
    let direction: String
  }

  func arguments(prefix: String = "") -> [Argument] {
    reads.indices.map { Argument(name: "\(prefix)i\($0)", direction: "input") }
      + writes.indices.map { Argument(name: "\(prefix)o\($0)", direction: "output") }
  }
}

/// Tasks by name, and what a launch of all of them takes.
struct TestBundle: ExpressibleByArrayLiteral {
  let tasks: [String]
  var serialSeconds = 10e-6
  var parallelSeconds = 6e-6

  init(arrayLiteral tasks: String...) { self.init(tasks) }

  init(_ tasks: [String], serialSeconds: Double = 10e-6, parallelSeconds: Double = 6e-6) {
    self.tasks = tasks
    self.serialSeconds = serialSeconds
    self.parallelSeconds = parallelSeconds
  }
}

/// A made-up application, as data to write manifests from.
struct TestApplication {
  var name = "made-up"
  var tasks: [TestTask]
  var bundles: [TestBundle] = []

  /// Tasks in a row.
  static func chain(_ names: String..., bundles: [TestBundle] = []) -> TestApplication {
    chain(names.map { ($0, 5e-6) }, bundles: bundles)
  }

  /// Tasks in a row, and what an item takes in each.
  static func chain(_ tasks: (String, seconds: Double)..., bundles: [TestBundle] = []) -> TestApplication {
    chain(tasks, bundles: bundles)
  }

  private static func chain(_ tasks: [(String, seconds: Double)], bundles: [TestBundle]) -> TestApplication {
    let edges = ["in"] + tasks.dropLast().map { "from-\($0.0)" } + ["out"]
    return TestApplication(
      tasks: tasks.indices.map { index in
        TestTask(tasks[index].0, reads: [edges[index]], writes: [edges[index + 1]], seconds: tasks[index].seconds)
      }, bundles: bundles)
  }

  func task(_ name: String) throws -> TestTask { try #require(tasks.first { $0.name == name }) }

  func decoded() throws -> Application {
    var edges: [String] = []
    for name in Set(tasks.flatMap { $0.reads + $0.writes }).sorted() {
      let readers = tasks.flatMap { task in
        task.reads.indices.filter { task.reads[$0] == name }.map { "\(task.name).i\($0)" }
      }
      let producer = tasks.compactMap { task in task.writes.firstIndex(of: name).map { "\(task.name).o\($0)" } }.first
      let from = producer.map { #""from": "\#($0)","# } ?? ""
      let to = readers.isEmpty ? "" : #""to": [\#(readers.map { "\"\($0)\"" }.joined(separator: ","))],"#
      edges.append(#"{"name": "\#(name)", \#(from) \#(to) "maximumByteCount": 4096}"#)
    }
    let listedTasks = tasks.map { task in
      #"""
      {"name": "\#(task.name)", "kernel": "\#(task.kernel)", "estimatedMicrosecondsPerItem": \#(microseconds(task.seconds)),
       "measuredMicrosecondsPerItem": \#(microseconds(task.seconds))}
      """#
    }
    let listedBundles = bundles.map { bundle in
      #"""
      {"name": "bundle-\#(bundle.tasks.joined())", "tasks": [\#(bundle.tasks.map { "\"\($0)\"" }.joined(separator: ","))],
       "microsecondsPerLaunch": {"serial": \#(microseconds(bundle.serialSeconds)),
                                 "parallel": \#(microseconds(bundle.parallelSeconds))}}
      """#
    }
    return try Application(
      manifest: Array(
        #"""
        {"schema": 1, "name": "\#(name)", "tasks": [\#(listedTasks.joined(separator: ","))],
         "edges": [\#(edges.joined(separator: ","))], "bundles": [\#(listedBundles.joined(separator: ","))]}
        """#.utf8))
  }

  /// The image of a task, for these slots.
  func image(of name: String, _ kind: SlotKind, slots: [Int]) throws -> Image {
    let task = try task(name)
    return try makeImage(
      name: name, function: #"{"kernel": "\#(task.kernel)"}"#, kind: kind, slots: slots, arguments: task.arguments())
  }

  /// The image of the bundle of these tasks, for these slots.
  func image(ofBundle names: [String], mode: BundleMode = .serial, slots: [Int]) throws -> Image {
    let tasks = try names.map(task)
    let kernels = tasks.map { "\"\($0.kernel)\"" }.joined(separator: ",")
    return try makeImage(
      name: names.joined(separator: mode == .serial ? "" : "."),
      function: #"{"bundle": {"mode": "\#(mode.rawValue)", "kernels": [\#(kernels)]}}"#, kind: .big, slots: slots,
      arguments: arguments(ofBundle: tasks, mode))
  }

  /// A serial bundle has the outer arguments, a parallel one those of each task, named with its stage before them.
  private func arguments(ofBundle tasks: [TestTask], _ mode: BundleMode) -> [TestTask.Argument] {
    switch mode {
    case .serial:
      (tasks.first?.arguments().filter { $0.direction == "input" } ?? [])
        + (tasks.last?.arguments().filter { $0.direction == "output" } ?? [])
    case .parallel: tasks.enumerated().flatMap { $1.arguments(prefix: "\($0).") }
    }
  }
}

private func microseconds(_ seconds: Double) -> Int { Int((seconds * 1e6).rounded()) }

func makeImage(
  name: String, function: String, kind: SlotKind, slots: [Int], arguments: [TestTask.Argument]
) throws -> Image {
  let arguments = arguments.enumerated().map { index, argument in
    #"""
    {"name": "\#(argument.name)", "direction": "\#(argument.direction)", "addressOffset": \#(16 + 16 * index),
     "byteCountOffset": \#(24 + 16 * index)}
    """#
  }
  let digest = String(repeating: "0a", count: 32)
  let partials = slots.map {
    #"{"slot": \#($0), "sha256": "\#(Digest(of: [UInt8(truncatingIfNeeded: $0)]))", "byteCount": 100}"#
  }
  return try Image(
    manifest: Array(
      #"""
      {"schema": 1, "name": "\#(name)", "function": \#(function), "model": "tests", "shell": "\#(digest)",
       "slotKind": "\#(kind.rawValue)", "microsecondsPerLaunch": 5, "arguments": [\#(arguments.joined(separator: ","))],
       "partials": [\#(partials.joined(separator: ","))]}
      """#.utf8))
}

/// A board of these slots; Big ones only beside Little ones.
func makeBoard(_ kinds: [SlotKind]) throws -> BoardDescriptor {
  var rows = 0
  let slots = kinds.map { kind in
    let own = Array(rows..<rows + (kind == .little ? 1 : 2))
    rows += own.count
    return #"{"kind": "\#(kind.rawValue)", "rows": \#(own)}"#
  }
  let layout: Layout = kinds.contains(.big) ? .bigLittle : .onlyLittle
  return try BoardDescriptor(
    manifest: Array(
      #"""
      {"schema": 1, "model": "tests",
       "part": {"name": "tests", "device": "0x05F5B0FF", "rows": \#(rows), "columns": [4]},
       "shell": {"name": "tests", "layout": "\#(layout.rawValue)", "slots": [\#(slots.joined(separator: ","))]},
       "memoryByteCount": 1048576, "configurationPort": {"bytesPerSecond": 1000},
       "storage": {"bytesPerSecond": 1000}}
      """#.utf8))
}

/// A job under an epoch.
func job(_ number: UInt64, epoch: UInt64 = 1) -> JobEpoch {
  JobEpoch(job: JobID(rawValue: number), epoch: Epoch(rawValue: epoch))
}

/// A slot by its number.
func slot(_ number: Int) -> SlotID { SlotID(rawValue: number) }

extension Application {
  /// Each task's prefix, in the order of the tasks; 0 for those not given.
  func progress(_ finished: Int...) -> Progress {
    Progress(
      tasks: tasks.indices.map {
        TaskProgress(task: tasks[$0].name, finished: $0 < finished.count ? finished[$0] : 0)
      })
  }

  /// Where a job is that has finished these prefixes.
  func flow(items: Int, _ progress: Progress? = nil, committed: Int = 0) -> JobFlow {
    JobFlow(
      application: self, itemCount: items,
      checkpoint: Checkpoint(progress: progress ?? Progress(of: self, finished: 0), items: []), committed: committed)
  }

  /// An edge's position.
  func edge(_ name: String) throws -> Int { try #require(edges.firstIndex { $0.name.text == name }) }
}
