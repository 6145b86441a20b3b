import Foundation
import TestBench
import Testing

/// Documentation/errors.md is what the program prints, and names every code that the sources name.
struct ErrorTableTests {
  /// Texts of the sources that look like codes, and codes that no user sees: they stay in logs, or are mapped to others.
  private static let noCodes: Set<String> = [
    "PollThread.watch", "shell.layout", "tessera.v1", "tessera.agent", "tessera.broker", "transport.inboundFull",
    "sealed.epoch", "sealed.checkpoint", "quarantined.slot", "quarantined.reason", "audit.log",
  ]

  @Test func `the committed table is the one that the program prints`() throws {
    let run = try BuiltProduct(named: "tessera").run(["errors"], scratch: FileManager.default.temporaryDirectory)
    #expect(run.status == 0)
    let committed = try Repository.bytes("Documentation/errors.md")
    #expect([UInt8](run.output) == committed, "run: tessera errors > Documentation/errors.md")
  }

  @Test func `every code in the sources has its line`() throws {
    let table = String(decoding: try Repository.bytes("Documentation/errors.md"), as: UTF8.self)
    let missing = try codes().filter { !table.contains("| `\($0)` |") }
    #expect(missing.sorted() == [])
  }

  /// The texts `"room.caseName"` of all sources.
  private func codes() throws -> Set<String> {
    let root = URL(filePath: Repository.path("Sources"))
    var codes: Set<String> = []
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift", !file.path.contains("/Generated/") else { continue }
      let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      for match in text.matches(of: #/"([A-Za-z]+\.[a-z][A-Za-z0-9]+)"/#) { codes.insert(String(match.output.1)) }
    }
    // ZeroMQ's errors become those of the transport.
    return codes.filter { !Self.noCodes.contains($0) && !$0.hasPrefix("zeromq.") }
  }
}
