internal import Foundation

/// The picture kernels once more, as plainly as their definitions read, to compare with.
///
/// It shares no code with the board.
package enum PlainReference {
  package struct Tile: Equatable, Sendable {
    package var width: Int
    package var height: Int
    package var channels: Int
    package var nonZero = 0
    /// The samples or numbers in the order of the item.
    package var values: [Int]

    package init(width: Int, height: Int, channels: Int, values: [Int]) {
      self.width = width
      self.height = height
      self.channels = channels
      self.values = values
    }
  }

  package static func padAndBlock(_ tile: Tile) -> Tile {
    var values: [Int] = []
    forEachBlockNumber(tile) { channel, row, column in
      let (y, x) = (min(row, tile.height - 1), min(column, tile.width - 1))
      values.append(tile.values[(y * tile.width + x) * tile.channels + channel] - 128)
    }
    return replacing(tile, values)
  }

  package static func dct(_ tile: Tile) -> Tile {
    eachBlock(tile) { b in
      var rows = grid()
      for y in 0..<8 { for u in 0..<8 { rows[y][u] = normalized((0..<8).map { b[y][$0] * cosine(u, $0) }) } }
      var result = grid()
      for v in 0..<8 { for u in 0..<8 { result[v][u] = normalized((0..<8).map { rows[$0][u] * cosine(v, $0) }) } }
      return result
    }
  }

  package static func inverseDCT(_ tile: Tile) -> Tile {
    eachBlock(tile) { f in
      var rows = grid()
      for v in 0..<8 { for x in 0..<8 { rows[v][x] = normalized((0..<8).map { f[v][$0] * cosine($0, x) }) } }
      var result = grid()
      for y in 0..<8 { for x in 0..<8 { result[y][x] = normalized((0..<8).map { rows[$0][x] * cosine($0, y) }) } }
      return result
    }
  }

  package static func quantize(_ tile: Tile) -> Tile {
    var result = eachBlock(tile) { c in
      var quotients = grid()
      for v in 0..<8 {
        for u in 0..<8 {
          quotients[v][u] = Int((Double(c[v][u]) / Double(luminance[v][u])).rounded(.toNearestOrAwayFromZero))
        }
      }
      return quotients
    }
    result.nonZero = result.values.count { $0 != 0 }
    return result
  }

  package static func dequantize(_ tile: Tile) -> Tile {
    eachBlock(tile) { c in
      var products = grid()
      for v in 0..<8 { for u in 0..<8 { products[v][u] = saturated(c[v][u] * luminance[v][u]) } }
      return products
    }
  }

  package static func reconstruct(_ tile: Tile) -> Tile {
    var values = [Int](repeating: 0, count: tile.width * tile.height * tile.channels)
    var index = 0
    forEachBlockNumber(tile) { channel, y, x in
      if y < tile.height, x < tile.width {
        values[(y * tile.width + x) * tile.channels + channel] = max(0, min(255, tile.values[index] + 128))
      }
      index += 1
    }
    return replacing(tile, values)
  }

  /// The item's bytes at a stage.
  package static func item(_ tile: Tile, stage: Int) -> [UInt8] {
    var bytes = Array("TILE".utf8)
    func put(_ number: Int, byteCount: Int) { for k in 0..<byteCount { bytes.append(UInt8(number >> (8 * k) & 0xFF)) } }
    put(tile.width, byteCount: 2)
    put(tile.height, byteCount: 2)
    put(tile.channels, byteCount: 1)
    put(stage, byteCount: 1)
    put(0, byteCount: 2)
    put(tile.nonZero, byteCount: 4)
    for value in tile.values { put(value, byteCount: stage == 0 || stage == 6 ? 1 : 2) }
    return bytes
  }

  /// `stages[s]` takes stage s to stage s + 1.
  package static let stages: [@Sendable (Tile) -> Tile] = [
    { padAndBlock($0) }, { dct($0) }, { quantize($0) }, { dequantize($0) }, { inverseDCT($0) }, { reconstruct($0) },
  ]

  /// The item of a picture after all stages.
  package static func reconstructed(_ picture: Tile) -> [UInt8] {
    item(stages.reduce(picture) { $1($0) }, stage: 6)
  }

  /// The picture in an item at stage 0; nothing is checked.
  package static func picture(of item: [UInt8]) -> Tile {
    Tile(
      width: Int(item[4]) + 256 * Int(item[5]), height: Int(item[6]) + 256 * Int(item[7]), channels: Int(item[8]),
      values: item[16...].map(Int.init))
  }

  /// A picture of numbers from a linear congruential generator (Knuth's MMIX constants), the high bits of each.
  package static func noise(width: Int, height: Int, channels: Int, seed: UInt64) -> Tile {
    var state = seed
    let values = (0..<width * height * channels).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 56)
    }
    return Tile(width: width, height: height, channels: channels, values: values)
  }

  private static func forEachBlockNumber(_ tile: Tile, _ body: (_ channel: Int, _ y: Int, _ x: Int) -> Void) {
    for channel in 0..<tile.channels {
      for top in stride(from: 0, to: tile.height, by: 8) {
        for left in stride(from: 0, to: tile.width, by: 8) {
          for y in top..<top + 8 { for x in left..<left + 8 { body(channel, y, x) } }
        }
      }
    }
  }

  private static func eachBlock(_ tile: Tile, _ body: ([[Int]]) -> [[Int]]) -> Tile {
    var values: [Int] = []
    for start in stride(from: 0, to: tile.values.count, by: 64) {
      let block = (0..<8).map { y in (0..<8).map { x in tile.values[start + 8 * y + x] } }
      values += body(block).flatMap { $0 }
    }
    return replacing(tile, values)
  }

  private static func replacing(_ tile: Tile, _ values: [Int]) -> Tile {
    var result = tile
    result.values = values
    return result
  }

  private static func grid() -> [[Int]] { Array(repeating: Array(repeating: 0, count: 8), count: 8) }

  private static func cosine(_ u: Int, _ x: Int) -> Int { cosines[u][x] }

  private static let cosines: [[Int]] = (0..<8).map { u in
    (0..<8).map { x in
      let scale = u == 0 ? 1 / 2.0.squareRoot() : 1
      return Int((8192 * scale / 2 * cos(Double((2 * x + 1) * u) * .pi / 16)).rounded())
    }
  }

  private static func normalized(_ terms: [Int]) -> Int { saturated((terms.reduce(0, +) + 4096) >> 13) }

  private static func saturated(_ number: Int) -> Int { max(-32_768, min(32_767, number)) }

  /// ITU-T T.81, table K.1.
  private static let luminance = [
    [16, 11, 10, 16, 24, 40, 51, 61], [12, 12, 14, 19, 26, 58, 60, 55], [14, 13, 16, 24, 40, 57, 69, 56],
    [14, 17, 22, 29, 51, 87, 80, 62], [18, 22, 37, 56, 68, 109, 103, 77], [24, 35, 55, 64, 81, 104, 113, 92],
    [49, 64, 78, 87, 103, 121, 120, 101], [72, 92, 95, 98, 112, 100, 103, 99],
  ]
}
