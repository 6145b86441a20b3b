internal import Glibc

/// Keeps the partials of a store where they are, for as long as this value lives: also of images that are replaced or taken
/// away meanwhile.
///
/// Whoever loads partials after it has chosen among the images, as an agent does, makes one first. Readers do not wait for
/// each other, nor for a push; they hold shares of a lock that ``ImageStoreWriter/collect()`` must have for itself.
public struct ImageStoreReader: ~Copyable, Sendable {
  private let lock: OpenFile

  /// - Throws: ``ImageStoreError/noStore(_:)``, ``ImageStoreError/unavailable(_:)``.
  public init(_ store: ImageStore) throws(ImageStoreError) {
    lock = try Self.sharedLock(of: store)
  }

  private static func sharedLock(of store: ImageStore) throws(ImageStoreError) -> OpenFile {
    do {
      let file = try open(store)
      try file.lock(sharing: true)
      return file
    } catch {
      throw error.code == ENOENT ? .noStore(store.path) : .unavailable("\(error)")
    }
  }

  deinit { lock.unlock() }

  /// Lets partials be taken away again.
  public consuming func end() {}

  /// The file that readers lock; whoever may only read the store finds it there since the first change.
  static func open(_ store: ImageStore) throws(SystemCallError) -> OpenFile {
    let path = store.path + "/readers"
    do { return try OpenFile(path, O_RDONLY) } catch {
      guard error.code == ENOENT else { throw error }
      return try OpenFile(path, O_RDONLY | O_CREAT, mode: 0o644)
    }
  }
}
