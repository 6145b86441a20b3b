import ClusterSimulator
import Fabric
import Testing

@Suite struct CatalogueImageTests {
  private static func board(_ name: String) throws -> BoardDescriptor {
    try BoardDescriptor(manifest: #require(BuiltIn.board(name)))
  }

  @Test func `every image is what its manifest says`() throws {
    for (catalogue, board) in [
      ("zcu106-nimblock", "zcu106-10-little"), ("zcu216-versaslot", "zcu216-only-little"),
      ("zcu216-versaslot", "zcu216-big-little"),
    ] {
      let images = try ApplicationCatalogueTests.builtIn(catalogue).images(for: Self.board(board))
      #expect(Set(images.map(\.id)).count == images.count)
      #expect(Set(images.map(\.function)).count == images.count)
      #expect(images.count <= Limits.imagesPerBoard)
      for image in images { #expect(try Image(manifest: image.manifest) == image) }
    }
  }

  @Test func `tasks of one kernel share an image, of the mean of their times`() throws {
    let board = try Self.board("zcu106-10-little")
    let images = try ApplicationCatalogueTests.builtIn("zcu106-nimblock").images(for: board)
    #expect(images.count == 32)
    let conv1 = try #require(images.first { $0.name == "conv1" })
    // (2223176.0 + 2225470.8 + 2227481.1 + 2199902.7) / 4
    #expect(conv1.microsecondsPerLaunch == 2_219_008)
    #expect(conv1.partials.map(\.byteCount) == board.slots.map(\.partialByteCount))
    #expect(Set(conv1.partials.map(\.digest)).count == 10)
    let conv2 = try #require(images.first { $0.name == "conv2" })
    #expect(conv2.arguments.map(\.name.text) == ["in0", "in1", "in2", "in3", "out"])
  }

  @Test func `a relocatable partial is one for all slots of its kind`() throws {
    let board = try Self.board("zcu216-big-little")
    let images = try ApplicationCatalogueTests.builtIn("zcu216-versaslot").images(for: board)
    for image in images { #expect(Set(image.partials.map(\.digest)).count == 1) }
    #expect(Set(images.flatMap(\.partials).map(\.digest)).count == images.count)
    #expect(images.filter { $0.slotKind == .little }.allSatisfy { $0.partials.map(\.slot.rawValue) == [0, 1, 2, 3] })
    #expect(images.filter { $0.slotKind == .big }.allSatisfy { $0.partials.map(\.slot.rawValue) == [4, 5] })
    #expect(images.count { $0.slotKind == .big } == 14)
  }

  @Test func `a board without Big slots gets no bundles`() throws {
    let images = try ApplicationCatalogueTests.builtIn("zcu216-versaslot").images(for: Self.board("zcu216-only-little"))
    #expect(images.count == 21)
    #expect(images.allSatisfy { $0.slotKind == .little && $0.partials.count == 8 })
  }

  @Test func `a parallel bundle has the arguments of each stage`() throws {
    let images = try ApplicationCatalogueTests.builtIn("zcu216-versaslot").images(for: Self.board("zcu216-big-little"))
    let parallel = try #require(images.first { $0.name == "LEN-parallel" })
    #expect(parallel.arguments.map(\.name.text) == ["0.in0", "0.out", "1.in0", "1.out", "2.in0", "2.out"])
    #expect(parallel.microsecondsPerLaunch == 62_980)
    let serial = try #require(images.first { $0.name == "LEN-serial" })
    #expect(serial.arguments.map(\.name.text) == ["in0", "out"])
    #expect(serial.microsecondsPerLaunch == 155_750)
  }
}
