internal import Glibc

/// Standard output, for results; unbuffered, so that each line is seen when it is printed.
enum StandardOutput {
  /// Prints all of a text; where the reader has gone, the process ends as SIGPIPE would end it.
  ///
  /// - Throws: ``CommandError/outputFailed(reason:)``.
  static func print(_ text: String) throws(CommandError) {
    switch write(text, to: STDOUT_FILENO) {
    case 0: return
    // The signal itself comes first, unless whoever started this program had it ignored.
    case EPIPE: exit(128 + SIGPIPE)
    case let code: throw .outputFailed(reason: String(cString: strerror(code)))
    }
  }
}

/// Standard error, for everything else.
enum StandardError {
  /// Nobody could be told that this fails, so it just ends.
  static func print(_ text: String) { _ = write(text, to: STDERR_FILENO) }
}

/// Writes all of a text; the result is 0 or the value of `errno`.
private func write(_ text: String, to descriptor: CInt) -> CInt {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if written >= 0 {
      rest = rest.dropFirst(written)
      continue
    }
    switch errno {
    case EINTR: break
    case EAGAIN:
      // Another program that has the same pipe or terminal open has made it non-blocking.
      var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&waiting, 1, -1)
    case let code: return code
    }
  }
  return 0
}
