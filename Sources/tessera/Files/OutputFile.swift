internal import Glibc
internal import Store

/// Files that this program writes for users: whole or not at all.
enum OutputFile {
  /// Puts a file in the place of what is there, so that nobody sees half of it.
  ///
  /// - Throws: ``CommandError/notAFile(_:)`` for a folder or a device, ``CommandError/cannotCreate(_:reason:)``.
  static func write(_ bytes: [UInt8], to path: String) throws(CommandError) {
    try checkReplaceable(path)
    do { try WholeFile.write(bytes, to: path) } catch { throw .writing(path, error) }
  }

  /// Takes a file away, if it is there.
  static func remove(_ path: String) throws(CommandError) {
    try checkReplaceable(path)
    guard unlink(path) == 0 || errno == ENOENT else { throw .writing(path, SystemCallError("unlink", path)) }
  }

  /// Makes a folder and those above it where there are none.
  static func makeFolder(_ path: String) throws(CommandError) {
    do { try Folder.make(path, mode: 0o755) } catch { throw .writing(path, error) }
  }

  /// Renaming and unlinking would also take `/dev/null` away, for those who may.
  private static func checkReplaceable(_ path: String) throws(CommandError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard [S_IFREG, S_IFLNK].contains(status.st_mode & S_IFMT) else { throw .notAFile(path) }
  }
}

extension CommandError {
  /// A file that could not be written; ENXIO stands for a pipe without a reader, or a socket.
  static func writing(_ path: String, _ error: SystemCallError) -> CommandError {
    error.code == ENXIO ? .notAFile(path) : .cannotCreate(path, reason: error.reason)
  }

  /// A file that could not be read.
  static func reading(_ path: String, _ error: SystemCallError) -> CommandError {
    switch error.code {
    case ENOENT, ENOTDIR: .missingFile(path)
    case ENXIO: .notAFile(path)
    default: .unreadableFile(path, reason: error.reason)
    }
  }
}
