import Foundation
import FuzzTargets
import TestBench
import Testing

/// Every input that the fuzzer begins with, or once found something with, in the tests of every day.
@Suite struct CorpusTests {
  @Test(arguments: FuzzTarget.allCases) func `every input of the corpus holds`(target: FuzzTarget) throws {
    let files = try FuzzCorpus.files(of: target.rawValue)
    #expect(!files.isEmpty)
    for file in files {
      let bytes = [UInt8](try Data(contentsOf: file))
      #expect(bytes.count <= 50 << 10, "\(file.lastPathComponent) is too large to commit")
      #expect(throws: Never.self, "\(file.lastPathComponent)") { try target.run(bytes) }
    }
  }

  @Test(arguments: FuzzTarget.allCases) func `no input of the corpus with bytes changed ends the process`(
    target: FuzzTarget
  ) throws {
    var random = SeededRandom(seed: 9)
    for file in try FuzzCorpus.files(of: target.rawValue).prefix(8) {
      let bytes = [UInt8](try Data(contentsOf: file))
      guard !bytes.isEmpty else { continue }
      for _ in 0..<10 {
        var changed = bytes
        for _ in 0..<3 { changed[.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random) }
        #expect(throws: Never.self, "\(file.lastPathComponent)") { try target.run(changed) }
      }
    }
  }
}
