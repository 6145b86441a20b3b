import Foundation
import TestBench
import Testing

/// Runs the photo program as its users do.
@Suite(.timeLimit(.minutes(1))) struct PhotoTests {
  /// What `photo join --output json` prints.
  private struct Report: Decodable, Equatable {
    let picture: String
    let width: Int
    let height: Int
    let tiles: Int
    let psnr: Double?
    let nonZeroCoefficients: Int
    let coefficients: Int
  }

  private let bench: Workbench

  init() throws { bench = try Workbench() }

  @Test func `a tile's file is its header and its pixels`() throws {
    try bench.cut(tile: 128)
    #expect(try bench.tileNames().count == 16)
    let tile = try bench.file("tiles/tile-15.tile")
    #expect(Array(tile.prefix(16)) == Array("TILE".utf8) + [128, 0, 128, 0, 3, 0, 0, 0, 0, 0, 0, 0])
    #expect(tile.count == 16 + 128 * 128 * 3)
  }

  /// 128 divides the picture's side; 100 does not, nor is it whole blocks of the transform.
  @Test(arguments: [(128, 16, 786_432), (100, 36, (5 * 104 + 16) * (5 * 104 + 16) * 3), (512, 1, 786_432)])
  func `tiles that nothing changed join to the same picture`(tile: Int, tiles: Int, coefficients: Int) throws {
    try bench.cut(tile: tile)
    try bench.passThrough(nonZeroCoefficients: 7)
    let run = try bench.join()
    try #require(run.status == 0, "\(run.errors)")
    #expect(
      try JSONDecoder().decode(Report.self, from: run.output)
        == Report(
          picture: bench.path("joined.png"), width: 512, height: 512, tiles: tiles, psnr: nil,
          nonZeroCoefficients: 7 * tiles, coefficients: coefficients))
    #expect(String(decoding: run.output, as: UTF8.self).contains("\"psnr\" : null"))
    // What libpng wrote, libpng reads back to the same pixels.
    #expect(
      try bench.run("cut", bench.path("joined.png"), "--to", bench.path("again"), "--tile", String(tile)).status == 0)
    for name in try bench.tileNames() { #expect(try bench.file("again/" + name) == bench.file("tiles/" + name)) }
  }

  @Test func `a table calls equal pictures identical`() throws {
    try bench.cut(tile: 256)
    try bench.passThrough()
    let table = String(decoding: try bench.join(output: "table").output, as: UTF8.self)
    #expect(table.contains("PSNR          identical"))
    #expect(table.contains("0 of 786432 not zero (0.00 %)"))
  }

  /// All samples off by one: the mean square is 1, and the ratio 20 log10(255).
  @Test func `a picture off by one everywhere has 48.13 dB`() throws {
    try bench.cut(tile: 512)
    try bench.passThrough()
    var tile = try bench.file(Workbench.itemName(0))
    for index in 16..<tile.count { tile[index] ^= 1 }
    try bench.write(tile, to: Workbench.itemName(0))
    #expect(try JSONDecoder().decode(Report.self, from: bench.join().output).psnr == 48.13)
    #expect(String(decoding: try bench.join(output: "table").output, as: UTF8.self).contains("48.13 dB"))
  }

  @Test func `names of tiles sort in their order`() throws {
    try bench.cut(tile: 32)
    let names = try bench.tileNames()
    #expect(names.count == 256)
    #expect(names.first == "tile-000.tile")
    #expect(names.last == "tile-255.tile")
  }

  @Test func `a second cut of the same size replaces the first`() throws {
    try bench.cut(tile: 256)
    try bench.cut(tile: 256)
    #expect(try bench.tileNames().count == 4)
  }
}
