import Digests
import Fabric
import Foundation
import Reconfig
import Store
import Synchronization
import TestBench
import Testing

@Suite struct ImageStoreTests {
  let bench: StoreBench

  init() throws { bench = try StoreBench() }

  @Test func `what is pushed is there, and pushing it again changes nothing`() throws {
    let image = try bench.image("dct", partials: [[1], [2, 2]])
    for _ in 0..<2 {
      #expect(try bench.push(image) == [])
      #expect(try bench.wholeImages() == [image.id])
      #expect(try bench.files() == bench.names(of: [image]))
    }
  }

  @Test func `an image replaces the one in its place, and no other`() throws {
    let old = try bench.image("old", partials: [[1], [2]])
    let eco = try bench.image("eco", partials: [[1], [3]], variant: "eco")
    let new = try bench.image("new", partials: [[4], [5]])
    try bench.push(old)
    try bench.push(eco)
    #expect(try bench.push(new) == [old.id])
    #expect(try bench.wholeImages() == [eco.id, new.id].sorted())
    #expect(try bench.files() == bench.names(of: [eco, new]))
  }

  @Test func `an image that goes takes along only what no other image needs`() throws {
    let one = try bench.image("one", kernel: "lab/one@1", partials: [[1], [2]])
    let two = try bench.image("two", kernel: "lab/two@1", partials: [[2], [3]])
    try bench.push(one)
    try bench.push(two)
    try bench.remove(one)
    #expect(try bench.wholeImages() == [two.id])
    #expect(try bench.files() == bench.names(of: [two]))
    #expect(throws: ImageStoreError.unknownImage("\(one.id)", found: 0)) { try bench.remove(one) }
  }

  @Test func `an image is found by the beginning of its id`() throws {
    let image = try bench.image("dct", partials: [[1]])
    try bench.push(image)
    let digits = image.id.description
    #expect(try bench.store.imageID(beginningWith: String(digits.prefix(8)).uppercased()) == image.id)
    #expect(throws: ImageStoreError.unknownImage("", found: 0)) { try bench.store.imageID(beginningWith: "") }
    let wrong = digits.hasPrefix("0") ? "1" : "0"
    #expect(throws: ImageStoreError.unknownImage(wrong, found: 0)) {
      try bench.store.imageID(beginningWith: wrong)
    }
  }

  @Test func `without a partial nothing of an image is taken in`() throws {
    let image = try bench.image("dct", partials: [[1], [2, 2]])
    try FileManager.default.removeItem(atPath: "\(bench.source.path)/\(image.partials[1].digest).bit")
    #expect(throws: ImageStoreError.refused(.partial(.missing(image.partials[1].digest)))) { try bench.push(image) }
    try expectNothing()
  }

  @Test func `a partial with other bytes than the manifest says is not taken in`() throws {
    let image = try bench.image("dct", partials: [[1], [2, 2]])
    let file = "\(image.partials[1].digest).bit"
    try bench.temporary.write([2, 3], to: "source/\(file)")
    let error = #expect(throws: ImageStoreError.self) { try bench.push(image) }
    #expect(error?.code == "image.changed")
    try bench.temporary.write([2, 2, 2], to: "source/\(file)")
    let other = #expect(throws: ImageStoreError.self) { try bench.push(image) }
    #expect(other?.code == "image.wrongByteCount")
    try expectNothing()
  }

  @Test func `nothing is taken in without a trusted key's signature`() throws {
    let image = try bench.image("dct", partials: [[1]])
    let stranger = SigningKey()
    let foreign = try bench.image("dct", kernel: "acme/dct@1", partials: [[1]])
    for (image, signature, code) in [
      (image, ImageSignature(of: image, by: stranger), "image.untrustedKey"),
      (image, bench.sign(foreign), "image.badSignature"),
      (foreign, bench.sign(foreign), "image.publisherOutOfScope"),
    ] {
      let error = #expect(throws: ImageStoreError.self) { try bench.push(image, signature: signature) }
      #expect(error?.code == code)
    }
    try expectNothing()
  }

  @Test func `a partial that the board's verifier refuses is not taken in`() throws {
    let board = try BoardDescriptor(manifest: Repository.bytes("bitstreams/boards/softfpga-tiny-only-little.json"))
    let toy = try bench.image("dct", partials: [[1]])
    let image = Image(
      name: "dct", function: toy.function, model: board.model, shell: board.shell, slotKind: .little,
      microsecondsPerLaunch: 1, arguments: toy.arguments, partials: toy.partials)
    let error = #expect(throws: ImageStoreError.self) {
      try ImageStoreWriter(bench.store).push(image, signature: bench.sign(image), from: bench.source, for: board)
    }
    #expect(error?.code.hasPrefix("bitstream.") == true)
    #expect(throws: ImageStoreError.refused(.otherModel(image: "toy", board: board.model))) {
      try ImageStoreWriter(bench.store).push(toy, signature: bench.sign(toy), from: bench.source, for: board)
    }
    try expectNothing()
  }

  @Test func `a key that is trusted no more leaves its images refused`() throws {
    let image = try bench.image("dct", partials: [[1]])
    try bench.push(image)
    try ImageStoreWriter(bench.store).untrust(bench.publicKey)
    let contents = try bench.store.contents()
    #expect(contents.trusted.keys.isEmpty)
    let stored = try #require(contents.images.first)
    #expect(throws: ImageRefusal.untrustedKey(bench.publicKey)) {
      try contents.trusted.check(stored.image, signature: stored.signature)
    }
    #expect(throws: ImageStoreError.unknownKey(bench.publicKey)) {
      try ImageStoreWriter(bench.store).untrust(bench.publicKey)
    }
  }

  @Test func `more keys than the limit are not trusted`() throws {
    let writer = try ImageStoreWriter(bench.store)
    for _ in 1..<Limits.trustedKeysPerStore {
      try writer.trust(TrustedKey(SigningKey().publicKey, for: [bench.lab]))
    }
    let one = try TrustedKey(SigningKey().publicKey, for: [bench.lab])
    #expect(throws: ImageStoreError.tooManyKeys(limit: Limits.trustedKeysPerStore)) { try writer.trust(one) }
    // What is trusted already can be said anew.
    try writer.trust(TrustedKey(bench.publicKey, for: [bench.lab], in: [.big]))
    #expect(try bench.store.contents().trusted[bench.publicKey]?.slotKinds == [.big])
  }

  @Test func `a folder that is not there is no store, and only who puts something in makes one`() throws {
    let path = bench.temporary.appending("nowhere")
    let store = ImageStore(path: path)
    #expect(throws: ImageStoreError.noStore(path)) { try store.contents() }
    #expect(throws: ImageStoreError.noStore(path)) { _ = try ImageStoreReader(store) }
    #expect(throws: ImageStoreError.noStore(path)) { _ = try ImageStoreWriter(store) }
    #expect(!FileManager.default.fileExists(atPath: path))
    // Nor is a folder of something else one.
    #expect(throws: ImageStoreError.noStore(bench.source.path)) {
      try FileManager.default.createDirectory(atPath: bench.source.path, withIntermediateDirectories: true)
      _ = try ImageStoreWriter(ImageStore(path: bench.source.path))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.source.path).isEmpty)
    _ = try ImageStoreWriter(making: store)
    #expect(try store.contents().images.isEmpty)
  }

  @Test func `partials stay while somebody may load them, and go with the next change`() async throws {
    let old = try bench.image("old", partials: [[1], [2]])
    let new = try bench.image("new", partials: [[2], [3]])
    try bench.push(old)
    let one = try ImageStoreReader(bench.store)
    let two = try ImageStoreReader(bench.store)
    try bench.push(new)
    #expect(try bench.wholeImages() == [new.id])
    one.end()
    try bench.remove(new)
    for partial in old.partials + new.partials { _ = try await bench.store.partials.read(partial) }
    two.end()
    try ImageStoreWriter(bench.store).collect()
    #expect(try bench.files() == [])
  }

  @Test func `an image that is replaced over and over is never missing, nor without its signature`() async throws {
    let pushes = try (0..<40).map { number in
      let image = try bench.image("dct-\(number)", partials: [[UInt8(number)], [255]])
      return (image, bench.sign(image))
    }
    try bench.push(pushes[0].0)
    let (store, source) = (bench.store, bench.source)
    try await withThrowingTaskGroup(of: Void.self) { group in
      let isDone = Mutex(false)
      group.addTask {
        defer { isDone.withLock { $0 = true } }
        for (image, signature) in pushes { try ImageStoreWriter(store).push(image, signature: signature, from: source) }
      }
      while !isDone.withLock({ $0 }) {
        let contents = try store.contents()
        #expect(!contents.images.isEmpty && contents.images.allSatisfy { $0.signature != nil })
        #expect(contents.damaged.isEmpty)
      }
      try await group.waitForAll()
    }
  }

  @Test func `a store over its limit takes no more in, is read, and gives back`() throws {
    // A push that replaces, and ended before the old image was gone, leaves one too many.
    let one = try bench.image("dct", partials: [[1]])
    let images = try (0...Limits.imagesPerStore).map { number in
      let kernel = try #require(KernelName("lab/dct@\(number + 1)"))
      return Image(
        name: "dct", function: .kernel(kernel), model: one.model, shell: one.shell, slotKind: .little,
        microsecondsPerLaunch: 10, arguments: one.arguments, partials: one.partials)
    }
    for image in images { try bench.temporary.write(image.manifest, to: "store/\(image.id).json") }
    let another = try bench.image("another", kernel: "lab/another@1", partials: [[1]])
    #expect(throws: ImageStoreError.tooManyImages(limit: Limits.imagesPerStore)) { try bench.push(another) }
    #expect(try bench.store.contents().images.count == Limits.imagesPerStore + 1)
    let digits = images[0].id.description
    #expect(try bench.store.imageID(beginningWith: digits) == images[0].id)
    try bench.remove(images[0])
    try bench.remove(images[1])
    try bench.push(another)
    #expect(try bench.store.contents().manifestCount == Limits.imagesPerStore)
  }

  /// Nothing of an image is in the store when what is left over is gone.
  private func expectNothing() throws {
    #expect(try bench.store.imageIDs().isEmpty)
    try ImageStoreWriter(bench.store).collect()
    #expect(try bench.files() == [])
  }
}
