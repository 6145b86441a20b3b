import Foundation
import TestBench
import Testing

/// `tessera simulate trace --boards`.
struct ClusterCommandTests {
  private static func run(_ arguments: [String]) throws -> BuiltProduct.Run {
    try BuiltProduct(named: "tessera").run(arguments, scratch: FileManager.default.temporaryDirectory)
  }

  /// Ten jobs for a cluster of three boards.
  private static func simulate(_ more: String...) throws -> BuiltProduct.Run {
    let trace = FileManager.default.temporaryDirectory.appending(path: "cluster-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: trace) }
    let generated = try run([
      "trace", "generate", "--gap", "30ms", "--batch", "1", "--jobs", "10", "--sequences", "1", "--seed", "7",
      "--applications", "zcu216-versaslot", "--output", trace.path,
    ])
    #expect(generated.status == 0, "\(generated.errors)")
    return try run(
      ["simulate", "trace", trace.path, "--applications", "zcu216-versaslot", "--board", "zcu216-only-little"] + more)
  }

  @Test func `a cluster's summary is on standard output, and what the run took on standard error`() throws {
    let runs = try ["table", "json"].map { try Self.simulate("--boards", "3", "--summary", "--output", $0) }
    #expect(runs.map(\.status) == [0, 0])
    #expect(runs.allSatisfy { $0.errors.contains("item events a second") })
    #expect(String(decoding: runs[0].output, as: UTF8.self).contains("\ncompleted       10\n"))
    #expect(String(decoding: runs[1].output, as: UTF8.self).contains(#""completed": 10, "failed": 0, "refused": 0"#))
  }

  @Test(
    arguments: [
      ["--boards", "3"], ["--summary"], ["--boards", "0", "--summary"],
      ["--boards", "3", "--summary", "--policy", "fcfs,tessera"], ["--boards", "3", "--summary", "--blocking"],
      ["--boards", "3", "--summary", "--plot", "x.svg"], ["--boards", "3", "--summary", "--configure-time", "1ms"],
      ["--boards", "3", "--summary", "--latencies", "estimated"],
      ["--boards", "3", "--summary", "--scheduler-sees", "measured"],
    ])
  func `what does not go together is refused by name`(_ flags: [String]) throws {
    let run = try Self.run(
      ["simulate", "trace", "/nowhere", "--applications", "zcu216-versaslot", "--board", "zcu216-only-little"] + flags)
    #expect(run.status == 64)
    #expect(run.errors.contains("cluster.badConfiguration"), "\(run.errors)")
  }
}
