import Digests
import Fabric
import Foundation
import Reconfig
import Store
import TestBench
import Testing

/// Whatever is changed on the disk, or stops a change half way, is found or leaves whole images only.
@Suite struct DamagedImageStoreTests {
  let bench: StoreBench

  init() throws { bench = try StoreBench() }

  @Test(arguments: [FailingFiles.Failure.noSpace, .death])
  func `a push that ends at any step leaves whole images, and a second one succeeds`(
    _ failure: FailingFiles.Failure
  ) throws {
    let other = try bench.image("other", kernel: "lab/other@1", partials: [[1], [9]])
    try bench.push(other)
    let old = try bench.image("old", partials: [[1], [2]])
    let new = try bench.image("new", partials: [[1], [3], [4]])
    var step = 0
    while true {
      try bench.push(old)
      let files = FailingFiles(at: step, failure)
      do {
        try bench.push(new, by: files)
        // What goes wrong after the manifest is in its place may go unnoticed; all steps were visited.
        if !files.hasFailed { break }
      } catch {
        #expect(error.code == "image.storeUnavailable", "step \(step)")
      }
      let found = Set(try bench.wholeImages())
      #expect(found.contains(other.id) && !found.isDisjoint(with: [old.id, new.id]), "step \(step)")
      try bench.push(new)
      #expect(Set(try bench.wholeImages()) == [other.id, new.id], "step \(step)")
      #expect(try bench.files() == bench.names(of: [other, new]), "step \(step)")
      step += 1
    }
    #expect(step >= 14)
  }

  @Test(arguments: [FailingFiles.Failure.noSpace, .death])
  func `a removal that ends at any step leaves whole images, and what is left over is collected`(
    _ failure: FailingFiles.Failure
  ) throws {
    let other = try bench.image("other", kernel: "lab/other@1", partials: [[1], [9]])
    let image = try bench.image("dct", partials: [[1], [2]])
    var step = 0
    while true {
      try bench.push(other)
      try bench.push(image)
      let files = FailingFiles(at: step, failure)
      do {
        try bench.remove(image, by: files)
        if !files.hasFailed { break }
      } catch {
        #expect(error.code == "image.storeUnavailable", "step \(step)")
      }
      #expect(try bench.wholeImages().contains(other.id), "step \(step)")
      if try bench.store.imageIDs().contains(image.id) { try bench.remove(image) }
      try ImageStoreWriter(bench.store).collect()
      #expect(try bench.files() == bench.names(of: [other]), "step \(step)")
      step += 1
    }
    #expect(step >= 4)
  }

  @Test func `a manifest that was changed is found by its digest`() throws {
    let image = try bench.image("dct", partials: [[1]])
    try bench.push(image)
    let text = String(decoding: image.manifest, as: UTF8.self).replacing(
      "\"microsecondsPerLaunch\": 10", with: "\"microsecondsPerLaunch\": 11")
    try bench.temporary.write(Array(text.utf8), to: "store/\(image.id).json")
    let contents = try bench.store.contents()
    #expect(contents.images.isEmpty)
    #expect(contents.damaged.map(\.code) == ["image.changed"])
    // Its partials stay until somebody decides: what cannot be read may still name them.
    try ImageStoreWriter(bench.store).collect()
    #expect(try bench.files() == bench.names(of: [image]))
    // It can be taken away as it is, or pushed again.
    try bench.push(image)
    #expect(try bench.wholeImages() == [image.id])
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `any bit that is changed in a stored image is found`(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let image = try bench.image("dct", partials: [pattern(300), pattern(200)])
    let signature = bench.sign(image)
    try bench.push(image)
    let files = try bench.files().map { "\(bench.store.path)/\($0)" }
    for _ in 0..<60 {
      let file = URL(filePath: try #require(files.randomElement(using: &random)))
      let whole = try Data(contentsOf: file)
      var changed = whole
      changed[Int.random(in: 0..<whole.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      try changed.write(to: file)
      // A digit of the signature in the other case is the same signature.
      #expect(try await isRefused(image) || isSame(signature), "seed \(seed), \(file.lastPathComponent)")
      try whole.write(to: file)
      #expect(try await !isRefused(image), "seed \(seed)")
    }
  }

  /// Whether the store's keys, digests and sizes tell that the image is not what was pushed, as an agent would see it.
  private func isRefused(_ image: Image) async throws -> Bool {
    let contents = try bench.store.contents()
    guard let stored = contents.images.first, stored.image == image, stored.faults.isEmpty,
      (try? contents.trusted.check(image, signature: stored.signature)) != nil
    else { return true }
    for partial in image.partials where Digest(of: try await bench.store.partials.read(partial)) != partial.digest {
      return true
    }
    return false
  }

  private func isSame(_ signature: ImageSignature) throws -> Bool {
    let stored = try bench.store.contents().images.first?.signature
    return stored?.signature == signature.signature && stored?.key == signature.key
  }

  @Test func `an image cannot take another's name`() throws {
    let image = try bench.image("dct", partials: [[1]])
    let other = try bench.image("other", kernel: "lab/other@1", partials: [[2]])
    try bench.push(image)
    try bench.push(other)
    try bench.temporary.write(other.manifest, to: "store/\(image.id).json")
    try bench.temporary.write(bench.sign(other).manifest, to: "store/\(image.id).sig")
    let contents = try bench.store.contents()
    #expect(contents.images.map(\.image.id) == [other.id])
    #expect(contents.damaged.count == 1)
  }

  @Test func `a signature that was changed holds no more`() throws {
    let image = try bench.image("dct", partials: [[1]])
    try bench.push(image)
    let foreign = ImageSignature(of: image, by: SigningKey())
    try bench.temporary.write(foreign.manifest, to: "store/\(image.id).sig")
    let contents = try bench.store.contents()
    #expect(throws: ImageRefusal.untrustedKey(foreign.key)) {
      try contents.trusted.check(image, signature: contents.images.first?.signature)
    }
    try bench.temporary.write(Array("{}".utf8), to: "store/\(image.id).sig")
    #expect(try bench.store.contents().damaged.map(\.code) == ["manifest.missingKey"])
    #expect(try bench.store.contents().images.first?.signature == nil)
  }

  @Test func `a partial that is gone or cut is a fault of its image, and pushing mends it`() throws {
    let image = try bench.image("dct", partials: [[1], [2, 2]])
    try bench.push(image)
    let digest = image.partials[1].digest
    try bench.temporary.write([2], to: "store/\(digest).bit")
    #expect(
      try bench.store.contents().images.first?.faults == [.wrongByteCount(digest, expected: 2, found: 1)])
    try FileManager.default.removeItem(atPath: "\(bench.store.path)/\(digest).bit")
    #expect(try bench.store.contents().images.first?.faults == [.missing(digest)])
    try bench.push(image)
    // Other bytes of the same size are found when they are read; a push reads them.
    try bench.temporary.write([2, 3], to: "store/\(digest).bit")
    try bench.push(image)
    #expect(try bench.wholeImages() == [image.id])
  }

  @Test func `a trusted key under another's name is not trusted`() throws {
    let mallory = try TrustedKey(SigningKey().publicKey, for: [bench.lab])
    try bench.temporary.write(mallory.manifest, to: "store/keys/\(bench.publicKey.hexadecimal).json")
    let contents = try bench.store.contents()
    #expect(contents.trusted.keys.isEmpty)
    #expect(contents.damaged.map(\.code) == ["image.changed"])
  }

  @Test func `a folder, a pipe or a huge file in a manifest's place is found`() throws {
    let names = ([1, 2, 3] as [UInt8]).map { "\(bench.store.path)/\(Digest(of: [$0])).json" }
    try FileManager.default.createDirectory(atPath: names[0], withIntermediateDirectories: true)
    #expect(mkfifo(names[1], 0o600) == 0)
    try Data(count: 1 << 20).write(to: URL(filePath: names[2]))
    let damaged = try bench.store.contents().damaged
    #expect(damaged.map(\.code).sorted() == ["image.changed", "image.storeUnavailable", "image.storeUnavailable"])
  }

  /// Removals of one image and pushes of another that shares a partial with it, from two threads.
  @Test func `pushes and removals at the same time leave whole images`() async throws {
    let one = try bench.image("one", kernel: "lab/one@1", partials: [[1], [2]])
    let two = try bench.image("two", kernel: "lab/two@1", partials: [[2], [3]])
    let (store, source) = (bench.store, bench.source)
    let (signatureOfOne, signatureOfTwo) = (bench.sign(one), bench.sign(two))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (image, signature) in [(one, signatureOfOne), (two, signatureOfTwo)] {
        group.addTask {
          for _ in 0..<20 {
            try ImageStoreWriter(store).push(image, signature: signature, from: source)
            let writer = try ImageStoreWriter(store)
            try writer.remove(image.id)
            try writer.collect()
          }
          try ImageStoreWriter(store).push(image, signature: signature, from: source)
        }
      }
      try await group.waitForAll()
    }
    #expect(try bench.wholeImages() == [one.id, two.id].sorted())
    #expect(try bench.files() == bench.names(of: [one, two]))
  }
}
