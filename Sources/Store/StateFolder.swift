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

  deinit { lock.unlock() }

  private static func lock(_ path: String) throws(StoreError) -> OpenFile {
    do {
      try Folder.make(path)
      let file = try OpenFile(path + "/lock", O_RDWR | O_CREAT, mode: 0o600)
      if try file.tryLock() { return file }
    } catch {
      throw .unavailable("\(error)")
    }
    throw .locked(path)
  }
}
