import Digests
import Fabric
import Foundation
import Reconfig
import Store
import Synchronization
import Testing

/// A store in a folder of its own, a key that it trusts for the publisher `lab`, and images with their partials.
final class StoreBench {
  let temporary: TemporaryFolder
  let store: ImageStore
  /// Where the partials are before they are pushed.
  let source: ImageDirectory
  let lab: PublisherName
  private let key = SigningKey()

  var publicKey: PublicKey { key.publicKey }

  init() throws {
    temporary = try TemporaryFolder()
    store = ImageStore(path: temporary.appending("store"))
    source = ImageDirectory(path: temporary.appending("source"))
    lab = try #require(PublisherName("lab"))
    try ImageStoreWriter(making: store).trust(TrustedKey(key.publicKey, for: [lab]))
  }

  /// An image for two slots; partials are named after their contents, so images may share some.
  func image(
    _ name: String, kernel: String = "lab/dct@1", partials contents: [[UInt8]], variant: String? = nil
  ) throws -> Image {
    let references = try contents.enumerated().map { index, bytes in
      PartialReference(
        slot: SlotID(rawValue: index), digest: try source.write(bytes), byteCount: bytes.count)
    }
    let arguments = try ["input", "output"].enumerated().map { index, name in
      ArgumentRegisters(
        name: try #require(ArgumentName(name)), direction: index == 0 ? .input : .output,
        addressOffset: 16 + 16 * index, byteCountOffset: 24 + 16 * index)
    }
    return Image(
      name: name, function: .kernel(try #require(KernelName(kernel))), model: "toy",
      shell: ShellID(rawValue: Digest(of: [])), slotKind: .little, variant: variant.flatMap { VariantName($0) },
      microsecondsPerLaunch: 10, arguments: arguments, partials: references)
  }

  func sign(_ image: Image) -> ImageSignature { ImageSignature(of: image, by: key) }

  @discardableResult
  func push(
    _ image: Image, signature: ImageSignature? = nil, by files: any FolderChanges = SystemFiles()
  ) throws(ImageStoreError) -> [ImageID] {
    let writer = try ImageStoreWriter(store, files: files)
    let replaced = try writer.push(image, signature: signature ?? sign(image), from: source)
    try writer.collect()
    return replaced
  }

  func remove(_ image: Image, by files: any FolderChanges = SystemFiles()) throws(ImageStoreError) {
    let writer = try ImageStoreWriter(store, files: files)
    try writer.remove(image.id)
    try writer.collect()
  }

  /// The images that can be used: signed by a trusted key, all partials there with the digests that are promised.
  func wholeImages() throws -> [ImageID] {
    let contents = try store.contents()
    #expect(contents.damaged.isEmpty)
    for stored in contents.images {
      try contents.trusted.check(stored.image, signature: stored.signature)
      #expect(stored.faults.isEmpty)
      for partial in stored.image.partials {
        #expect(Digest(of: try store.partials.bytes(of: partial)) == partial.digest)
      }
    }
    return contents.images.map(\.image.id)
  }

  /// The store's files but the locks and the keys, sorted.
  func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: store.path)
      .filter { !["lock", "readers", "keys"].contains($0) }.sorted()
  }

  /// The names that the files of images have, sorted.
  func names(of images: [Image]) -> [String] {
    Set(
      images.flatMap { image in ["\(image.id).json", "\(image.id).sig"] + image.partials.map { "\($0.digest).bit" } }
    )
    .sorted()
  }
}

/// Lets the step of a given number fail, from 0 on.
final class FailingFiles: FolderChanges {
  enum Failure {
    /// Only this step, as when the disk is full: half of what it writes is there.
    case noSpace
    /// This step and all that follow, as when the process is killed in its middle.
    case death
  }
  private let files = SystemFiles()
  private let failing: Int
  private let failure: Failure
  private let steps = Counter()

  init(at step: Int, _ failure: Failure) {
    self.failing = step
    self.failure = failure
  }

  /// Whether the step that fails was reached.
  var hasFailed: Bool { steps.count > failing }

  func create(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(SystemCallError) {
    try step(path) { () throws(SystemCallError) in
      try files.create(path, Array(bytes.prefix(bytes.count / 2)), mode: mode)
    } whole: { () throws(SystemCallError) in
      try files.create(path, bytes, mode: mode)
    }
  }

  func rename(_ path: String, to newPath: String) throws(SystemCallError) {
    try step(path) { () throws(SystemCallError) in try files.rename(path, to: newPath) }
  }

  func link(_ path: String, to newPath: String) throws(SystemCallError) {
    try step(path) { () throws(SystemCallError) in try files.link(path, to: newPath) }
  }

  func remove(_ path: String) throws(SystemCallError) {
    try step(path) { () throws(SystemCallError) in try files.remove(path) }
  }

  func synchronize(_ folder: String) throws(SystemCallError) {
    try step(folder) { () throws(SystemCallError) in try files.synchronize(folder) }
  }

  private func step(
    _ path: String, half: () throws(SystemCallError) -> Void = {}, whole: () throws(SystemCallError) -> Void
  ) throws(SystemCallError) {
    let number = steps.next()
    switch failure {
    case .noSpace where number == failing, .death where number == failing:
      try half()
      throw SystemCallError("write", path, code: ENOSPC)
    case .death where number > failing: throw SystemCallError("write", path, code: ENOSPC)
    default: try whole()
    }
  }
}

/// Counts from 0.
private final class Counter: Sendable {
  private let value = Mutex(0)
  var count: Int { value.withLock { $0 } }
  func next() -> Int {
    value.withLock { value in
      defer { value += 1 }
      return value
    }
  }
}
