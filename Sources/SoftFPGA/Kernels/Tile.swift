internal import Fabric

/// How far a tile has come: the number in its header.
package enum TileStage: UInt8, Sendable {
  /// 8-bit samples, the channels of each pixel side by side, row by row.
  case pixels
  /// Samples in blocks, level-shifted.
  case blocks
  /// Coefficients of the cosine transform.
  case coefficients
  /// Coefficients divided by the quantization table.
  case quantized
  /// Coefficients multiplied by it again.
  case dequantized
  /// Samples in blocks, level-shifted, after the inverse transform.
  case restoredBlocks
  /// 8-bit samples like ``pixels``.
  case restoredPixels
}

/// The header of a tile, the item that the picture kernels process.
///
/// An item is a header of 16 bytes and its data; all numbers are little-endian:
///
///     0   4 bytes  "TILE"
///     4   u16      width in pixels, at least 1
///     6   u16      height in pixels, at least 1
///     8   u8       channels, 1 to 4
///     9   u8       stage, 0 to 6
///     10  u16      0
///     12  u32      quantized coefficients that are not zero; stages before 3 carry it along unread
///     16           data
///
/// At the stages 0 and 6 the data are `width * height * channels` bytes. At the stages 1 to 5 they are numbers of 16
/// bits, signed: for one channel after the other all its blocks of 8 x 8, in rows of blocks from the top, each block 8
/// rows of 8 numbers. Width and height count as filled up to multiples of 8 there.
package struct TileHeader: Sendable, Hashable {
  static let byteCount = 16
  /// The side of a block.
  static let blockSide = 8
  private static let magic = Array("TILE".utf8)

  let width: Int
  let height: Int
  let channels: Int
  var nonZeroCoefficients: UInt32

  /// Reads the header of an item that must be at `stage`, and checks the item's length against it.
  init(of item: [UInt8], at stage: TileStage) throws(KernelFault) {
    guard item.count <= Limits.blobByteCount else {
      throw KernelFault("the item has \(item.count) bytes, at most \(Limits.blobByteCount) are taken")
    }
    guard item.count >= Self.byteCount else {
      throw KernelFault("the item has \(item.count) bytes, its header alone takes \(Self.byteCount)")
    }
    guard item.starts(with: Self.magic) else { throw KernelFault("the item does not begin with \"TILE\"") }
    func number(_ offset: Int) -> Int { Int(item[offset]) | Int(item[offset + 1]) << 8 }
    width = number(4)
    height = number(6)
    channels = Int(item[8])
    nonZeroCoefficients = UInt32(number(12) | number(14) << 16)
    guard width > 0, height > 0 else { throw KernelFault("the tile's size is \(width) x \(height)") }
    guard 1...4 ~= channels else { throw KernelFault("the tile has \(channels) channels, 1 to 4 are possible") }
    guard number(10) == 0 else { throw KernelFault("the reserved bytes 10 and 11 of the header are not 0") }
    guard item[9] == stage.rawValue else {
      throw KernelFault("the tile is at stage \(item[9]), this kernel takes stage \(stage.rawValue)")
    }
    let expected = itemByteCount(at: stage)
    guard item.count == expected else {
      throw KernelFault("the item has \(item.count) bytes, its header asks for \(expected)")
    }
  }

  /// An item with this header and zeros as data.
  ///
  /// - Throws: ``KernelFault`` where it would exceed `capacity` or ``Limits/blobByteCount``.
  func item(at stage: TileStage, capacity: Int) throws(KernelFault) -> [UInt8] {
    let count = itemByteCount(at: stage)
    guard count <= Limits.blobByteCount else {
      throw KernelFault("the result has \(count) bytes, at most \(Limits.blobByteCount) are possible")
    }
    guard count <= capacity else {
      throw KernelFault("the result has \(count) bytes, its buffer takes \(max(capacity, 0))")
    }
    var item = [UInt8](repeating: 0, count: count)
    item.replaceSubrange(0..<4, with: Self.magic)
    func put(_ number: Int, at offset: Int) {
      item[offset] = UInt8(number & 0xFF)
      item[offset + 1] = UInt8(number >> 8 & 0xFF)
    }
    put(width, at: 4)
    put(height, at: 6)
    item[8] = UInt8(channels)
    item[9] = stage.rawValue
    restamp(&item)
    return item
  }

  /// Writes the number of non-zero coefficients into an item of this header.
  func restamp(_ item: inout [UInt8]) {
    for byte in 0..<4 { item[12 + byte] = UInt8(nonZeroCoefficients >> (8 * UInt32(byte)) & 0xFF) }
  }

  var blocksPerRow: Int { (width + Self.blockSide - 1) / Self.blockSide }
  var blocksPerColumn: Int { (height + Self.blockSide - 1) / Self.blockSide }
  /// The blocks of all channels.
  var blockCount: Int { blocksPerRow * blocksPerColumn * channels }

  private func itemByteCount(at stage: TileStage) -> Int {
    switch stage {
    case .pixels, .restoredPixels: Self.byteCount + width * height * channels
    case .blocks, .coefficients, .quantized, .dequantized, .restoredBlocks:
      Self.byteCount + blockCount * Block.byteCount
    }
  }
}
