import ArgumentParser
import FoundationEssentials

/// Joins the results of a job into a picture.
struct Join: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Join the results of a job into a picture and compare it with the original.",
    discussion: "Reads item-00000.bin, item-00001.bin, ... in the order of the tiles.")

  enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

  @Argument(help: ArgumentHelp("The directory with the results.", valueName: "directory"))
  var results: String

  @Option(help: "The tiles.json that the cut wrote.")
  var tiles: String

  @Option(help: "The picture that was cut.")
  var original: String

  @Option(name: .customLong("to"), help: "The PNG to write.")
  var picture: String

  @Option(help: "How to print what came out.")
  var output = Output.table

  func run() throws {
    let list = try TileList(json: readFile(tiles, limit: Limits.tileListBytes), named: tiles)
    let original = try Picture(png: readFile(self.original), named: self.original)
    guard original.width == list.width, original.height == list.height else {
      throw PhotoError(
        .mismatch,
        "\(self.original) has \(original.width) x \(original.height) pixels, the tiles \(list.width) x \(list.height).",
        hint: "Give --original the picture that \(tiles) was made from, \(list.picture).")
    }
    let (joined, nonZero, coefficients) = try join(list)
    try writeFile(joined.png(), to: picture)
    let outcome = Outcome(
      picture: picture, width: joined.width, height: joined.height, tiles: list.tiles.count,
      likeness: Likeness(of: joined.samples, to: original.samples),
      nonZeroCoefficients: nonZero, coefficients: coefficients)
    switch output {
    case .table: print(outcome.table)
    case .json: print(try outcome.json())
    }
  }

  private func join(_ list: TileList) throws -> (Picture, nonZeroCoefficients: Int, coefficients: Int) {
    var picture = Picture(width: list.width, height: list.height)
    var nonZero = 0
    var coefficients = 0
    try refuseOtherItems(list)
    for (index, entry) in list.tiles.enumerated() {
      let name = path(Self.itemName(index), in: results)
      let tile = try Tile(result: readFile(name), named: name)
      guard tile.width == entry.width, tile.height == entry.height else {
        throw PhotoError(
          .mismatch,
          "\(name) has \(tile.width) x \(tile.height) pixels, \(entry.file) has \(entry.width) x \(entry.height).",
          hint: "Join the results of the job that these tiles went into.")
      }
      picture.place(tile.samples, in: entry.area)
      nonZero += tile.nonZeroCoefficients
      coefficients += tile.coefficients
    }
    return (picture, nonZero, coefficients)
  }

  /// More results than tiles mean that they are of another job.
  private func refuseOtherItems(_ list: TileList) throws(PhotoError) {
    let items = try namesInDirectory(results).filter { $0.hasPrefix("item-") && $0.hasSuffix(".bin") }
    guard items.count > list.tiles.count else { return }
    throw PhotoError(
      .mismatch, "\(results) holds \(items.count) results, and there are \(list.tiles.count) tiles.",
      hint: "Join the results of the job that these tiles went into.")
  }

  private static func itemName(_ index: Int) -> String { "item-\(decimal(index, digits: 5)).bin" }
}
