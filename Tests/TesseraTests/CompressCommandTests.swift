import Bitstream
import Fabric
import Foundation
import TestBench
import Testing

/// `tessera image compress`, on the files that fuzzing begins with.
@Suite struct CompressCommandTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "compress-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  private func compress(_ path: String, _ options: String...) async throws -> BuiltProduct.Run {
    try await BuiltProduct(named: "tessera").run(
      ["image", "compress", path, "--to", "small.bit"] + options, folder: folder, scratch: folder)
  }

  @Test func `a partial becomes smaller where its board is named, and stays a partial for its slot`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let descriptor = "bitstreams/boards/softfpga-tiny-only-little.json"
    let board = try BoardDescriptor(manifest: Repository.bytes(descriptor))
    let slot = board.slots[0]
    let words = [UInt32](repeating: 7, count: slot.frames.reduce(0) { $0 + $1.count } * Part.wordsPerFrame)
    let plain = try PartialWriter(part: board.part, region: slot.frames).partial(design: "d", words: words)
    try Data(plain).write(to: folder.appending(path: "plain.bit"))

    let without = try await compress("plain.bit")
    #expect(without.status == 0)
    #expect(try Data(contentsOf: folder.appending(path: "small.bit")) == Data(plain))

    let run = try await compress("plain.bit", "--board", Repository.path(descriptor), "--output", "json")
    let small = [UInt8](try Data(contentsOf: folder.appending(path: "small.bit")))
    #expect(small.count < plain.count)
    #expect(
      String(decoding: run.output, as: UTF8.self)
        == #"{"byteCount":\#(small.count),"file":"small.bit","originalByteCount":\#(plain.count)}"# + "\n")
    let verifier = PartialVerifier(part: board.part, region: slot.frames)
    #expect(try verifier.frames(of: small) == verifier.region)
  }

  @Test func `a file that is no bitstream is refused, and nothing is written`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("nothing".utf8).write(to: folder.appending(path: "plain.bit"))
    let run = try await compress("plain.bit")
    #expect(run.status == 65)
    #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "small.bit").path))
  }
}
