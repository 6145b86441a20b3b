internal import Bitstream
public import Digests
public import Fabric
internal import Glibc
internal import Reconfig

/// The one process that changes an image store, for as long as this value lives; others wait, readers never do.
///
/// Each file is put there whole and durable, an image's manifest after all else of it, and its manifest is the first to go.
/// So whatever ends the process, the store holds whole images only, and ``collect()`` takes away what is left over.
public struct ImageStoreWriter: ~Copyable {
  public let store: ImageStore
  private let files: any FolderChanges
  /// The lock is flock(2)'s, so it ends with the process, however that ends.
  private let lock: OpenFile

  /// Waits until no other process changes the store.
  ///
  /// - Throws: ``ImageStoreError/noStore(_:)``, ``ImageStoreError/unavailable(_:)``.
  public init(_ store: ImageStore) throws(ImageStoreError) { try self.init(store, files: SystemFiles()) }

  /// The same, where the folder (0700) is made if there is none.
  ///
  /// - Throws: ``ImageStoreError/unavailable(_:)``.
  public init(making store: ImageStore) throws(ImageStoreError) {
    do { try Folder.make(store.keysPath) } catch { throw .unavailable("\(error)") }
    try self.init(store, opening: O_RDWR | O_CREAT, files: SystemFiles())
  }

  package init(_ store: ImageStore, files: any FolderChanges) throws(ImageStoreError) {
    try self.init(store, opening: O_RDWR, files: files)
  }

  private init(_ store: ImageStore, opening flags: CInt, files: any FolderChanges) throws(ImageStoreError) {
    self.lock = try Self.lock(store, opening: flags)
    self.store = store
    self.files = files
  }

  private static func lock(_ store: ImageStore, opening flags: CInt) throws(ImageStoreError) -> OpenFile {
    do {
      // Every store has this file since it was made.
      let file = try OpenFile(store.path + "/lock", flags, mode: 0o600)
      try file.lock()
      // For readers that may not make it.
      _ = try ImageStoreReader.open(store)
      return file
    } catch {
      throw error.code == ENOENT ? .noStore(store.path) : .unavailable("\(error)")
    }
  }

  deinit { lock.unlock() }

  /// Takes an image in, with the partials that are not there yet from `source`, in O(bytes of the partials).
  ///
  /// An image of the same function, model, shell, slot kind and variant is replaced. What holds memory is one partial at
  /// a time.
  ///
  /// - Parameters:
  ///   - image: The image.
  ///   - signature: A signature of it by a key that the store trusts.
  ///   - source: The folder in which the partials are.
  ///   - board: If given, the image must be made for it, and each partial must pass the verifier for its slot.
  ///   - contents: What the store holds, as it was read, or changed by a push, since this value was made.
  /// - Returns: The images that it replaced.
  /// - Throws: ``ImageStoreError``; the store then has the images that it had, and what was written for this one is left to
  ///   ``collect()``, as are the partials of those that were replaced.
  @discardableResult
  public borrowing func push(
    _ image: Image, signature: ImageSignature, from source: ImageDirectory, for board: BoardDescriptor? = nil,
    into contents: inout ImageStore.Contents
  ) throws(ImageStoreError) -> [ImageID] {
    try check(image, signature, for: board, contents.trusted)
    let replaced = contents.images.map(\.image).filter { $0.id != image.id && $0.hasPlace(of: image) }.map(\.id)
    let isNew = !contents.images.contains { $0.image.id == image.id }
    let manifestCount = contents.manifestCount + (isNew ? 1 : 0) - replaced.count
    guard manifestCount <= Limits.imagesPerStore else { throw .tooManyImages(limit: Limits.imagesPerStore) }
    try takePartials(of: image, from: source, for: board)
    try write(signature.manifest, to: store.path(image.id, StoreFile.signature))
    try write(image.manifest, to: store.path(image.id, StoreFile.manifest))
    for old in replaced { try removeFiles(of: old) }
    contents.images.removeAll { $0.image.id == image.id || replaced.contains($0.image.id) }
    contents.images.append(StoredImage(image, signature: signature, faults: []))
    contents.images.sort { $0.image.id < $1.image.id }
    contents.manifestCount = manifestCount
    return replaced
  }

  /// The same, of an image that comes alone.
  @discardableResult
  public borrowing func push(
    _ image: Image, signature: ImageSignature, from source: ImageDirectory, for board: BoardDescriptor? = nil
  ) throws(ImageStoreError) -> [ImageID] {
    var contents = try store.contents()
    return try push(image, signature: signature, from: source, for: board, into: &contents)
  }

  /// Takes an image away; its partials are left to ``collect()``.
  ///
  /// - Throws: ``ImageStoreError/unknownImage(_:found:)``, and where the folder cannot be changed.
  public borrowing func remove(_ image: ImageID) throws(ImageStoreError) {
    guard try store.imageIDs().contains(image) else { throw .unknownImage("\(image)", found: 0) }
    try removeFiles(of: image)
  }

  /// Trusts a key for what its entry says, in the place of what was said of it before.
  public borrowing func trust(_ key: TrustedKey) throws(ImageStoreError) {
    let keys = try store.contents().trusted
    guard keys[key.key] != nil || keys.keys.count < Limits.trustedKeysPerStore else {
      throw .tooManyKeys(limit: Limits.trustedKeysPerStore)
    }
    try write(key.manifest, to: store.path(key.key))
  }

  /// Trusts a key no more: images that it signed stay in the store and are refused from now on.
  ///
  /// - Throws: ``ImageStoreError/unknownKey(_:)``, and where the folder cannot be changed.
  public borrowing func untrust(_ key: PublicKey) throws(ImageStoreError) {
    guard try store.contents().trusted[key] != nil else { throw .unknownKey(key) }
    try change { files throws(SystemCallError) in
      try files.remove(store.path(key))
      try files.synchronize(store.keysPath)
    }
  }

  /// Takes away what belongs to no image: unfinished files, signatures without an image, partials that no image names.
  ///
  /// As long as a manifest cannot be read, its partials are unknown, and as long as there is an ``ImageStoreReader``, any
  /// may be needed: then no partial is taken away.
  public borrowing func collect() throws(ImageStoreError) {
    let contents = try store.contents()
    let images = Set(try store.imageIDs().map(\.rawValue))
    let readers = try exclusion()
    defer { readers.lock.unlock() }
    let mayTakePartials = readers.isExclusive && images.count == contents.images.count
    let partials = Set(contents.images.flatMap(\.image.partials).map(\.digest))
    let leftOver = try store.names().filter { name in
      if WholeFile.isUnfinished(name) { return true }
      if let image = StoreFile.digest(of: name, StoreFile.signature) { return !images.contains(image) }
      if let partial = StoreFile.digest(of: name, StoreFile.partial) {
        return mayTakePartials && !partials.contains(partial)
      }
      return false
    }
    try change { files throws(SystemCallError) in
      for name in leftOver { try files.remove("\(store.path)/\(name)") }
      for name in try Folder.names(store.keysPath) where WholeFile.isUnfinished(name) {
        try files.remove("\(store.keysPath)/\(name)")
      }
    }
  }

  /// The lock of the readers, and whether there are none.
  private borrowing func exclusion() throws(ImageStoreError) -> Exclusion {
    do {
      let lock = try ImageStoreReader.open(store)
      let isExclusive = try lock.tryLock()
      return Exclusion(lock: lock, isExclusive: isExclusive)
    } catch {
      throw .unavailable("\(error)")
    }
  }

  private struct Exclusion: ~Copyable {
    let lock: OpenFile
    let isExclusive: Bool
  }

  // MARK: Steps of a push

  private borrowing func check(
    _ image: Image, _ signature: ImageSignature, for board: BoardDescriptor?, _ trusted: TrustedKeys
  ) throws(ImageStoreError) {
    do throws(ImageRefusal) {
      try trusted.check(image, signature: signature)
      if let board { try ImageResolver(board: board, trusted: trusted).checkFit(image) }
    } catch {
      throw .refused(error)
    }
  }

  private borrowing func takePartials(
    of image: Image, from source: ImageDirectory, for board: BoardDescriptor?
  ) throws(ImageStoreError) {
    for partial in image.partials where partial.relocatedFrom == nil {
      // What the store has wrongly is written anew.
      if let bytes = try? store.partials.bytes(of: partial), Digest(of: bytes) == partial.digest {
        try verify(bytes, partial, for: board)
      } else {
        let bytes = try bytes(of: partial, in: source)
        try verify(bytes, partial, for: board)
        try write(bytes, to: store.partials.filePath(partial.digest))
      }
    }
  }

  /// The bytes of a partial, with the digest that its manifest promises.
  private borrowing func bytes(
    of partial: PartialReference, in folder: ImageDirectory
  ) throws(ImageStoreError) -> [UInt8] {
    let bytes: [UInt8]
    do { bytes = try folder.bytes(of: partial) } catch { throw .refused(.partial(error)) }
    let found = Digest(of: bytes)
    guard found == partial.digest else {
      throw .changed(folder.filePath(partial.digest), expected: "\(partial.digest)", found: "\(found)")
    }
    return bytes
  }

  private borrowing func verify(
    _ bytes: [UInt8], _ partial: PartialReference, for board: BoardDescriptor?
  ) throws(ImageStoreError) {
    guard let verifier = board?.verifier(for: partial.slot) else { return }
    do { _ = try verifier.verify(bytes, digest: partial.digest) } catch { throw .unverified(partial.slot, error) }
  }

  // MARK: Changes

  private borrowing func removeFiles(of image: ImageID) throws(ImageStoreError) {
    try change { files throws(SystemCallError) in
      try files.remove(store.path(image, StoreFile.manifest))
      // The manifest's end is durable before anything that it names is touched.
      try files.synchronize(store.path)
      try files.remove(store.path(image, StoreFile.signature))
    }
  }

  private borrowing func write(_ bytes: [UInt8], to path: String) throws(ImageStoreError) {
    try change { files throws(SystemCallError) in try WholeFile.write(bytes, to: path, by: files) }
  }

  private borrowing func change(
    _ change: (any FolderChanges) throws(SystemCallError) -> Void
  ) throws(ImageStoreError) {
    do { try change(files) } catch { throw .unavailable("\(error)") }
  }
}

extension Image {
  /// Whether a store has one of the two only: the one that was pushed later.
  package func hasPlace(of other: Image) -> Bool {
    function == other.function && model == other.model && shell == other.shell && slotKind == other.slotKind
      && variant == other.variant
  }
}
