/// `tessera/reconstruct@1`: puts blocks together to pixels, stage 5 to 6.
///
/// 128 is added to each number, the sum is moved into 0 to 255, and what ``PadAndBlock`` filled up is left out.
package struct Reconstruct: Kernel {
  package let name = "tessera/reconstruct@1"
  package init() {}

  package func run(input: [UInt8], outputCapacity: Int) throws(KernelFault) -> [UInt8] {
    let header = try TileHeader(of: input, at: .restoredBlocks)
    var item = try header.item(at: .restoredPixels, capacity: outputCapacity)
    let source = input.span.bytes
    var destination = item.mutableSpan
    var offset = TileHeader.byteCount
    for channel in 0..<header.channels {
      for blockRow in 0..<header.blocksPerColumn {
        for blockColumn in 0..<header.blocksPerRow {
          let block = Block(from: source, at: offset)
          Self.place(block, channel, row: blockRow, column: blockColumn, into: &destination, header)
          offset += Block.byteCount
        }
      }
    }
    return item
  }

  private static func place(
    _ block: Block, _ channel: Int, row: Int, column: Int, into pixels: inout MutableSpan<UInt8>, _ header: TileHeader
  ) {
    let side = TileHeader.blockSide
    for y in 0..<min(side, header.height - row * side) {
      let samples = (block.rows[y] &+ 128).clamped(lowerBound: .zero, upperBound: SIMD8(repeating: 255))
      for x in 0..<min(side, header.width - column * side) {
        let sample = ((row * side + y) * header.width + column * side + x) * header.channels + channel
        pixels[TileHeader.byteCount + sample] = UInt8(truncatingIfNeeded: samples[x])
      }
    }
  }
}
