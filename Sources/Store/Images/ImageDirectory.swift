public import Digests
public import Fabric
internal import Glibc

/// A folder of partials, each in a file named `<sha256>.bit` after its bytes: a board's storage.
public struct ImageDirectory: ImageSource {
  /// The folder.
  public let path: String
  private let files: any FolderChanges

  /// Names the folder; it need not exist before the first ``write(_:)``.
  public init(path: String) { self.init(path: path, files: SystemFiles()) }

  package init(path: String, files: any FolderChanges) {
    self.path = path
    self.files = files
  }

  /// Reads a partial whose file has the size that its reference states; its digest is left to the verifier.
  ///
  /// - Throws: ``ImageSourceError``, for every fault of the file or of the reference.
  @concurrent public func read(_ partial: PartialReference) async throws(ImageSourceError) -> [UInt8] {
    try bytes(of: partial)
  }

  /// The same, on the caller's thread.
  package func bytes(of partial: PartialReference) throws(ImageSourceError) -> [UInt8] {
    let file = try open(partial)
    let bytes: [UInt8]
    do { bytes = try file.read(partial.byteCount) } catch { throw .unreadable(partial.digest, "\(error)") }
    guard bytes.count == partial.byteCount else {
      throw .wrongByteCount(partial.digest, expected: partial.byteCount, found: bytes.count)
    }
    return bytes
  }

  /// Checks in O(1) that a partial's file is there and has its size.
  ///
  /// - Throws: What ``read(_:)`` would, but for faults of the disk.
  public func check(_ partial: PartialReference) throws(ImageSourceError) { _ = try open(partial) }

  private func open(_ partial: PartialReference) throws(ImageSourceError) -> OpenFile {
    let digest = partial.digest
    guard 0...Limits.partialByteCount ~= partial.byteCount else {
      throw .unreadable(
        digest, "its manifest says \(partial.byteCount) bytes, the limit is \(Limits.partialByteCount)")
    }
    do {
      // Without O_NONBLOCK a named pipe in the folder would hold the reader up for ever.
      let file = try OpenFile(filePath(digest), O_RDONLY | O_NONBLOCK)
      guard let found = try file.byteCount() else { throw ImageSourceError.unreadable(digest, "it is no regular file") }
      guard found == partial.byteCount else {
        throw ImageSourceError.wrongByteCount(digest, expected: partial.byteCount, found: found)
      }
      return file
    } catch let error as SystemCallError {
      throw error.code == ENOENT ? .missing(digest) : .unreadable(digest, "\(error)")
    } catch let error as ImageSourceError {
      throw error
    } catch {
      throw .unreadable(digest, "\(error)")
    }
  }

  /// Puts a partial into the folder, whole or not at all, durable on return; the same bytes again change nothing.
  ///
  /// - Throws: ``StoreError/blobTooLarge(byteCount:limit:)`` over ``Limits/partialByteCount``, and
  ///   ``StoreError/unavailable(_:)`` when the folder cannot be written.
  @discardableResult
  public func write(_ bytes: [UInt8]) throws(StoreError) -> Digest {
    guard bytes.count <= Limits.partialByteCount else {
      throw .blobTooLarge(byteCount: bytes.count, limit: Limits.partialByteCount)
    }
    let digest = Digest(of: bytes)
    do {
      try Folder.make(path)
      try WholeFile.write(bytes, to: filePath(digest), by: files)
    } catch {
      throw .unavailable("\(error)")
    }
    return digest
  }

  /// Where a partial's file is.
  func filePath(_ digest: Digest) -> String { "\(path)/\(digest).bit" }
}
