internal import Fabric
internal import Glibc

/// The folder of one daemon's durable state, held by one process at a time.
struct StateFolder: ~Copyable {
  /// The lock is flock(2)'s, so it ends with the process, however that ends.
  private let lock: OpenFile

  /// Makes the folder (0700) where there is none, and takes it for as long as this value lives.
  ///
  /// - Throws: ``StoreError/locked(_:)`` when another holder has it, ``StoreError/unavailable(_:)`` when it cannot be
  ///   made.
  init(_ path: String) throws(StoreError) {
    self.lock = try Self.lock(path)
  }

  private static func lock(_ path: String) throws(StoreError) -> OpenFile {
    do {
      try make(path)
      let file = try OpenFile(path + "/lock", O_RDWR | O_CREAT, mode: 0o600)
      if try file.tryLock() { return file }
    } catch {
      throw .unavailable("\(error)")
    }
    throw .locked(path)
  }

  /// Makes a folder and those above it, each durable before anything is put into it.
  static func make(_ path: String) throws(SystemCallError) {
    if mkdir(path, 0o700) == 0 { return try synchronize(parent(of: path)) }
    switch errno {
    case EEXIST: return
    case ENOENT where parent(of: path) != path:
      try make(parent(of: path))
      guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemCallError("mkdir", path) }
      try synchronize(parent(of: path))
    default: throw SystemCallError("mkdir", path)
    }
  }

  /// Makes the names in a folder durable.
  static func synchronize(_ path: String) throws(SystemCallError) {
    try OpenFile(path, O_RDONLY | O_DIRECTORY).synchronize()
  }

  private static func parent(of path: String) -> String {
    let trimmed = path.reversed().drop { $0 == "/" }
    let above = trimmed.drop { $0 != "/" }.drop { $0 == "/" }
    return above.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : String(above.reversed())
  }
}
