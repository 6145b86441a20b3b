import Foundation
import Store
import Testing

@Suite struct WholeFileTests {
  let temporary: TemporaryFolder

  init() throws { self.temporary = try TemporaryFolder() }

  @Test func `a file replaces another, and nothing else is left`() throws {
    for bytes in [[1, 2, 3], [], pattern(100_000)] {
      try WholeFile.write(bytes, to: temporary.appending("file"))
      #expect(try contents("file") == bytes)
      #expect(try names() == ["file"])
    }
  }

  @Test func `a link is replaced, and what it names stays as it is`() throws {
    try temporary.write([1], to: "other")
    try FileManager.default.createSymbolicLink(
      atPath: temporary.appending("file"), withDestinationPath: temporary.appending("other"))
    try WholeFile.write([2], to: temporary.appending("file"))
    #expect(try contents("file") == [2])
    #expect(try contents("other") == [1])
  }

  @Test func `a file that cannot be put in its place leaves nothing`() throws {
    try FileManager.default.createDirectory(
      atPath: temporary.appending("folder/inner"), withIntermediateDirectories: true)
    #expect(throws: SystemCallError.self) { try WholeFile.write([1], to: temporary.appending("folder")) }
    #expect(throws: SystemCallError.self) { try WholeFile.write([1], to: temporary.appending("absent/file")) }
    #expect(try names() == ["folder"])
  }

  @Test func `a folder is made with those above it`() throws {
    let folder = temporary.appending("a/b/c/")
    try Folder.make(folder, mode: 0o750)
    try Folder.make(folder, mode: 0o750)
    for path in ["a", "a/b", "a/b/c"] {
      #expect(try TemporaryFolder.permissions(temporary.appending(path)) == 0o750)
    }
  }

  private func contents(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: temporary.appending(name))))
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: temporary.path).sorted()
  }
}
