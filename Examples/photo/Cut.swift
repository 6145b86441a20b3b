import ArgumentParser
import FoundationEssentials

/// Cuts a picture into tiles.
struct Cut: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cut a picture into tiles, the items of a job.",
    discussion: "Writes tile-00.tile, tile-01.tile, ... and last tiles.json, which tells where each tile lies.")

  @Argument(help: ArgumentHelp("The picture, a PNG of at most 16384 x 16384 pixels.", valueName: "picture.png"))
  var picture: String

  @Option(name: .customLong("to"), help: "The directory for the tiles; made if it is not there.")
  var directory: String

  @Option(name: .customLong("tile"), help: "Pixels along a side of a tile, 8 to 16384.")
  var tileSize = 128

  func run() throws {
    let picture = try Picture(png: readFile(self.picture), named: self.picture)
    let name = self.picture.split(separator: "/").last.map(String.init) ?? self.picture
    let list = try TileList(picture: name, width: picture.width, height: picture.height, tileSize: tileSize)
    let json = try list.json()

    try makeDirectory(directory)
    try refuseForeignTiles(list)
    for entry in list.tiles {
      let tile = Tile(width: entry.width, height: entry.height, samples: picture.samples(in: entry.area))
      try writeFile(tile.file, to: path(entry.file, in: directory))
    }
    try writeFile(json, to: path(TileList.fileName, in: directory))
    print("\(name): \(picture.width) x \(picture.height) pixels in \(list.tiles.count) tiles")
  }

  /// Tiles of another cut would be submitted along with these by whoever names them by a pattern.
  private func refuseForeignTiles(_ list: TileList) throws(PhotoError) {
    let own = Set(list.tiles.map(\.file))
    let foreign = try namesInDirectory(directory).first { $0.hasSuffix(TileList.tileSuffix) && !own.contains($0) }
    guard let foreign else { return }
    throw PhotoError(
      .foreignTiles, "\(directory) holds \(foreign), which is no tile of this picture.",
      hint: "Give --to an empty or a new directory.")
  }
}
