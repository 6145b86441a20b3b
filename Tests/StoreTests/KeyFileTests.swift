import Digests
import Foundation
import Store
import Testing

@Suite struct KeyFileTests {
  let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  @Test func `a key that was made can be read, by its owner only`() throws {
    let path = temporary.appending("key")
    let made = SigningKey()
    try KeyFile.write(made, to: path)
    #expect(try TemporaryFolder.permissions(path) == 0o600)
    let read = try KeyFile.read(path).publicKey
    #expect(read == made.publicKey)
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == ["key"])
  }

  @Test func `a key is not written over another file`() throws {
    let path = temporary.appending("key")
    let made = SigningKey()
    try KeyFile.write(made, to: path)
    expect(.keyExists(path)) { () throws(ImageStoreError) in try KeyFile.write(SigningKey(), to: path) }
    let read = try KeyFile.read(path).publicKey
    #expect(read == made.publicKey)
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == ["key"])
  }

  @Test(arguments: [0o604, 0o640, 0o602, 0o660])
  func `a key that others can read or write is refused`(_ permissions: Int) throws {
    let path = temporary.appending("key")
    try KeyFile.write(SigningKey(), to: path)
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
    expect(.keyExposed(path, permissions: String(permissions, radix: 8))) { () throws(ImageStoreError) in
      _ = try KeyFile.read(path)
    }
  }

  @Test func `where a key cannot be, its file is named`() throws {
    let path = temporary.appending("none/key")
    expect(.keyNotMade(path, reason: "No such file or directory")) { () throws(ImageStoreError) in
      try KeyFile.write(SigningKey(), to: path)
    }
    let link = temporary.appending("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: link)
    expect(.keyUnreadable(link, reason: "Too many levels of symbolic links")) { () throws(ImageStoreError) in
      _ = try KeyFile.read(link)
    }
  }

  @Test func `what is no key is refused by name`() throws {
    let path = temporary.appending("key")
    expect(.keyMissing(path)) { () throws(ImageStoreError) in _ = try KeyFile.read(path) }
    for text in ["", "key", String(repeating: "x", count: SigningKey.textByteCount)] {
      try temporary.write(Array(text.utf8), to: "key")
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      expect(.keyMalformed(path)) { () throws(ImageStoreError) in _ = try KeyFile.read(path) }
    }
    expect(.keyMalformed(temporary.path)) { () throws(ImageStoreError) in _ = try KeyFile.read(temporary.path) }
  }

  private func expect(_ expected: ImageStoreError, _ body: () throws(ImageStoreError) -> Void) {
    var found: ImageStoreError?
    do { try body() } catch { found = error }
    #expect(found == expected)
  }
}
