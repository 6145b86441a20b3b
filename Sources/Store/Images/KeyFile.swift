public import Digests
internal import Glibc

/// Secret keys in files that only their owner can read.
public enum KeyFile {
  /// Puts a key into a file that must not be there yet, whole or not at all, durable on return.
  ///
  /// - Throws: ``ImageStoreError/keyExists(_:)``, ``ImageStoreError/keyNotMade(_:reason:)``.
  public static func write(_ key: borrowing SigningKey, to path: String) throws(ImageStoreError) {
    do throws(SystemCallError) {
      try key.withText { text throws(SystemCallError) in
        try WholeFile.write(text, to: path, mode: 0o600, replacing: false)
      }
    } catch {
      throw error.code == EEXIST ? .keyExists(path) : .keyNotMade(path, reason: error.reason)
    }
  }

  /// Reads a key, unless others than its owner could.
  ///
  /// - Throws: ``ImageStoreError/keyMissing(_:)``, ``ImageStoreError/keyExposed(_:permissions:)``,
  ///   ``ImageStoreError/keyMalformed(_:)``, ``ImageStoreError/keyUnreadable(_:reason:)``.
  public static func read(_ path: String) throws(ImageStoreError) -> SigningKey {
    var text: [UInt8] = []
    let permissions: mode_t
    do throws(SystemCallError) {
      // Without O_NONBLOCK a named pipe would hold the program up.
      let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
      permissions = try file.permissions()
      if try file.byteCount() == SigningKey.textByteCount { text = try file.read(SigningKey.textByteCount) }
    } catch {
      throw error.code == ENOENT ? .keyMissing(path) : .keyUnreadable(path, reason: error.reason)
    }
    guard !text.isEmpty else { throw .keyMalformed(path) }
    guard permissions & 0o077 == 0 else {
      throw .keyExposed(path, permissions: String(permissions, radix: 8))
    }
    guard let key = SigningKey(consuming: &text) else { throw .keyMalformed(path) }
    return key
  }
}
