internal import Glibc
internal import Store

/// The file of a recording: each line is with the system when the call returns, so that a kill leaves whole lines.
final class RecordFile: Sendable {
  private let path: String
  private let file: OpenFile

  /// Begins a regular file anew, which only its owner can read; anything else is refused and stays as it is.
  init(_ path: String) throws(CommandError) {
    self.file = try Self.begin(path)
    self.path = path
  }

  private static func begin(_ path: String) throws(CommandError) -> OpenFile {
    do {
      // Without O_NONBLOCK a named pipe would hold the daemon up until somebody reads it.
      let file = try OpenFile(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK, mode: 0o600)
      if try file.byteCount() != nil {
        // The mode above is for a new file only.
        try file.setPermissions(0o600)
        try file.clear()
        return file
      }
    } catch {
      throw .writing(path, error)
    }
    throw .notAFile(path)
  }

  func append(_ line: [UInt8]) throws(CommandError) {
    do { try file.write(line) } catch { throw .writing(path, error) }
  }
}
