/// One tile of a picture, the item that the accelerator's stages process, and its file format.
///
/// All numbers are little-endian; 16 bytes of header come before the samples:
///
///     0   4 bytes  "TILE"
///     4   u16      width in pixels
///     6   u16      height in pixels
///     8   u8       channels, 3
///     9   u8       stage: 0 pixels in, 6 reconstructed pixels, those between are the accelerator's
///     10  u16      0
///     12  u32      quantised coefficients that are not zero; 0 in a tile that goes in
///     16  bytes    width * height * 3 samples, red, green and blue of each pixel, row by row
struct Tile: Equatable {
  /// Pixels, 1 to 65,535.
  let width: Int
  /// Pixels, 1 to 65,535.
  let height: Int
  /// Quantised coefficients that the accelerator kept, of the `coefficients` there are.
  let nonZeroCoefficients: Int
  /// `width * height * 3` samples.
  let samples: [UInt8]

  /// The coefficients of the tile: its sides are filled up to whole blocks of 8 for the transform.
  var coefficients: Int { Self.coefficients(width: width, height: height) }

  /// A tile that is to go in; the sides are at most 65,535.
  init(width: Int, height: Int, samples: [UInt8]) {
    self.width = width
    self.height = height
    self.samples = samples
    nonZeroCoefficients = 0
  }

  /// The file of a tile that goes in.
  var file: [UInt8] {
    var bytes = Self.magic
    bytes.reserveCapacity(Self.headerBytes + samples.count)
    bytes += [UInt8(width & 0xFF), UInt8(width >> 8), UInt8(height & 0xFF), UInt8(height >> 8)]
    bytes += [UInt8(Picture.channels), Self.inputStage, 0, 0, 0, 0, 0, 0]
    return bytes + samples
  }

  /// Reads a tile that came back reconstructed.
  ///
  /// `name` is what messages call the file.
  init(result file: [UInt8], named name: String) throws(PhotoError) {
    func damaged(_ what: String) -> PhotoError {
      PhotoError(.notATile, "\(name) is not a tile: \(what).", hint: "Fetch the results again.")
    }
    guard file.count >= Self.headerBytes else {
      throw damaged("it has \(file.count) bytes, less than the header's \(Self.headerBytes)")
    }
    guard file.starts(with: Self.magic) else { throw damaged("it does not begin with \"TILE\"") }
    func number(at offset: Int, bytes: Int) -> Int {
      (0..<bytes).reduce(0) { $0 | Int(file[offset + $1]) << (8 * $1) }
    }
    width = number(at: 4, bytes: 2)
    height = number(at: 6, bytes: 2)
    nonZeroCoefficients = number(at: 12, bytes: 4)
    let channels = number(at: 8, bytes: 1)
    let stage = UInt8(number(at: 9, bytes: 1))
    guard width > 0, height > 0 else { throw damaged("its size is \(width) x \(height)") }
    guard channels == Picture.channels else { throw damaged("it has \(channels) channels, not \(Picture.channels)") }
    guard number(at: 10, bytes: 2) == 0 else { throw damaged("the reserved bytes 10 and 11 are not 0") }
    guard stage <= Self.resultStage else { throw damaged("it is at stage \(stage); \(Self.resultStage) is the last") }
    guard stage == Self.resultStage else {
      throw PhotoError(
        .unfinishedTile, "\(name) is at stage \(stage), not \(Self.resultStage).",
        hint: "Join the outputs of the application's last task.")
    }
    let sampleBytes = file.count - Self.headerBytes
    guard sampleBytes == width * height * Picture.channels else {
      throw damaged(
        "\(width) x \(height) pixels take \(width * height * Picture.channels) bytes, there are \(sampleBytes)")
    }
    let all = Self.coefficients(width: width, height: height)
    guard nonZeroCoefficients <= all else {
      throw damaged("it tells of \(nonZeroCoefficients) coefficients that are not zero, and there are \(all)")
    }
    samples = Array(file[Self.headerBytes...])
  }

  private static let magic = Array("TILE".utf8)
  private static let headerBytes = 16
  private static let inputStage: UInt8 = 0
  private static let resultStage: UInt8 = 6

  private static func coefficients(width: Int, height: Int) -> Int {
    let block = 8
    func wholeBlocks(_ side: Int) -> Int { (side + block - 1) / block * block }
    return Picture.channels * wholeBlocks(width) * wholeBlocks(height)
  }
}
