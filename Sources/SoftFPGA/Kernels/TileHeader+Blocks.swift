extension TileHeader {
  /// The item at `output` that has each block of `item` replaced by `body`'s.
  static func mapBlocks(
    of item: [UInt8], from input: TileStage, to output: TileStage, capacity: Int, _ body: (Block) -> Block
  ) throws(KernelFault) -> [UInt8] {
    let header = try TileHeader(of: item, at: input)
    var result = try header.item(at: output, capacity: capacity)
    let source = item.span.bytes
    var elements = result.mutableSpan
    var destination = elements.mutableBytes
    for index in 0..<header.blockCount {
      let offset = byteCount + index * Block.byteCount
      body(Block(from: source, at: offset)).store(into: &destination, at: offset)
    }
    return result
  }
}
