import ClusterSimulator
import Fabric
import Foundation
import TestBench
import Testing

@Suite struct BuiltInTests {
  @Test func `the built-in boards are those of the repository`() throws {
    for name in BuiltIn.boardNames {
      let bytes = try #require(BuiltIn.board(name))
      #expect(try bytes == Repository.bytes("bitstreams/boards/\(name).json"))
      _ = try BoardDescriptor(manifest: bytes)
    }
    #expect(BuiltIn.board("zcu102") == nil)
  }

  @Test func `the built-in catalogues are the data that they come from`() throws {
    for name in BuiltIn.catalogueNames {
      let bytes = try #require(BuiltIn.catalogue(name))
      _ = try ApplicationCatalogue(json: bytes)
      let path = Repository.root.deletingLastPathComponent().appending(path: "shared/data/apps/\(name).json")
      guard let source = try? Data(contentsOf: path) else { continue }
      #expect(bytes == [UInt8](source), "\(name)")
    }
    #expect(BuiltIn.catalogue("zcu102") == nil)
  }
}
