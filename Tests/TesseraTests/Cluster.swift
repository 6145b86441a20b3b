import Fabric
import Foundation
import TestBench
import Testing

/// A broker and agents as processes on loopback, with a folder of their own that goes away with the test.
final class Cluster: Sendable {
  static let lease = "1500ms"

  let folder: URL
  let images: String
  private let program: BuiltProduct

  init() throws {
    program = try BuiltProduct(named: "tessera")
    images = try BuiltImages.folder.get()
    folder = FileManager.default.temporaryDirectory.appending(path: "tessera-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Starts a broker; a second one in the same state folder goes on from there.
  func broker(listen: String = "tcp://127.0.0.1:*", record: String = "broker.jsonl") async throws -> Daemon {
    try await Daemon([
      "broker", "--listen", listen, "--state", path("broker"), "--lease", Self.lease, "--record", path(record),
    ])
  }

  func agent(
    _ layout: Layout, named name: String, broker: String, speed: Int = 50, images: String? = nil, _ more: [String] = []
  ) async throws -> Daemon {
    let board = layout == .onlyLittle ? "softfpga-only-little" : "softfpga-big-little"
    let flags = [
      "agent", "--board", Repository.path("bitstreams/boards/\(board).json"), "--name", name, "--broker", broker,
      "--images", images ?? self.images, "--state", path(name), "--speed", "\(speed)", "--record",
      path("\(name).jsonl"), "--heartbeat", "200ms",
    ]
    return try await Daemon(flags + more)
  }

  /// Runs a client command to its end.
  func run(_ arguments: [String], broker: String) async throws -> BuiltProduct.Run {
    try await program.run(arguments, environment: ["TESSERA_BROKER": broker], scratch: folder)
  }

  /// Runs a client command that must succeed, and decodes its JSON.
  func json<Value: Decodable>(_ type: Value.Type, _ arguments: [String], broker: String) async throws -> Value {
    let run = try await run(arguments + ["--output", "json"], broker: broker)
    try #require(run.status == 0, "\(arguments): \(run.errors)")
    return try JSONDecoder().decode(type, from: run.output)
  }

  /// Writes items into files, and gives their paths.
  func inputs(_ items: [[UInt8]]) throws -> [String] {
    try items.enumerated().map { index, bytes in
      let file = folder.appending(path: "input-\(index)")
      try Data(bytes).write(to: file)
      return file.path
    }
  }

  func submit(_ items: [[UInt8]], tenant: String = "default", broker: String) async throws -> String {
    struct Answer: Decodable { let job: String }
    let manifest = Repository.path("Applications/image-compression.json")
    let flags = ["submit", manifest, "--tenant", tenant, "--input"]
    return try await json(Answer.self, flags + inputs(items), broker: broker).job
  }

  /// Waits for a job's end, and gives its results in order.
  func results(of job: String, broker: String) async throws -> [[UInt8]] {
    let watch = try await run(["watch", job], broker: broker)
    try #require(watch.status == 0, "\(watch.errors)")
    let target = path("results-\(job)")
    let fetch = try await run(["fetch", job, "--to", target], broker: broker)
    try #require(fetch.status == 0, "\(fetch.errors)")
    return try FileManager.default.contentsOfDirectory(atPath: target).sorted().map { name in
      [UInt8](try Data(contentsOf: URL(filePath: target).appending(path: name)))
    }
  }

  /// The boards that answer, as `tessera board list` tells.
  func onlineBoards(broker: String) async throws -> [String] {
    try await json(BoardList.self, ["board", "list"], broker: broker).boards.filter { $0.state == "online" }.map(
      \.board)
  }

  /// Returns when so many boards are online.
  func waitForBoards(_ count: Int, broker: String) async throws {
    while try await onlineBoards(broker: broker).count < count { try Task.checkCancellation() }
  }

  func slots(of board: String, broker: String) async throws -> [SlotList.Slot] {
    try await json(SlotList.self, ["slot", "list", board], broker: broker).slots
  }

  func status(of job: String, broker: String) async throws -> StatusList.Job {
    try await #require(json(StatusList.self, ["status", job], broker: broker).jobs.first)
  }
}

struct BoardList: Decodable {
  struct Board: Decodable {
    struct Slot: Decodable {
      let slot: Int
      let kind: String
      let state: String
      let image: String?
    }
    let board: String
    let model: String
    let layout: String
    let state: String
    let slots: [Slot]
  }
  let boards: [Board]
}

struct SlotList: Decodable {
  struct Slot: Decodable {
    struct Reason: Decodable {
      let code: String
      let message: String
      let attempts: Int
      let ageSeconds: Double?
    }
    let board: String
    let slot: Int
    let kind: String
    let state: String
    let image: String?
    let job: String?
    let reason: Reason?
  }
  let slots: [Slot]
}

struct StatusList: Decodable {
  struct Job: Decodable {
    struct Task: Decodable {
      let task: String
      let finished: Int
      let items: Int
    }
    struct Reason: Decodable {
      let code: String
      let message: String
      let hint: String
    }
    let job: String
    let state: String
    let board: String?
    let application: String
    let tasks: [Task]
    let reason: Reason?
  }
  let jobs: [Job]
}

/// The store of all images, built once for all tests, where the product itself keeps it.
enum BuiltImages {
  static let folder: Result<String, any Error> = Result {
    let folder = Repository.path(".tessera/images")
    let scratch = FileManager.default.temporaryDirectory
    let run = try BuiltProduct(named: "tessera").run(
      [
        "image", "build", "--manifests", Repository.path("bitstreams/images"), "--boards",
        Repository.path("bitstreams/boards"), "--to", folder,
      ], scratch: scratch)
    try #require(run.status == 0, "\(run.errors)")
    return folder
  }
}
