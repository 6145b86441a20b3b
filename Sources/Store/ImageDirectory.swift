public import Digests
public import Fabric
internal import Glibc

/// A folder of partials, each in a file named `<sha256>.bit` after its bytes: a board's storage.
public struct ImageDirectory: ImageSource {
  /// The folder.
  public let path: String

  /// Names the folder; it need not exist before the first ``write(_:)``.
  public init(path: String) { self.path = path }

  /// Reads a partial whose file has the size that its reference states; its digest is left to the verifier.
  ///
  /// - Throws: ``ImageSourceError``, for every fault of the file or of the reference.
  @concurrent public func read(_ partial: PartialReference) async throws(ImageSourceError) -> [UInt8] {
    let digest = partial.digest
    guard 0...Limits.partialByteCount ~= partial.byteCount else {
      throw .unreadable(
        digest, "its manifest says \(partial.byteCount) bytes, the limit is \(Limits.partialByteCount)")
    }
    do {
      // Without O_NONBLOCK a named pipe in the folder would hold the reader up for ever.
      let file = try OpenFile(filePath(digest), O_RDONLY | O_NONBLOCK)
      guard let found = try file.byteCount() else { throw ImageSourceError.unreadable(digest, "it is no regular file") }
      let bytes = found == partial.byteCount ? try file.read(found) : nil
      guard let bytes, bytes.count == partial.byteCount else {
        throw ImageSourceError.wrongByteCount(digest, expected: partial.byteCount, found: bytes?.count ?? found)
      }
      return bytes
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
    // A name of its own for every writer, so that two of them never share an unfinished file.
    let unfinished = "\(path)/.\(digest).\(UInt64.random(in: 0...UInt64.max))"
    do {
      try StateFolder.make(path)
      do {
        let file = try OpenFile(unfinished, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
        try file.write(bytes)
        try file.synchronize()
        guard rename(unfinished, filePath(digest)) == 0 else { throw SystemCallError("rename", unfinished) }
      } catch {
        unlink(unfinished)
        throw error
      }
      try StateFolder.synchronize(path)
    } catch {
      throw .unavailable("\(error)")
    }
    return digest
  }

  private func filePath(_ digest: Digest) -> String { "\(path)/\(digest).bit" }
}
