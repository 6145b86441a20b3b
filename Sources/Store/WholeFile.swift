package import Glibc

/// Files that are there whole or not at all.
package enum WholeFile {
  /// Puts a file in the place of what is there, durable on return; where it replaces nothing, `EEXIST` says that
  /// something is there.
  ///
  /// It is written under a hidden name beside its own, which a process that is killed meanwhile leaves behind.
  package static func write(
    _ bytes: [UInt8], to path: String, mode: mode_t = 0o644, replacing: Bool = true,
    by files: some FolderChanges = SystemFiles()
  ) throws(SystemCallError) {
    let folder = Folder.parent(of: path)
    let unfinished = unfinishedPath(in: folder)
    do throws(SystemCallError) {
      try files.create(unfinished, bytes, mode: mode)
      if replacing {
        try files.rename(unfinished, to: path)
      } else {
        try files.link(unfinished, to: path)
        try files.remove(unfinished)
      }
    } catch {
      try? files.remove(unfinished)
      throw error
    }
    try files.synchronize(folder)
  }

  /// A name that nobody can foresee, and of every writer's own.
  private static func unfinishedPath(in folder: String) -> String {
    "\(folder)/.\(UInt64.random(in: 0...UInt64.max)).part"
  }

  /// Whether a name is one of a file that is, or was, being written.
  static func isUnfinished(_ name: String) -> Bool { name.hasPrefix(".") && name.hasSuffix(".part") }
}
