import Digests
import Fabric
import Foundation
import Store
import Testing

@Suite struct ImageDirectoryTests {
  let temporary: TemporaryFolder
  let images: ImageDirectory
  let slot = SlotID(rawValue: 0)

  init() throws {
    self.temporary = try TemporaryFolder()
    self.images = ImageDirectory(path: temporary.appending("board/images"))
  }

  @Test func `what is written is read`() async throws {
    for count in [0, 1, 100_000] {
      let digest = try images.write(pattern(count))
      #expect(digest == Digest(of: pattern(count)))
      #expect(try await images.read(reference(digest, count)) == pattern(count))
    }
  }

  @Test func `writing again changes nothing and leaves nothing else`() throws {
    let digest = try images.write([1, 2, 3])
    try images.write([1, 2, 3])
    #expect(try FileManager.default.contentsOfDirectory(atPath: images.path) == ["\(digest).bit"])
  }

  @Test func `a missing partial is named`() async throws {
    let digest = Digest(of: [1])
    await #expect(throws: ImageSourceError.missing(digest)) { try await images.read(reference(digest, 1)) }
    #expect(throws: ImageSourceError.missing(digest)) { try images.check(reference(digest, 1)) }
  }

  @Test func `a partial is checked by its size, without its bytes`() throws {
    let digest = try images.write([1, 2, 3])
    try images.check(reference(digest, 3))
    #expect(throws: ImageSourceError.wrongByteCount(digest, expected: 4, found: 3)) {
      try images.check(reference(digest, 4))
    }
    try temporary.write([9, 9, 9], to: "board/images/\(digest).bit")
    try images.check(reference(digest, 3))
  }

  @Test func `another size than the manifest's is refused`() async throws {
    let digest = try images.write([1, 2, 3])
    await #expect(throws: ImageSourceError.wrongByteCount(digest, expected: 4, found: 3)) {
      try await images.read(reference(digest, 4))
    }
  }

  @Test(arguments: [-1, Limits.partialByteCount + 1, Int.max])
  func `a reference over the limit is refused before anything is read`(byteCount: Int) async throws {
    let digest = try images.write([1])
    let error = await #expect(throws: ImageSourceError.self) { try await images.read(reference(digest, byteCount)) }
    #expect(error?.code == "image.unreadable")
  }

  @Test func `a folder in a partial's place is refused`() async throws {
    let digest = Digest(of: [1])
    try FileManager.default.createDirectory(
      atPath: "\(images.path)/\(digest).bit", withIntermediateDirectories: true)
    let error = await #expect(throws: ImageSourceError.self) { try await images.read(reference(digest, 1)) }
    #expect(error?.code == "image.unreadable")
  }

  @Test func `a folder that cannot be made is an error`() throws {
    try temporary.write([1], to: "file")
    let error = #expect(throws: StoreError.self) {
      try ImageDirectory(path: temporary.appending("file/images")).write([1])
    }
    #expect(error?.code == "store.unavailable")
  }

  private func reference(_ digest: Digest, _ byteCount: Int) -> PartialReference {
    PartialReference(slot: slot, digest: digest, byteCount: byteCount)
  }
}
