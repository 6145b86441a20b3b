import Foundation
import TestBench
import Testing

/// What the photo program refuses, with which name and which exit code.
@Suite(.timeLimit(.minutes(1))) struct RefusalTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  @Test func `a picture that is not there is missing input`() throws {
    expect(try bench.run("cut", bench.path("none.png"), "--to", bench.path("tiles")), "photo.missingInput", 66)
  }

  @Test func `a directory is no picture`() throws {
    expect(try bench.run("cut", bench.path(""), "--to", bench.path("tiles")), "photo.notAFile", 65)
  }

  @Test(arguments: [0, 7, 8, 300, 20_000]) func `a truncated picture is no PNG`(length: Int) throws {
    let portrait = try Data(contentsOf: URL(fileURLWithPath: Workbench.portrait))
    try bench.write(Array(portrait.prefix(length)), to: "short.png")
    expect(try bench.run("cut", bench.path("short.png"), "--to", bench.path("tiles")), "photo.notAPNG", 65)
    #expect(!FileManager.default.fileExists(atPath: bench.path("tiles")))
  }

  @Test func `a picture larger than the limit is refused by its header`() throws {
    // Signature, then IHDR of 16,385 x 1 pixels with its CRC, then nothing but an empty IDAT.
    let header: [UInt8] = [0x49, 0x48, 0x44, 0x52, 0, 0, 0x40, 0x01, 0, 0, 0, 1, 8, 2, 0, 0, 0]
    let png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + header + crc(header)
    try bench.write(png + [0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54] + crc(Array("IDAT".utf8)), to: "wide.png")
    expect(try bench.run("cut", bench.path("wide.png"), "--to", bench.path("tiles")), "photo.pictureTooLarge", 65)
  }

  @Test(arguments: [7, 0, -1, 16_385, Int.max]) func `a tile size out of range is a usage error`(size: Int) throws {
    let run = try bench.run("cut", Workbench.portrait, "--to", bench.path("tiles"), "--tile=\(size)")
    expect(run, "photo.tileSizeOutOfRange", 64)
  }

  @Test func `an unknown option is a usage error`() throws {
    #expect(try bench.run("cut", Workbench.portrait, "--into", "x").status == 64)
  }

  @Test func `a file in the directory's place stops a cut`() throws {
    try bench.write([1], to: "tiles")
    expect(try bench.run("cut", Workbench.portrait, "--to", bench.path("tiles")), "photo.cannotCreate", 73)
  }

  @Test func `a directory with tiles of another cut stops a cut`() throws {
    try bench.cut(tile: 128)
    let run = try bench.run("cut", Workbench.portrait, "--to", bench.path("tiles"), "--tile", "256")
    expect(run, "photo.foreignTiles", 73)
  }

  /// Each damages the first result: the bytes it changes, or the length it cuts the file to.
  @Test(
    arguments: [
      ([(0, 0x54), (1, 0x54)], nil, "photo.notATile"),
      ([(8, 4)], nil, "photo.notATile"),
      ([(9, 7)], nil, "photo.notATile"),
      ([(9, 0)], nil, "photo.unfinishedTile"),
      ([(9, 3)], nil, "photo.unfinishedTile"),
      ([(10, 1)], nil, "photo.notATile"),
      ([(15, 1)], nil, "photo.notATile"),
      ([(4, 0), (5, 0)], nil, "photo.notATile"),
      ([(5, 0), (4, 128)], nil, "photo.notATile"),
      ([], 0, "photo.notATile"),
      ([], 15, "photo.notATile"),
      ([], 5_000, "photo.notATile"),
    ] as [([(offset: Int, byte: UInt8)], Int?, String)])
  func `a damaged result is refused by name`(
    changes: [(offset: Int, byte: UInt8)], length: Int?, code: String
  ) throws {
    try bench.cut(tile: 256)
    try bench.passThrough()
    var tile = try bench.file(Workbench.itemName(0))
    for change in changes { tile[change.offset] = change.byte }
    if let length { tile = Array(tile.prefix(length)) }
    try bench.write(tile, to: Workbench.itemName(0))
    let run = try bench.join()
    expect(run, code, 65)
    #expect(run.errors.contains("item-00000.bin"))
    #expect(!FileManager.default.fileExists(atPath: bench.path("joined.png")))
  }

  @Test func `a result that is not there is missing input`() throws {
    try bench.cut(tile: 256)
    try bench.passThrough()
    try FileManager.default.removeItem(atPath: bench.path(Workbench.itemName(2)))
    expect(try bench.join(), "photo.missingInput", 66)
  }

  @Test func `results of another job do not fit`() throws {
    try bench.cut(tile: 256)
    try bench.passThrough()
    try bench.write(bench.file(Workbench.itemName(0)), to: Workbench.itemName(4))
    expect(try bench.join(), "photo.mismatch", 65)
  }

  @Test func `a result of another size than its tile does not fit`() throws {
    try bench.cut(tile: 200)
    try bench.passThrough()
    // The first tile is 200 x 200 pixels, the third, at the right edge, 112 x 200.
    try bench.write(bench.file(Workbench.itemName(2)), to: Workbench.itemName(0))
    expect(try bench.join(), "photo.mismatch", 65)
  }

  @Test func `an original of another size does not fit`() throws {
    let list = """
      {"picture": "p.png", "width": 8, "height": 8, "tileSize": 8,
       "tiles": [{"file": "tile-00.tile", "x": 0, "y": 0, "width": 8, "height": 8}]}
      """
    try bench.write(Array(list.utf8), to: "tiles/tiles.json")
    expect(try bench.join(), "photo.mismatch", 65)
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"picture":"p","width":0,"height":1,"tileSize":8,"tiles":[]}"#,
    #"{"picture":"p","width":8,"height":8,"tileSize":0,"tiles":[]}"#,
    #"{"picture":"p","width":9223372036854775807,"height":8,"tileSize":8,"tiles":[]}"#,
    #"{"picture":"p","width":8,"height":"8","tileSize":8,"tiles":[]}"#,
    #"{"picture":"p","width":8,"height":8,"tileSize":8,"tiles":[]}"#,
  ])
  func `anything but a cut's own list of tiles is refused`(json: String) throws {
    try bench.write(Array(json.utf8), to: "tiles/tiles.json")
    expect(try bench.join(), "photo.badTileList", 65)
  }

  private func expect(
    _ run: BuiltProduct.Run, _ code: String, _ status: Int32, at location: SourceLocation = #_sourceLocation
  ) {
    #expect(run.status == status, "\(run.errors)", sourceLocation: location)
    #expect(run.errors.hasPrefix("Error: \(code): "), "\(run.errors)", sourceLocation: location)
    #expect(run.errors.hasSuffix(")\n"), "There is no hint: \(run.errors)", sourceLocation: location)
    #expect(run.output.isEmpty, sourceLocation: location)
  }

  /// CRC-32 as PNG uses it (PNG specification, annex D).
  private func crc(_ bytes: [UInt8]) -> [UInt8] {
    var register: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      register ^= UInt32(byte)
      for _ in 0..<8 { register = register >> 1 ^ (register & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    register = ~register
    return stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: register >> UInt32($0)) }
  }
}
