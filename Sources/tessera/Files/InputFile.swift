internal import Fabric
internal import Glibc

/// A regular file that a user named, read within a limit.
struct InputFile {
  let path: String
  let byteCount: Int

  /// Looks at the file without reading it.
  ///
  /// - Throws: ``CommandError`` where it is missing, no regular file, or over the limit.
  init(_ path: String, limit: Int) throws(CommandError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw errno == ENOENT ? .missingFile(path) : .unreadableFile(path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
    guard status.st_size <= limit else {
      throw .fileTooLarge(path, byteCount: Int(status.st_size), limit: limit)
    }
    self.path = path
    self.byteCount = Int(status.st_size)
  }

  /// The file's bytes; as many as it had when it was looked at.
  func read() throws(CommandError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadableFile(path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var code: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
      while filled < byteCount, let base = buffer.baseAddress {
        let got = Glibc.read(descriptor, base + filled, byteCount - filled)
        if got > 0 {
          filled += got
        } else if got == 0 {
          break
        } else if errno != EINTR {
          code = errno
          break
        }
      }
    }
    guard code == 0 else { throw .unreadableFile(path, reason: String(cString: strerror(code))) }
    guard bytes.count == byteCount else {
      throw .unreadableFile(path, reason: "it shrank from \(byteCount) to \(bytes.count) bytes while it was read")
    }
    return bytes
  }
}

extension ManifestValue {
  /// Reads and checks a manifest's file; errors name it.
  init(file path: String) throws {
    let bytes = try InputFile(path, limit: Limits.manifestByteCount).read()
    do { try self.init(manifest: bytes) } catch { throw error.inFile(path) }
  }
}
