/// A run of a region's frames in one row, which one block of frame data can write.
struct RowBlock: Sendable {
  /// The ordinals of its frames.
  let frames: Range<Int>
  /// The die that it is on.
  let die: Int
  /// The address of its first frame.
  let address: FrameAddress
  /// The number of frames of the region before it.
  let position: Int
  /// The pad frames that end it: the data pass through a buffer, and a row's end has one more (measured in real partials).
  let padCount: Int

  /// The sorted, disjoint runs of `region`, which are frames of `part`, cut at the ends of rows.
  static func blocks(of region: [Range<Int>], in part: Part) -> [RowBlock] {
    var blocks: [RowBlock] = []
    var position = 0
    for run in region {
      var first = run.lowerBound
      while first < run.upperBound, let row = part.row(ofFrame: first), let die = part.die(ofFrame: first),
        let address = part.address(ofFrame: first)
      {
        let end = min(row.upperBound, run.upperBound)
        blocks.append(
          RowBlock(
            frames: first..<end, die: die, address: address, position: position,
            padCount: end == row.upperBound ? 2 : 1))
        position += end - first
        first = end
      }
    }
    return blocks
  }
}
