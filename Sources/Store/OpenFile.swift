package import Glibc

/// A call to the operating system that failed.
package struct SystemCallError: Error, CustomStringConvertible {
  let call: String
  let path: String
  /// The value of `errno`.
  package let code: CInt

  /// Takes the reason from `errno`, so it must be made directly after the call.
  package init(_ call: String, _ path: String, code: CInt = errno) {
    self.code = code
    self.call = call
    self.path = path
  }

  /// What the system says about the code.
  package var reason: String { String(cString: strerror(code)) }

  package var description: String { "\(call) of \(path): \(reason)" }
}

/// An open file, closed at the end of its life.
package struct OpenFile: ~Copyable, Sendable {
  private let descriptor: CInt
  private let path: String

  /// Opens `path` with the flags and the mode of open(2); programs started later do not inherit it.
  package init(_ path: String, _ flags: CInt, mode: mode_t = 0) throws(SystemCallError) {
    let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw SystemCallError("open", path) }
    self.descriptor = descriptor
    self.path = path
  }

  deinit { _ = Glibc.close(descriptor) }

  /// The file's size, or nil where it is no regular file.
  package borrowing func byteCount() throws(SystemCallError) -> Int? {
    let status = try status()
    return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  /// The permission bits.
  borrowing func permissions() throws(SystemCallError) -> mode_t { try status().st_mode & 0o777 }

  private borrowing func status() throws(SystemCallError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemCallError("fstat", path) }
    return status
  }

  /// The `count` bytes from `offset` on, or fewer where the file ends before.
  package borrowing func read(_ count: Int, from offset: Int = 0) throws(SystemCallError) -> [UInt8] {
    var failure: SystemCallError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, let base = buffer.baseAddress {
        let got = pread(descriptor, base + filled, count - filled, off_t(offset + filled))
        if got > 0 {
          filled += got
        } else if got == 0 {
          break
        } else if errno != EINTR {
          failure = SystemCallError("read", path)
          break
        }
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes all of `bytes` from the file's current position on.
  package borrowing func write(_ bytes: [UInt8]) throws(SystemCallError) {
    let failure = bytes.withUnsafeBytes { buffer -> SystemCallError? in
      var written = 0
      while written < buffer.count, let base = buffer.baseAddress {
        let count = Glibc.write(descriptor, base + written, buffer.count - written)
        if count >= 0 { written += count } else if errno != EINTR { return SystemCallError("write", path) }
      }
      return nil
    }
    if let failure { throw failure }
  }

  /// Returns when the file's bytes, or a folder's names, are on the disk.
  borrowing func synchronize() throws(SystemCallError) {
    guard fsync(descriptor) == 0 else { throw SystemCallError("fsync", path) }
  }

  /// Gives the file these permissions, whatever the umask is.
  package borrowing func setPermissions(_ mode: mode_t) throws(SystemCallError) {
    guard fchmod(descriptor, mode) == 0 else { throw SystemCallError("chmod", path) }
  }

  /// Takes all bytes out of the file.
  package borrowing func clear() throws(SystemCallError) { try cut(to: 0) }

  /// Keeps the file's first bytes only.
  borrowing func cut(to byteCount: Int) throws(SystemCallError) {
    guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw SystemCallError("truncate", path) }
  }

  /// Takes the exclusive lock of flock(2) for as long as the file is open; false where another holder has it.
  borrowing func tryLock() throws(SystemCallError) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    guard errno == EWOULDBLOCK else { throw SystemCallError("flock", path) }
    return false
  }

  /// Takes the same lock, or a share of it that others may have too, and waits for whoever holds it exclusively: a process
  /// at work, with which the lock ends.
  borrowing func lock(sharing: Bool = false) throws(SystemCallError) {
    while flock(descriptor, sharing ? LOCK_SH : LOCK_EX) != 0 {
      guard errno == EINTR else { throw SystemCallError("flock", path) }
    }
  }

  /// Gives the lock back, also where a process that is just being started has a copy of the descriptor.
  borrowing func unlock() { flock(descriptor, LOCK_UN) }
}
