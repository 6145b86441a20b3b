import Fabric
import Foundation
import TestBench
import Testing

/// A folder with a publisher's files and a store, and the program.
final class ImageBench: Sendable {
  let boardPath = "bitstreams/boards/softfpga-tiny-big-little.json"
  private let folder: URL
  private let program: BuiltProduct

  init() throws {
    program = try BuiltProduct(named: "tessera")
    folder = FileManager.default.temporaryDirectory.appending(path: "tessera-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var board: String { Repository.path(boardPath) }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// The digest of the partial that has so many bytes.
  func digest(_ count: Int) -> String { Self.partials[count - 1].digest }

  /// One and two bytes, both 0, with their SHA-256.
  private static let partials: [(bytes: [UInt8], digest: String)] = [
    ([0], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ([0, 0], "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
  ]

  func writeImage(
    _ name: String, kernel: String, variant: String? = nil, model: String? = nil, shell: ShellID? = nil,
    microseconds: Int = 10
  ) throws {
    let board = try BoardDescriptor(manifest: Repository.bytes(boardPath))
    let variant = variant.map { "\"variant\": \"\($0)\"," } ?? ""
    let partials = try Self.partials.enumerated().map { slot, partial in
      try Data(partial.bytes).write(to: URL(filePath: path("\(partial.digest).bit")))
      return "{\"slot\": \(slot), \"sha256\": \"\(partial.digest)\", \"byteCount\": \(partial.bytes.count)}"
    }
    let manifest = """
      {"schema": 1, "name": "\(name.split(separator: "/").last ?? "")", "function": {"kernel": "\(kernel)"}, "model": "\(model ?? board.model)", \(variant)
       "shell": "\(shell ?? board.shell)", "slotKind": "little", "microsecondsPerLaunch": \(microseconds), "arguments": [
         {"name": "input", "direction": "input", "addressOffset": 16, "byteCountOffset": 24},
         {"name": "output", "direction": "output", "addressOffset": 32, "byteCountOffset": 40}
       ], "partials": [\(partials.joined(separator: ", "))]}
      """
    try Data(manifest.utf8).write(to: URL(filePath: path("\(name).json")))
  }

  /// Makes a key, and gives its public half.
  func keygen(_ name: String) throws -> String {
    struct Key: Decodable { let key: String }
    return try json(Key.self, ["keygen", path(name)]).key
  }

  func run(_ arguments: [String]) async throws -> BuiltProduct.Run {
    try await program.run(complete(arguments), scratch: folder)
  }

  func run(_ arguments: [String]) throws -> BuiltProduct.Run {
    try program.run(complete(arguments), scratch: folder)
  }

  private func complete(_ arguments: [String]) -> [String] {
    let takesStore = !["keygen", "sign", "build"].contains(arguments[0])
    return ["image"] + arguments + (takesStore ? ["--images", path("store")] : [])
  }

  func succeed(_ arguments: [String]) throws {
    let run = try run(arguments)
    try #require(run.status == 0, "\(arguments): \(run.errors)")
  }

  func text(_ arguments: [String]) throws -> String {
    let run = try run(arguments)
    try #require(run.status == 0, "\(arguments): \(run.errors)")
    return String(decoding: run.output, as: UTF8.self)
  }

  func json<Value: Decodable>(_ type: Value.Type, _ arguments: [String]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text(arguments + ["--output", "json"]).utf8))
  }

  func expect(_ arguments: [String], code: String, status: Int32) throws {
    let run = try run(arguments)
    #expect(run.status == status, "\(arguments): \(run.errors)")
    #expect(run.errors.contains("tessera: \(code)"), "\(arguments): \(run.errors)")
  }
}

struct ImageList: Decodable {
  struct Image: Decodable {
    struct Problem: Decodable { let code: String }
    let image: String
    let function: String
    let signedBy: String?
    let isWhole: Bool
    let problem: Problem?
  }
  struct Damage: Decodable { let code: String }
  let images: [Image]
  let damaged: [Damage]
}

struct Resolution: Decodable {
  struct Candidate: Decodable { let name: String }
  struct Entry: Decodable {
    let image: String?
    let candidates: [Candidate]
  }
  let entries: [Entry]
}
