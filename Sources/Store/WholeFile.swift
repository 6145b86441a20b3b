package import Glibc

/// Files that are there whole or not at all.
package enum WholeFile {
  /// Puts a file in the place of what is there, durable on return.
  ///
  /// It is written under a hidden name beside its own, which a process that is killed meanwhile leaves behind.
  package static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(SystemCallError) {
    let folder = Folder.parent(of: path)
    // A name that nobody can foresee, and of every writer's own. O_EXCL follows no link either (open(2)).
    let unfinished = "\(folder)/.\(UInt64.random(in: 0...UInt64.max)).part"
    let file = try OpenFile(unfinished, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    do throws(SystemCallError) {
      try file.write(bytes)
      try file.synchronize()
      guard rename(unfinished, path) == 0 else { throw SystemCallError("rename", path) }
    } catch {
      unlink(unfinished)
      throw error
    }
    try Folder.synchronize(folder)
  }
}
