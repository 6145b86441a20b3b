internal import Glibc

/// The file of a recording: each line is with the system when the call returns, so that a kill leaves whole lines.
final class RecordFile: Sendable {
  private let path: String
  private let descriptor: CInt

  /// Begins the file anew; only its owner can read it.
  init(_ path: String) throws(CommandError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
    // The mode above is for a new file only.
    guard descriptor >= 0, fchmod(descriptor, 0o600) == 0 else { throw .failed(path) }
    self.path = path
  }

  deinit { close(descriptor) }

  func append(_ line: [UInt8]) throws(CommandError) { try OutputFile.append(line, to: descriptor, path) }
}
