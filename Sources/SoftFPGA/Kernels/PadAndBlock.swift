/// `tessera/pad-and-block@1`: cuts pixels into blocks, stage 0 to 1.
///
/// For each channel, the picture is filled up to multiples of 8 in both directions by repeating its last column and its
/// last row, and cut into blocks of 8 x 8 from left to right, then from top to bottom. 128 is subtracted from each
/// sample, which gives -128 to 127.
package struct PadAndBlock: Kernel {
  package let name = "tessera/pad-and-block@1"
  package init() {}

  package func run(input: [UInt8], outputCapacity: Int) throws(KernelFault) -> [UInt8] {
    let header = try TileHeader(of: input, at: .pixels)
    var item = try header.item(at: .blocks, capacity: outputCapacity)
    let source = input.span
    var elements = item.mutableSpan
    var destination = elements.mutableBytes
    var offset = TileHeader.byteCount
    for channel in 0..<header.channels {
      for blockRow in 0..<header.blocksPerColumn {
        for blockColumn in 0..<header.blocksPerRow {
          let block = Self.block(channel, row: blockRow, column: blockColumn, of: source, header)
          block.store(into: &destination, at: offset)
          offset += Block.byteCount
        }
      }
    }
    return item
  }

  private static func block(
    _ channel: Int, row: Int, column: Int, of source: Span<UInt8>, _ header: TileHeader
  ) -> Block {
    var block = Block()
    for y in 0..<TileHeader.blockSide {
      let pixelRow = min(row * TileHeader.blockSide + y, header.height - 1)
      var samples = SIMD8<Int32>()
      for x in 0..<TileHeader.blockSide {
        let pixelColumn = min(column * TileHeader.blockSide + x, header.width - 1)
        let sample = (pixelRow * header.width + pixelColumn) * header.channels + channel
        samples[x] = Int32(source[TileHeader.byteCount + sample])
      }
      block.rows[y] = samples &- 128
    }
    return block
  }
}
