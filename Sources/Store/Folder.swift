package import Glibc

/// Folders, by their paths.
package enum Folder {
  /// Makes a folder and those above it, each durable before anything is put into it.
  package static func make(_ path: String, mode: mode_t = 0o700) throws(SystemCallError) {
    if mkdir(path, mode) == 0 { return try synchronize(parent(of: path)) }
    switch errno {
    case EEXIST: return
    case ENOENT where parent(of: path) != path:
      try make(parent(of: path), mode: mode)
      guard mkdir(path, mode) == 0 || errno == EEXIST else { throw SystemCallError("mkdir", path) }
      try synchronize(parent(of: path))
    default: throw SystemCallError("mkdir", path)
    }
  }

  /// Makes the names in a folder durable.
  package static func synchronize(_ path: String) throws(SystemCallError) {
    try OpenFile(path, O_RDONLY | O_DIRECTORY).synchronize()
  }

  /// The names in a folder, sorted; at most ``nameLimit``.
  package static func names(_ path: String) throws(SystemCallError) -> [String] {
    guard let stream = opendir(path) else { throw SystemCallError("opendir", path) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      guard names.count < nameLimit else { throw SystemCallError("readdir", path, code: E2BIG) }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// More names than any folder of ours has.
  private static let nameLimit = 1 << 20

  /// The folder that holds a file or folder.
  static func parent(of path: String) -> String {
    let trimmed = path.reversed().drop { $0 == "/" }
    let above = trimmed.drop { $0 != "/" }.drop { $0 == "/" }
    return above.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : String(above.reversed())
  }
}
