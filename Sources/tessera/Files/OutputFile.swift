internal import Glibc

/// Files that this program writes for users: whole or not at all.
enum OutputFile {
  /// Writes a file under another name, makes it durable and renames it, so that nobody sees half of it.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(CommandError) {
    let unfinished = "\(path).\(getpid()).part"
    let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .failed(path) }
    defer { close(descriptor) }
    do throws(CommandError) {
      try append(bytes, to: descriptor, path)
      guard fsync(descriptor) == 0, rename(unfinished, path) == 0 else { throw .failed(path) }
    } catch {
      unlink(unfinished)
      throw error
    }
  }

  /// Takes a file away, if it is there.
  static func remove(_ path: String) throws(CommandError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw .failed(path) }
  }

  /// Makes a folder where there is none.
  static func makeFolder(_ path: String) throws(CommandError) {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw .failed(path) }
  }

  /// Writes all bytes at a file's end.
  static func append(_ bytes: [UInt8], to descriptor: CInt, _ path: String) throws(CommandError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if count > 0 { written += count } else if errno != EINTR { throw .failed(path) }
    }
  }
}

extension CommandError {
  /// A file that could not be written; `errno` says why.
  static func failed(_ path: String) -> CommandError {
    .cannotCreate(path, reason: String(cString: strerror(errno)))
  }
}
