import FoundationEssentials

/// Where each tile of a picture lies: the file tiles.json, written by a cut and needed to join.
///
/// Tiles are in order row by row from the top left; a tile's place in the list is the number of its item.
struct TileList: Codable, Equatable {
  struct Entry: Codable, Equatable {
    let file: String
    let x: Int
    let y: Int
    let width: Int
    let height: Int

    var area: Area { Area(x: x, y: y, width: width, height: height) }
  }

  /// The picture's file name, without its directory.
  let picture: String
  /// Pixels of the picture.
  let width: Int
  /// Pixels of the picture.
  let height: Int
  /// Pixels along a side of a tile; those at the right and at the bottom may be smaller.
  let tileSize: Int
  let tiles: [Entry]

  static let fileName = "tiles.json"
  static let tileSuffix = ".tile"

  /// Lays square tiles over a picture whose sides are within `Limits.pictureSide`.
  init(picture: String, width: Int, height: Int, tileSize: Int) throws(PhotoError) {
    guard Limits.tileSide.contains(tileSize) else {
      throw PhotoError(
        .tileSizeOutOfRange,
        "A tile of \(tileSize) pixels a side is not within \(Limits.tileSide.lowerBound) to \(Limits.tileSide.upperBound).",
        hint: "Give --tile a size within that range, such as 128.")
    }
    let columns = (width + tileSize - 1) / tileSize
    let rows = (height + tileSize - 1) / tileSize
    guard columns * rows <= Limits.tiles else {
      throw PhotoError(
        .tooManyTiles, "Tiles of \(tileSize) pixels a side make \(columns * rows); the limit is \(Limits.tiles).",
        hint: "Give --tile a larger size.")
    }
    // As many digits in each name as the last one needs, so that the names sort in the order of the tiles.
    let digits = max(2, String(columns * rows - 1).count)
    self.picture = picture
    self.width = width
    self.height = height
    self.tileSize = tileSize
    tiles = (0..<columns * rows).map { index in
      let x = index % columns * tileSize
      let y = index / columns * tileSize
      return Entry(
        file: "tile-\(decimal(index, digits: digits))\(Self.tileSuffix)",
        x: x, y: y, width: min(tileSize, width - x), height: min(tileSize, height - y))
    }
  }

  /// Reads a list and checks that it is what a cut of that picture writes.
  ///
  /// `name` is what messages call the file.
  init(json: [UInt8], named name: String) throws(PhotoError) {
    func bad(_ what: String) -> PhotoError {
      PhotoError(
        .badTileList, "\(name) is not a list of tiles: \(what).", hint: "Use the tiles.json that the cut wrote.")
    }
    let read: TileList
    do {
      read = try JSONDecoder().decode(TileList.self, from: Data(json))
    } catch {
      throw bad(reason(error))
    }
    let side = 1...Limits.pictureSide
    guard side.contains(read.width), side.contains(read.height) else {
      throw bad("the picture's size is \(read.width) x \(read.height); the limit is \(Limits.pictureSide) a side")
    }
    do throws(PhotoError) {
      self = try TileList(picture: read.picture, width: read.width, height: read.height, tileSize: read.tileSize)
    } catch {
      throw bad(error.message)  // the file's fault, not that of an option
    }
    guard tiles == read.tiles else {
      throw bad("its \(read.tiles.count) tiles are not the \(tiles.count) that cover the picture in order")
    }
  }

  /// The list as JSON, the same bytes each time.
  func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + Array("\n".utf8)
  }
}

/// The first thing that is wrong with a JSON, without the nested contexts that a decoding error prints.
private func reason(_ error: any Error) -> String {
  switch error {
  case DecodingError.keyNotFound(let key, _): "\(key.stringValue) is missing"
  case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
    "\(context.codingPath.map(\.stringValue).joined(separator: ".")) has a wrong type"
  default: "it is no JSON"
  }
}

/// A number that is not negative, filled up with zeros in front to `digits` digits.
func decimal(_ number: Int, digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
