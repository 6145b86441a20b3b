/// 8 x 8 numbers, as eight vectors: `rows[y][x]`.
struct Block {
  /// The bytes of a block in an item: 64 numbers of 16 bits.
  static let byteCount = 128
  private static let rowByteCount = 16

  var rows = InlineArray<8, SIMD8<Int32>>(repeating: .zero)

  /// A block of zeros.
  init() {}

  // The loads and stores take the machine's byte order, which is the item's: all machines that Swift supports are
  // little-endian.

  /// Reads the block that begins at a byte offset; the span checks the bounds.
  init(from bytes: RawSpan, at offset: Int) {
    for y in 0..<8 {
      let row = bytes.unsafeLoadUnaligned(fromByteOffset: offset + y * Self.rowByteCount, as: SIMD8<Int16>.self)
      rows[y] = SIMD8<Int32>(truncatingIfNeeded: row)
    }
  }

  /// Writes the block, each number saturated to 16 bits.
  func store(into bytes: inout MutableRawSpan, at offset: Int) {
    for y in 0..<8 {
      let row = SIMD8<Int16>(truncatingIfNeeded: rows[y].saturated)
      bytes.storeBytes(of: row, toByteOffset: offset + y * Self.rowByteCount, as: SIMD8<Int16>.self)
    }
  }
}

extension SIMD8<Int32> {
  /// Each number moved into the range of 16 bits, signed.
  var saturated: Self {
    clamped(
      lowerBound: Self(repeating: Int32(Int16.min)),
      upperBound: Self(repeating: Int32(Int16.max)))
  }
}
