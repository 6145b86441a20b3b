import Fabric
import Foundation
import Testing

@Suite struct ApplicationManifestTests {
  @Test func `a manifest with every key decodes`() throws {
    let bytes = Good.application.bytes
    let application = try Application(manifest: bytes)
    #expect(application.manifest == bytes)
    #expect(application.name == "diamond")
    #expect(application.tasks.map(\.name.text) == ["SRC", "LOW", "UP", "JOIN", "STAGE", "END"])
    #expect(application.tasks[0].estimatedMicrosecondsPerItem == 5)
    #expect(application.tasks[0].measuredMicrosecondsPerItem == 6)
    #expect(application.tasks[0].kernel.text == "tests/copy@1")
    #expect(application.inputEdge?.name.text == "in")
    #expect(application.outputEdge?.name.text == "out")
    #expect(application.edges[0].readers.map(\.task.text) == ["UP", "LOW"])
    #expect(application.edges[2].readers.map(\.argument.text) == ["second"])
    #expect(application.bundles.map(\.tasks) == [[TaskName("STAGE"), TaskName("END")].compactMap(\.self)])
    #expect(application.bundles[0].microsecondsPerLaunch == [.serial: 12, .parallel: 7])
  }

  @Test func `a task's name may have dots`() throws {
    var manifest = Good.application
    manifest["tasks[4].name"] = "SRC.v2"
    manifest["edges[0].from"] = "SRC.v2.output"
    manifest["edges[5].to[0]"] = "SRC.v2.input"
    #expect(fault(of: manifest.bytes, as: Application.self) == nil)
  }

  @Test func `an application travels as its own text`() throws {
    let application = try Application(manifest: Good.application.bytes)
    let sent = try JSONEncoder().encode([application])
    #expect(try JSONDecoder().decode([Application].self, from: sent) == [application])
  }

  @Test(arguments: [
    Edit("another schema", .unsupportedSchema, at: "schema") { $0 = ["schema": 2, "graph": []] },
    Edit("no schema", .missingKey, at: "schema") { $0["schema"] = nil },
    Edit("a list for a manifest", .wrongType, at: ".") { $0 = [1] },
    Edit("an unknown key", .unknownKey, at: "colour") { $0["colour"] = "red" },
    Edit("an unknown key deep inside", .unknownKey, at: "bundles[0].microsecondsPerLaunch.twice") {
      $0["bundles[0].microsecondsPerLaunch.twice"] = 3
    },
    Edit("a key twice", .duplicateName, at: "tasks[1].name") {
      $0["tasks[1]"] = .object(Good.task("JOIN").pairs + [("name", "JOIN")])
    },
    Edit("no kernel", .missingKey, at: "tasks[2].kernel") { $0["tasks[2].kernel"] = nil },
    Edit("null for a text", .wrongType, at: "description") { $0["description"] = .null },
    Edit("a number for a text", .wrongType, at: "tasks[2].kernel") { $0["tasks[2].kernel"] = 7 },
    Edit("a text for a number", .wrongType, at: "edges[1].maximumByteCount") {
      $0["edges[1].maximumByteCount"] = "64"
    },
    Edit("an object for a list", .wrongType, at: "tasks") { $0["tasks"] = [:] },
    Edit("a text for an object", .wrongType, at: "edges[3]") { $0["edges[3]"] = "joined" },
    Edit("a half", .outOfRange, at: "edges[1].maximumByteCount") { $0["edges[1].maximumByteCount"] = 1.5 },
    Edit("a kernel without version", .outOfRange, at: "tasks[2].kernel") { $0["tasks[2].kernel"] = "tests/copy" },
    Edit("a name with a slash", .outOfRange, at: "name") { $0["name"] = "../diamond" },
    Edit("a task's name with a space", .outOfRange, at: "tasks[0].name") { $0["tasks[0].name"] = "THE END" },
    Edit("no time", .outOfRange, at: "tasks[3].estimatedMicrosecondsPerItem") {
      $0["tasks[3].estimatedMicrosecondsPerItem"] = 0
    },
    Edit("more than a day", .outOfRange, at: "tasks[3].measuredMicrosecondsPerItem") {
      $0["tasks[3].measuredMicrosecondsPerItem"] = 86_400_000_001
    },
    Edit("an item above the limit", .outOfRange, at: "edges[6].maximumByteCount") {
      $0["edges[6].maximumByteCount"] = .number(Double(Limits.blobByteCount + 1))
    },
    Edit("no tasks", .outOfRange, at: "tasks") { $0["tasks"] = [] },
    Edit("too many tasks", .outOfRange, at: "tasks") {
      $0["tasks"] = .list((0...Limits.tasksPerApplication).map { Good.task("T\($0)") })
    },
    Edit("too many edges", .outOfRange, at: "edges") {
      $0["edges"] = .list(
        (0...Limits.edgesPerApplication).map { Good.edge("e\($0)", from: "UP.a\($0)", to: ["LOW.a\($0)"]) })
    },
    Edit("an empty list of readers", .outOfRange, at: "edges[0].to") { $0["edges[0].to"] = [] },
    Edit("a task's name twice", .duplicateName, at: "tasks[5].name") { $0["tasks[5].name"] = "LOW" },
    Edit("an edge's name twice", .duplicateName, at: "edges[4].name") { $0["edges[4].name"] = "up" },
    Edit("an end without a dot", .outOfRange, at: "edges[0].to[1]") { $0["edges[0].to[1]"] = "LOW" },
    Edit("an end with no argument", .outOfRange, at: "edges[0].from") { $0["edges[0].from"] = "SRC." },
    Edit("an unknown reader", .unknownName, at: "edges[0].to[1]") { $0["edges[0].to[1]"] = "HIGH.input" },
    Edit("an unknown producer", .unknownName, at: "edges[1].from") { $0["edges[1].from"] = "HIGH.output" },
    Edit("an argument with two edges", .duplicateName, at: "edges[2].to[0]") { $0["edges[2].to[0]"] = "JOIN.first" },
    Edit("an argument that is read and written", .duplicateName, at: "edges[1].from") {
      $0["edges[1].from"] = "UP.input"
    },
    Edit("an edge with no end", .badShape, at: "edges[3]") {
      $0["edges[3].from"] = nil
      $0["edges[3].to"] = nil
    },
    Edit("no input edge", .badShape, at: "edges") { $0["edges[5]"] = nil },
    Edit("two input edges", .badShape, at: "edges[5]") { $0["edges[4].from"] = nil },
    Edit("no output edge", .badShape, at: "edges") { $0["edges[6]"] = nil },
    Edit("two output edges", .badShape, at: "edges[6]") { $0["edges[4].to"] = nil },
    Edit("a task that nothing reaches", .badShape, at: "tasks[3]") { $0["edges[0].to[0]"] = nil },
    Edit("a task whose work nobody reads", .badShape, at: "tasks[3]") { $0["edges[1]"] = nil },
    Edit("a cycle", .cycle, at: "edges") { $0["edges[7]"] = Good.edge("back", from: "END.again", to: ["JOIN.third"]) },
    Edit("a task that reads itself", .cycle, at: "edges") {
      $0["edges[7]"] = Good.edge("own", from: "UP.again", to: ["UP.more"])
    },
    Edit("a bundle named like a task", .duplicateName, at: "bundles[0].name") { $0["bundles[0].name"] = "UP" },
    Edit("two bundles of one name", .duplicateName, at: "bundles[1].name") {
      $0["bundles[1]"] = $0["bundles[0]"]
    },
    Edit("a bundle of an unknown task", .unknownName, at: "bundles[0].tasks[1]") {
      $0["bundles[0].tasks[1]"] = "HIGH"
    },
    Edit("a bundle of one", .outOfRange, at: "bundles[0].tasks") { $0["bundles[0].tasks"] = ["END"] },
    Edit("a bundle of nine", .outOfRange, at: "bundles[0].tasks") {
      $0["bundles[0].tasks"] = .list(Array(repeating: "END", count: 9))
    },
    Edit("a task twice in a bundle", .duplicateName, at: "bundles[0].tasks[1]") {
      $0["bundles[0].tasks"] = ["STAGE", "STAGE"]
    },
    Edit("a task in two bundles", .duplicateName, at: "bundles[1].tasks[1]") {
      $0["bundles[1]"] = $0["bundles[0]"]
      $0["bundles[1].name"] = "OTHER"
      $0["bundles[1].tasks"] = ["JOIN", "STAGE"]
    },
    Edit("a bundle backwards", .badShape, at: "bundles[0].tasks[1]") { $0["bundles[0].tasks"] = ["END", "STAGE"] },
    Edit("a bundle with a gap", .badShape, at: "bundles[0].tasks[1]") { $0["bundles[0].tasks"] = ["JOIN", "END"] },
    Edit("a bundle at a fork", .badShape, at: "bundles[0].tasks[1]") { $0["bundles[0].tasks"] = ["SRC", "UP"] },
    Edit("a bundle at a join", .badShape, at: "bundles[0].tasks[1]") { $0["bundles[0].tasks"] = ["UP", "JOIN"] },
    Edit("a bundle whose second stage reads the job's items", .badShape, at: "bundles[0].tasks[1]") {
      $0["edges[5].to[1]"] = "END.table"
    },
    Edit("a bundle without a time", .missingKey, at: "bundles[0].microsecondsPerLaunch") {
      $0["bundles[0].microsecondsPerLaunch"] = [:]
    },
  ])
  func `each fault is found at its place`(_ edit: Edit) {
    edit.expectFault(in: Good.application, as: Application.self)
  }

  @Test func `a cycle is named task by task`() throws {
    var manifest = Good.application
    manifest["edges[7]"] = Good.edge("back", from: "END.again", to: ["JOIN.third"])
    let detail = try #require(fault(of: manifest.bytes, as: Application.self)).detail
    #expect(detail.hasSuffix(": END -> JOIN -> STAGE -> END"))
  }
}
