import Fabric
import Foundation
import Testing

/// The folder that holds Package.swift.
let repository = URL(filePath: #filePath).resolvingSymlinksInPath()
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

func contents(of path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: repository.appending(path: path)))
}

/// The JSON files of a folder of the repository, by name.
func manifests(in folder: String) throws -> [(name: String, bytes: [UInt8])] {
  let names = try FileManager.default.contentsOfDirectory(atPath: repository.appending(path: folder).path)
  return try names.filter { $0.hasSuffix(".json") }.sorted().map { ($0, try contents(of: "\(folder)/\($0)")) }
}

/// What is wrong with a text as a manifest of that type; nil where nothing is.
func fault<Value: ManifestValue>(of manifest: [UInt8], as type: Value.Type) -> ManifestError? {
  do {
    _ = try Value(manifest: manifest)
    return nil
  } catch {
    return error
  }
}

/// One edit of a good manifest, and the fault that must be found after it.
struct Edit: Sendable, CustomTestStringConvertible {
  let fault: ManifestError.Fault
  let place: String
  let testDescription: String
  private let edit: @Sendable (inout JSON) -> Void

  init(_ what: String, _ fault: ManifestError.Fault, at place: String, _ edit: @escaping @Sendable (inout JSON) -> Void)
  {
    self.testDescription = what
    self.fault = fault
    self.place = place
    self.edit = edit
  }

  func expectFault<Value: ManifestValue>(in good: JSON, as type: Value.Type) {
    var bad = good
    edit(&bad)
    let found = FabricTests.fault(of: bad.bytes, as: type)
    #expect(found?.fault == fault, "\(found?.description ?? "nothing was found")")
    #expect(found?.place == place, "\(found?.description ?? "nothing was found")")
  }
}

/// Manifests with every key that there is.
enum Good {
  /// A diamond with a tail: SRC feeds UP and LOW, JOIN reads both, then STAGE and END, which are a bundle.
  static let application: JSON = [
    "schema": 1, "name": "diamond", "description": "for tests",
    "tasks": [
      task("END"), task("JOIN"), task("LOW"), task("UP"), task("SRC"), task("STAGE"),
    ],
    "edges": [
      edge("fork", from: "SRC.output", to: ["UP.input", "LOW.input"]),
      edge("up", from: "UP.output", to: ["JOIN.first"]),
      edge("low", from: "LOW.output", to: ["JOIN.second"]),
      edge("joined", from: "JOIN.output", to: ["STAGE.input"]),
      edge("staged", from: "STAGE.output", to: ["END.input"]),
      ["name": "in", "to": ["SRC.input"], "maximumByteCount": 16],
      ["name": "out", "from": "END.output", "maximumByteCount": 32],
    ],
    "bundles": [
      [
        "name": "TAIL", "tasks": ["STAGE", "END"], "microsecondsPerLaunch": ["serial": 12, "parallel": 7],
        "provenance": "made up",
      ]
    ],
  ]

  static func task(_ name: String) -> JSON {
    [
      "name": .text(name), "kernel": "tests/copy@1", "estimatedMicrosecondsPerItem": 5,
      "measuredMicrosecondsPerItem": 6, "provenance": "made up",
    ]
  }

  static func edge(_ name: String, from: String, to: [String]) -> JSON {
    ["name": .text(name), "from": .text(from), "to": .list(to.map(JSON.text)), "maximumByteCount": 64]
  }

  static let digest = JSON.text(String(repeating: "0a", count: 32))

  static let image: JSON = [
    "schema": 1, "name": "tail-serial", "description": "for tests", "provenance": "made up",
    "function": ["bundle": ["mode": "serial", "kernels": ["tests/copy@1", "tests/copy@2"]]],
    "model": "softfpga-tiny", "shell": digest, "slotKind": "big", "microsecondsPerLaunch": 12,
    "arguments": [
      ["name": "input", "direction": "input", "addressOffset": 16, "byteCountOffset": 24],
      ["name": "output", "direction": "output", "addressOffset": 32, "byteCountOffset": 40],
    ],
    "partials": [
      ["slot": 4, "sha256": digest, "byteCount": 1000],
      ["slot": 5, "sha256": .text(String(repeating: "0b", count: 32)), "byteCount": 1001],
    ],
  ]

  static let board: JSON = [
    "schema": 1, "description": "for tests", "provenance": "made up", "model": "softfpga-tiny",
    "part": ["name": "softfpga-tiny", "device": "0x05F5B0FF", "rows": 6, "columns": [3, 1]],
    "shell": [
      "name": "mixed", "layout": "bigLittle",
      "slots": [
        ["kind": "little", "rows": [1]], ["kind": "big", "rows": [3, 2]], ["kind": "big", "rows": [0, 5]],
      ],
    ],
    "memoryByteCount": 4096, "configurationPort": ["bytesPerSecond": 400, "provenance": "made up"],
    "storage": ["bytesPerSecond": 117, "provenance": "made up"],
  ]
}
