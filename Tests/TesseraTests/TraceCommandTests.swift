import Foundation
import TestBench
import Testing

/// `tessera trace`, and the durations that flags take.
struct TraceCommandTests {
  private static let scratch = FileManager.default.temporaryDirectory

  private static func run(_ arguments: String...) throws -> BuiltProduct.Run {
    try BuiltProduct(named: "tessera").run(arguments, scratch: scratch)
  }

  private static func generate(_ changes: [String: String] = [:], _ more: String...) throws -> BuiltProduct.Run {
    let flags = ["class": "stress", "applications": "zcu216-versaslot", "sequences": "2", "seed": "7", "jobs": "3"]
      .merging(changes) { $1 }
    let arguments = flags.sorted { $0.key < $1.key }.flatMap { ["--\($0.key)", $0.value] }
    return try BuiltProduct(named: "tessera").run(["trace", "generate"] + arguments + more, scratch: scratch)
  }

  @Test func `a seed gives the same trace, on standard output or in a file`() throws {
    let printed = try Self.generate()
    #expect(printed.status == 0)
    #expect(
      String(decoding: printed.output, as: UTF8.self) == """
        sequence,arrival_s,application,batch,priority
        0,0,image-compression,1,9
        0,0.173,lenet,14,1
        0,0.328,image-compression,5,3
        1,0,optical-flow,28,9
        1,0.166,optical-flow,17,9
        1,0.321,lenet,23,9

        """)
    let file = Self.scratch.appending(path: "trace-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    let written = try Self.generate([:], "--output", file.path)
    #expect(written.status == 0 && written.output.isEmpty)
    #expect(try Data(contentsOf: file) == printed.output)
  }

  @Test(
    arguments: [
      (["class": "busy"], "catalogue.unknownLoadClass", 65), (["applications": "/nowhere"], "cli.missingFile", 66),
      (["applications": Repository.path("Package.swift")], "manifest.notJSON", 65),
      (["sequences": "1000000"], "trace.tooManyRows", 65), (["sequences": "0"], "--sequences", 64),
    ] as [([String: String], String, Int32)])
  func `wrong arguments are refused by name`(_ changes: [String: String], _ name: String, _ status: Int32) throws {
    let run = try Self.generate(changes)
    #expect(run.status == status)
    #expect(run.errors.contains(name), "\(run.errors)")
  }

  @Test func `what is no recording is refused`() throws {
    let run = try Self.run("trace", "record", Repository.path("README.md"))
    #expect(run.status == 65)
    #expect(run.errors.contains("replay.unreadable"))
  }

  /// A heartbeat is 50 ms to 10 s; one that passes lets the command go on to the board, which is not there.
  @Test(arguments: [
    ("89.6ms", true), ("0.5s", true), ("60000us", true), ("0.1m", true), ("60000000ns", true),
    ("60000000.5ns", false), ("50.000001ms", true), ("49.9ms", false),
    ("10.000000001s", false), (".5s", false), ("1.s", false), ("1.0000001us", false), ("-1s", false), ("1e3ms", false),
    ("5", false), ("1.2.3s", false),
  ])
  func `durations have decimals and units`(_ text: String, _ isTaken: Bool) throws {
    let run = try Self.run("agent", "--board", "/nowhere", "--heartbeat=\(text)")
    #expect(run.status == (isTaken ? 66 : 64), "\(run.errors)")
  }
}
