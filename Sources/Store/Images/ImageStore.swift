internal import Digests
public import Fabric
internal import Glibc
public import Reconfig

/// A folder of images for many boards, with the keys that are trusted to sign them: what agents load from.
///
/// An image is in the store where its manifest is, in `ID.json`. Its signature is in `ID.sig`, its partials are in
/// `SHA256.bit`, which images may share, and the trusted keys in `keys/KEY.json`. Whatever reads the store checks again what
/// it reads, so a file that was changed since the push is found.
public struct ImageStore: Sendable {
  /// What was in a store at one time.
  public struct Contents: Sendable {
    /// In the order of the ids.
    public internal(set) var images: [StoredImage]
    /// The manifests that are there, the damaged ones too.
    public internal(set) var manifestCount: Int
    public let trusted: TrustedKeys
    /// Files that are not what their names say, and that nothing is taken from.
    public let damaged: [ImageStoreError]
  }

  /// The folder.
  public let path: String

  /// Names the folder.
  public init(path: String) { self.path = path }

  /// The partials of all images.
  public var partials: ImageDirectory { ImageDirectory(path: path) }

  /// The secret key that signs what is built on this machine, if `tessera image build` made one.
  public var localKeyPath: String { "\(path)/publisher.key" }

  /// Reads everything but the bytes of partials, of which it looks at the sizes, in O(images + partials).
  ///
  /// What is pushed or taken away meanwhile is read again, so of an image and the one that replaces it, one is there. Beyond
  /// ``Fabric/Limits/imagesPerStore`` nothing is pushed, but what is there is read.
  ///
  /// - Throws: ``ImageStoreError/noStore(_:)``, ``ImageStoreError/tooManyKeys(limit:)``,
  ///   ``ImageStoreError/unavailable(_:)``.
  public func contents() throws(ImageStoreError) -> Contents {
    var ids = try imageIDs()
    var read: [ImageID: Reading] = [:]
    for _ in 0..<Self.listingLimit {
      for id in ids where read[id] == nil { read[id] = reading(of: id) }
      let readings = ids.compactMap { read[$0] }
      // A folder that changes while it is listed may show neither of two images; one that did not change shows all.
      let listed = try imageIDs()
      if listed == ids, readings.count == ids.count { return try contents(readings) }
      ids = listed
    }
    throw .unavailable("it was changed each of the \(Self.listingLimit) times that it was looked at")
  }

  /// Each further listing reads only what came meanwhile, which takes less time than to push it.
  private static let listingLimit = 64

  private func contents(_ readings: [Reading]) throws(ImageStoreError) -> Contents {
    var damaged = readings.flatMap(\.damaged)
    return Contents(
      images: readings.compactMap(\.image), manifestCount: readings.count, trusted: try trustedKeys(&damaged),
      damaged: damaged)
  }

  /// The images that are there by the names of their manifests, which may be damaged; in order.
  ///
  /// - Throws: ``ImageStoreError/noStore(_:)``, ``ImageStoreError/unavailable(_:)``.
  public func imageIDs() throws(ImageStoreError) -> [ImageID] {
    try names().compactMap { StoreFile.digest(of: $0, StoreFile.manifest).map(ImageID.init(rawValue:)) }
  }

  /// The one image whose id begins with these hexadecimal digits.
  ///
  /// - Throws: ``ImageStoreError/unknownImage(_:found:)``, and as ``contents()``.
  public func imageID(beginningWith digits: String) throws(ImageStoreError) -> ImageID {
    let found = try imageIDs().filter { $0.description.hasPrefix(digits.lowercased()) }
    guard let image = found.first, found.count == 1, !digits.isEmpty else {
      throw .unknownImage(digits, found: digits.isEmpty ? 0 : found.count)
    }
    return image
  }

  /// Every name in the folder.
  func names() throws(ImageStoreError) -> [String] {
    do { return try Folder.names(path) } catch {
      throw error.code == ENOENT ? .noStore(path) : .unavailable("\(error)")
    }
  }

  // MARK: One image

  /// What was found under an image's name.
  private struct Reading {
    var image: StoredImage?
    var damaged: [ImageStoreError] = []
  }

  /// Nil where the image was taken away meanwhile.
  private func reading(of id: ImageID) -> Reading? {
    var reading = Reading()
    do throws(ImageStoreError) {
      guard let image = try image(id) else { return nil }
      let signature = signature(of: id, &reading.damaged)
      reading.image = StoredImage(image, signature: signature, faults: faults(of: image))
    } catch {
      reading.damaged.append(error)
    }
    return reading
  }

  /// An image whose manifest has the digest that names it; nil where it was taken away meanwhile.
  private func image(_ id: ImageID) throws(ImageStoreError) -> Image? {
    let file = path(id, StoreFile.manifest)
    guard let bytes = try bytes(of: file) else { return nil }
    let found = Digest(of: bytes)
    guard found == id.rawValue else { throw .changed(file, expected: "\(id)", found: "\(found)") }
    do { return try Image(manifest: bytes) } catch { throw .malformed(file, error) }
  }

  /// None where the file is not there or no signature; whose it is, and whether it holds, is for ``TrustedKeys`` to say.
  private func signature(of id: ImageID, _ damaged: inout [ImageStoreError]) -> ImageSignature? {
    let file = path(id, StoreFile.signature)
    do throws(ImageStoreError) {
      guard let bytes = try bytes(of: file) else { return nil }
      do { return try ImageSignature(manifest: bytes) } catch { throw .malformed(file, error) }
    } catch {
      damaged.append(error)
      return nil
    }
  }

  private func faults(of image: Image) -> [ImageSourceError] {
    var seen: Set<Digest> = []
    var faults: [ImageSourceError] = []
    for partial in image.partials where seen.insert(partial.digest).inserted {
      do { try partials.check(partial) } catch { faults.append(error) }
    }
    return faults
  }

  private func trustedKeys(_ damaged: inout [ImageStoreError]) throws(ImageStoreError) -> TrustedKeys {
    let names: [String]
    do { names = try Folder.names(keysPath) } catch {
      guard error.code == ENOENT else { throw .unavailable("\(error)") }
      return TrustedKeys([])
    }
    let files = names.filter { $0.hasSuffix(StoreFile.manifest) }.map { "\(keysPath)/\($0)" }
    guard files.count <= Limits.trustedKeysPerStore else { throw .tooManyKeys(limit: Limits.trustedKeysPerStore) }
    var keys: [TrustedKey] = []
    for file in files {
      do throws(ImageStoreError) {
        guard let key = try trustedKey(in: file) else { continue }
        keys.append(key)
      } catch {
        damaged.append(error)
      }
    }
    return TrustedKeys(keys)
  }

  private func trustedKey(in file: String) throws(ImageStoreError) -> TrustedKey? {
    guard let bytes = try bytes(of: file) else { return nil }
    let trusted: TrustedKey
    do { trusted = try TrustedKey(manifest: bytes) } catch { throw .malformed(file, error) }
    guard file == path(trusted.key) else { throw .changed(file, expected: "that key", found: "\(trusted.key)") }
    return trusted
  }

  /// A small file's bytes, up to one more than a manifest has; nil where there is none.
  private func bytes(of file: String) throws(ImageStoreError) -> [UInt8]? {
    do throws(SystemCallError) {
      let opened = try OpenFile(file, O_RDONLY | O_NONBLOCK)
      if try opened.byteCount() != nil { return try opened.read(Limits.manifestByteCount + 1) }
    } catch {
      if error.code == ENOENT { return nil }
      throw .unavailable("\(error)")
    }
    throw .unavailable("\(file) is no regular file")
  }

  // MARK: Paths

  var keysPath: String { "\(path)/keys" }

  func path(_ image: ImageID, _ suffix: String) -> String { "\(path)/\(image)\(suffix)" }

  func path(_ key: PublicKey) -> String { "\(keysPath)/\(key.hexadecimal)\(StoreFile.manifest)" }
}

/// The names of a store's files: a SHA-256 and one of these.
enum StoreFile {
  static let manifest = ".json"
  static let signature = ".sig"
  static let partial = ".bit"

  /// The digest in a name that ends like this, written as the store writes it.
  static func digest(of name: String, _ suffix: String) -> Digest? {
    guard name.hasSuffix(suffix), let digest = Digest(hexadecimal: name.dropLast(suffix.count)),
      name == "\(digest)\(suffix)"
    else { return nil }
    return digest
  }
}
