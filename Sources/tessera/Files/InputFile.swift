internal import Fabric
internal import Glibc
internal import Store

/// A regular file that a user named, read within a limit.
struct InputFile {
  let path: String
  let byteCount: Int

  /// Looks at the file without reading it.
  ///
  /// - Throws: ``CommandError`` where it is missing, no regular file, or over the limit.
  init(_ path: String, limit: Int) throws(CommandError) {
    let found: Int?
    do { found = try Self.open(path).byteCount() } catch { throw .reading(path, error) }
    guard let found else { throw .notAFile(path) }
    guard found <= limit else { throw .fileTooLarge(path, byteCount: found, limit: limit) }
    self.path = path
    self.byteCount = found
  }

  /// The file's bytes; as many as it had when it was looked at.
  func read() throws(CommandError) -> [UInt8] {
    let bytes: [UInt8]
    do { bytes = try Self.open(path).read(byteCount) } catch { throw .reading(path, error) }
    guard bytes.count == byteCount else {
      throw .unreadableFile(path, reason: "it shrank from \(byteCount) to \(bytes.count) bytes while it was read")
    }
    return bytes
  }

  /// Without O_NONBLOCK a named pipe would hold the program up.
  private static func open(_ path: String) throws(SystemCallError) -> OpenFile {
    try OpenFile(path, O_RDONLY | O_NONBLOCK)
  }
}

extension ManifestValue {
  /// Reads and checks a manifest's file; errors name it.
  init(file path: String) throws {
    let bytes = try InputFile(path, limit: Limits.manifestByteCount).read()
    do { try self.init(manifest: bytes) } catch { throw error.inFile(path) }
  }
}
