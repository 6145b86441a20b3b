import Fabric
import Foundation
import TestBench
import Testing

/// `tessera image build`, with an image of the tiny board that takes milliseconds.
@Suite(.timeLimit(.minutes(1))) struct ImageBuildCommandTests {
  private struct Build: Decodable {
    let built: Int
    let kept: Int
    let pushed: Int
    let replaced: Int
    let key: String
    let newlyTrustedFor: [String]
    let changedManifests: [String]
  }

  private let bench: ImageBench

  init() throws {
    bench = try ImageBench()
    for folder in ["manifests", "boards"] {
      try FileManager.default.createDirectory(atPath: bench.path(folder), withIntermediateDirectories: true)
    }
    try bench.writeImage("manifests/dct", kernel: "tessera/dct@1")
    try FileManager.default.copyItem(atPath: bench.board, toPath: bench.path("boards/tiny.json"))
  }

  private func build(_ more: String...) throws -> Build {
    try bench.json(Build.self, arguments(more))
  }

  private func arguments(_ more: [String]) -> [String] {
    ["build", "--manifests", bench.path("manifests"), "--boards", bench.path("boards"), "--to", bench.path("store")]
      + more
  }

  @Test func `the first build makes a key and pushes, the next finds all done, and a change replaces`() throws {
    let first = try build("--write-digests")
    #expect(first.built == 2 && first.pushed == 1 && first.changedManifests.count == 1)
    #expect(first.newlyTrustedFor == ["tessera"])
    let again = try build()
    #expect(again.built == 0 && again.kept == 2 && again.pushed == 0 && again.newlyTrustedFor.isEmpty)
    #expect(again.key == first.key)
    #expect(try bench.json(ImageList.self, ["list"]).images.map(\.problem?.code) == [nil])

    let secret = bench.path("store/publisher.key")
    #expect(try FileManager.default.attributesOfItem(atPath: secret)[.posixPermissions] as? Int == 0o600)
    try bench.writeImage("manifests/dct", kernel: "tessera/dct@1", microseconds: 11)
    try bench.expect(arguments([]), code: "cli.partialMismatch", status: 65)
    let changed = try build("--write-digests")
    #expect(changed.pushed == 1 && changed.replaced == 1)
    #expect(try bench.json(ImageList.self, ["list"]).images.count == 1)
  }

  @Test func `an image that an ended push left beside its replacement is taken away`() throws {
    _ = try build("--write-digests")
    func file(_ ending: String) throws -> [URL] {
      let store = URL(filePath: bench.path("store"))
      return try FileManager.default.contentsOfDirectory(at: store, includingPropertiesForKeys: nil).filter {
        $0.lastPathComponent.hasSuffix(ending)
      }
    }
    let old = try (file(".json") + file(".sig")).map { ($0, try Data(contentsOf: $0)) }
    try bench.writeImage("manifests/dct", kernel: "tessera/dct@1", microseconds: 11)
    #expect(try build("--write-digests").replaced == 1)
    for (url, bytes) in old { try bytes.write(to: url) }
    #expect(try bench.json(ImageList.self, ["list"]).images.count == 2)
    #expect(try build().replaced == 1)
    #expect(try bench.json(ImageList.self, ["list"]).images.count == 1)
    #expect(try build().pushed == 0)
  }

  @Test func `a partial that was spoilt is built again`() throws {
    _ = try build("--write-digests")
    let image = try Image(manifest: [UInt8](Data(contentsOf: URL(filePath: bench.path("manifests/dct.json")))))
    try Data([1]).write(to: URL(filePath: bench.path("store/\(image.partials[0].digest).bit")))
    #expect(try bench.json(ImageList.self, ["list"]).images.map(\.problem?.code) == ["image.wrongByteCount"])
    #expect(try build().built == 1)
    #expect(try bench.json(ImageList.self, ["list"]).images.map(\.problem?.code) == [nil])
  }

  @Test func `two builds at once leave one key and whole images`() async throws {
    _ = try build("--write-digests")
    try FileManager.default.removeItem(atPath: bench.path("store"))
    let (bench, arguments) = (bench, arguments([]))
    try await withThrowingTaskGroup(of: Int32.self) { group in
      for _ in 0..<2 { group.addTask { try await bench.run(arguments).status } }
      for try await status in group { #expect(status == 0) }
    }
    #expect(try build().pushed == 0)
    let contents = try FileManager.default.contentsOfDirectory(atPath: bench.path("store/keys"))
    #expect(contents.count == 1)
  }

  @Test func `a key that the operator trusts no more stays untrusted`() throws {
    let key = try build("--write-digests").key
    try bench.succeed(["untrust", key])
    #expect(try bench.json(ImageList.self, ["list"]).images.map(\.problem?.code) == ["image.untrustedKey"])
    try bench.expect(arguments([]), code: "image.untrustedKey", status: 77)
    try bench.succeed(["trust", key, "--publisher", "tessera"])
    #expect(try build().pushed == 0)
  }

  @Test func `on a relocatable shell one partial serves all slots`() throws {
    let text = String(decoding: try Repository.bytes(bench.boardPath), as: UTF8.self)
      .replacing("\"shell\": {", with: "\"shell\": { \"relocatable\": true,")
    try Data(text.utf8).write(to: URL(filePath: bench.path("boards/tiny.json")))
    let board = try BoardDescriptor(manifest: Array(text.utf8))
    try bench.writeImage("manifests/dct", kernel: "tessera/dct@1", shell: board.shell)
    let built = try build("--write-digests")
    #expect(built.built == 1 && built.pushed == 1)
    let resolution = try bench.json(
      Resolution.self, ["resolve", "tessera/dct@1", "--board", bench.path("boards/tiny.json")])
    #expect(resolution.entries.first?.image != nil)
    let image = try Image(manifest: [UInt8](Data(contentsOf: URL(filePath: bench.path("manifests/dct.json")))))
    #expect(image.partials.map(\.relocatedFrom) == [nil, SlotID(rawValue: 0)])
    // The board whose shell does not allow it refuses the image by name.
    try bench.expect(["resolve", "tessera/dct@1", "--board", bench.board], code: "cli.cannotRun", status: 69)
  }
}
