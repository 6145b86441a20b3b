import FoundationEssentials

/// What a join tells its user.
struct Outcome: Encodable {
  /// The path of the PNG that was written.
  let picture: String
  let width: Int
  let height: Int
  let tiles: Int
  let likeness: Likeness
  /// Of all tiles together.
  let nonZeroCoefficients: Int
  /// Of all tiles together.
  let coefficients: Int

  /// Lines for a terminal.
  var table: String {
    let likeness =
      switch self.likeness {
      case .identical: "identical"
      case .decibels(let decibels): "\(twoDecimals(decibels)) dB"
      }
    let percent = twoDecimals(100 * Double(nonZeroCoefficients) / Double(coefficients))
    return """
      picture       \(picture)
      size          \(width) x \(height)
      tiles         \(tiles)
      PSNR          \(likeness)
      coefficients  \(nonZeroCoefficients) of \(coefficients) not zero (\(percent) %)
      """
  }

  /// One JSON object; `psnr` is in decibels, and null where the pictures are identical.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  private enum CodingKeys: CodingKey {
    case picture, width, height, tiles, psnr, nonZeroCoefficients, coefficients
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(picture, forKey: .picture)
    try container.encode(width, forKey: .width)
    try container.encode(height, forKey: .height)
    try container.encode(tiles, forKey: .tiles)
    switch likeness {
    case .identical: try container.encodeNil(forKey: .psnr)
    case .decibels(let decibels): try container.encode(decibels, forKey: .psnr)
    }
    try container.encode(nonZeroCoefficients, forKey: .nonZeroCoefficients)
    try container.encode(coefficients, forKey: .coefficients)
  }
}
