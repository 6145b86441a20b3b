package import Glibc

/// What can be done to the files of a folder, step by step, so that a test can let each step fail, or be the last one.
package protocol FolderChanges: Sendable {
  /// Makes a file that is not there yet; its bytes are durable on return.
  func create(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(SystemCallError)
  /// Gives a file another name, in the place of what has that name.
  func rename(_ path: String, to newPath: String) throws(SystemCallError)
  /// Gives a file a second name, which nothing may have yet.
  func link(_ path: String, to newPath: String) throws(SystemCallError)
  /// Takes a file away, if it is there.
  func remove(_ path: String) throws(SystemCallError)
  /// Makes a folder's names durable.
  func synchronize(_ folder: String) throws(SystemCallError)
}

/// The operating system's files.
package struct SystemFiles: FolderChanges {
  package init() {}

  package func create(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(SystemCallError) {
    // O_EXCL follows no link either (open(2)).
    let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    try file.write(bytes)
    try file.synchronize()
  }

  package func rename(_ path: String, to newPath: String) throws(SystemCallError) {
    guard Glibc.rename(path, newPath) == 0 else { throw SystemCallError("rename", newPath) }
  }

  package func link(_ path: String, to newPath: String) throws(SystemCallError) {
    guard Glibc.link(path, newPath) == 0 else { throw SystemCallError("link", newPath) }
  }

  package func remove(_ path: String) throws(SystemCallError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw SystemCallError("unlink", path) }
  }

  package func synchronize(_ folder: String) throws(SystemCallError) { try Folder.synchronize(folder) }
}
