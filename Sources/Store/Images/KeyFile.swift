public import Digests
internal import Glibc

/// Secret keys in files that only their owner can read.
public enum KeyFile {
  /// Puts a key into a file that must not be there yet, whole or not at all, durable on return.
  ///
  /// - Throws: ``ImageStoreError/keyExists(_:)``, ``ImageStoreError/unavailable(_:)``.
  public static func write(_ key: borrowing SigningKey, to path: String) throws(ImageStoreError) {
    let folder = Folder.parent(of: path)
    let unfinished = WholeFile.unfinishedPath(in: folder)
    defer { unlink(unfinished) }
    do throws(SystemCallError) {
      try key.withText { text throws(SystemCallError) in try SystemFiles().create(unfinished, text, mode: 0o600) }
      // Unlike rename(2), link(2) takes no other key's place.
      guard link(unfinished, path) == 0 else { throw SystemCallError("link", path) }
      try Folder.synchronize(folder)
    } catch {
      throw error.code == EEXIST ? .keyExists(path) : .unavailable("\(error)")
    }
  }

  /// Reads a key, unless others than its owner could.
  ///
  /// - Throws: ``ImageStoreError/keyMissing(_:)``, ``ImageStoreError/keyExposed(_:permissions:)``,
  ///   ``ImageStoreError/keyMalformed(_:)``, ``ImageStoreError/unavailable(_:)``.
  public static func read(_ path: String) throws(ImageStoreError) -> SigningKey {
    var text: [UInt8] = []
    let permissions: mode_t
    do throws(SystemCallError) {
      // Without O_NONBLOCK a named pipe would hold the program up.
      let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
      permissions = try file.permissions()
      if try file.byteCount() == SigningKey.textByteCount { text = try file.read(SigningKey.textByteCount) }
    } catch {
      throw error.code == ENOENT ? .keyMissing(path) : .unavailable("\(error)")
    }
    guard !text.isEmpty else { throw .keyMalformed(path) }
    guard permissions & 0o077 == 0 else {
      throw .keyExposed(path, permissions: String(permissions, radix: 8))
    }
    guard let key = SigningKey(consuming: &text) else { throw .keyMalformed(path) }
    return key
  }
}
