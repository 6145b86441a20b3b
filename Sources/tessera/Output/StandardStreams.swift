internal import Glibc

/// Standard output, for results; unbuffered, so that each line is seen when it is printed.
enum StandardOutput {
  static func print(_ text: String) { write(text, to: STDOUT_FILENO) }
}

/// Standard error, for everything else.
enum StandardError {
  static func print(_ text: String) { write(text, to: STDERR_FILENO) }
}

/// Nobody could be told that this fails, so it just ends.
private func write(_ text: String, to descriptor: CInt) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return }
  }
}
