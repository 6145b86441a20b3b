import Foundation
import TestBench
import Testing

/// A temporary folder in which one test runs the photo program; removed at the test's end.
final class Workbench {
  let folder: URL
  private let photo: BuiltProduct

  init() throws {
    photo = try BuiltProduct(named: "photo")
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("photo-tests-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// NASA's portrait of 512 x 512 pixels, from the repository.
  static let portrait = Repository.path("Examples/pictures/astronaut.png")

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func file(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appendingPathComponent(name))) }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func run(_ arguments: String...) throws -> BuiltProduct.Run { try photo.run(arguments, scratch: folder) }

  /// Cuts the portrait into tiles/.
  func cut(tile: Int) throws {
    let run = try run("cut", Self.portrait, "--to", path("tiles"), "--tile", String(tile))
    try #require(run.status == 0, "\(run.errors)")
  }

  /// Does nothing to each tile but what the last stage does to the header, as results/item-00000.bin and so on.
  func passThrough(nonZeroCoefficients: UInt8 = 0) throws {
    for (index, name) in try tileNames().enumerated() {
      var tile = try file("tiles/" + name)
      tile[9] = 6
      tile[12] = nonZeroCoefficients
      try write(tile, to: Self.itemName(index))
    }
  }

  func tileNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path("tiles")).filter { $0.hasSuffix(".tile") }.sorted()
  }

  static func itemName(_ index: Int) -> String {
    let digits = String(index)
    return "results/item-" + String(repeating: "0", count: 5 - digits.count) + digits + ".bin"
  }

  /// Joins results/ and compares with the portrait.
  func join(to name: String = "joined.png", original: String = portrait, output: String = "json") throws
    -> BuiltProduct.Run
  {
    try run(
      "join", path("results"), "--tiles", path("tiles/tiles.json"), "--original", original, "--to", path(name),
      "--output", output)
  }
}
