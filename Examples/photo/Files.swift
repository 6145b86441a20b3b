import FoundationEssentials
import Glibc

/// Reads a whole regular file of at most `limit` bytes.
func readFile(_ path: String, limit: Int = Limits.fileBytes) throws(PhotoError) -> [UInt8] {
  // Without O_NONBLOCK a named pipe would be waited for here, before it can be refused.
  let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard file >= 0 else {
    if errno == ENOENT || errno == ENOTDIR {
      throw PhotoError(.missingInput, "There is no file \(path).", hint: "Check the path.")
    }
    throw unreadable(path, errno)
  }
  defer { close(file) }

  var status = stat()
  guard fstat(file, &status) == 0 else { throw unreadable(path, errno) }
  guard status.st_mode & S_IFMT == S_IFREG else {
    throw PhotoError(.notAFile, "\(path) is not a regular file.", hint: "Give the path of a file.")
  }
  guard status.st_size <= limit else {
    throw PhotoError(
      .fileTooLarge, "\(path) has \(status.st_size) bytes; the limit is \(limit).", hint: "Use a smaller picture.")
  }
  return try readBytes(Int(status.st_size), from: file, path)
}

/// Writes a file whole or not at all: under another name first, then renamed.
func writeFile(_ bytes: [UInt8], to path: String) throws(PhotoError) {
  let partial = path + ".partial"
  let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
  guard file >= 0 else {
    throw PhotoError(
      .cannotCreate, "Cannot create \(path): \(reason(errno)).", hint: "Check that the directory is there and writable."
    )
  }
  do throws(PhotoError) {
    try writeBytes(bytes, to: file, path)
    guard rename(partial, path) == 0 else {
      throw PhotoError(
        .cannotCreate, "Cannot create \(path): \(reason(errno)).", hint: "Check that \(path) is not a directory.")
    }
  } catch {
    unlink(partial)
    throw error
  }
}

/// Makes a directory, and those above it, unless it is there.
func makeDirectory(_ path: String) throws(PhotoError) {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw PhotoError(
      .cannotCreate, "Cannot create the directory \(path): \(error).",
      hint: "Check that its parent is writable and that no file has its name.")
  }
}

/// The names in a directory, sorted.
func namesInDirectory(_ path: String) throws(PhotoError) -> [String] {
  do {
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  } catch {
    throw PhotoError(.missingInput, "Cannot list the directory \(path): \(error).", hint: "Check the path.")
  }
}

/// A path of a file in a directory.
func path(_ name: String, in directory: String) -> String {
  directory.hasSuffix("/") ? directory + name : directory + "/" + name
}

private func readBytes(_ count: Int, from file: Int32, _ path: String) throws(PhotoError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  var filled = 0
  while filled < count {
    let step = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress?.advanced(by: filled), count - filled) }
    if step < 0, errno == EINTR { continue }
    guard step >= 0 else { throw unreadable(path, errno) }
    guard step > 0 else {
      throw PhotoError(
        .readFailed, "\(path) ended after \(filled) of \(count) bytes.", hint: "Something changes the file; try again.")
    }
    filled += step
  }
  return bytes
}

/// Writes all bytes and closes `file`, whatever happens.
private func writeBytes(_ bytes: [UInt8], to file: Int32, _ path: String) throws(PhotoError) {
  var written = 0
  var problem: Int32 = 0
  while written < bytes.count, problem == 0 {
    let step = bytes.withUnsafeBytes { write(file, $0.baseAddress?.advanced(by: written), bytes.count - written) }
    if step >= 0 { written += step } else if errno != EINTR { problem = errno }
  }
  // A network file system may tell only here that the bytes did not fit.
  if close(file) != 0, problem == 0 { problem = errno }
  guard problem == 0 else {
    throw PhotoError(
      .writeFailed, "Writing \(path) failed: \(reason(problem)).", hint: "Check the free space of the disk.")
  }
}

private func unreadable(_ path: String, _ number: Int32) -> PhotoError {
  PhotoError(.readFailed, "Cannot read \(path): \(reason(number)).", hint: "Check the permissions of the file.")
}

private func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
