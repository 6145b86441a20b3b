/// How the frames of one region lie in another of equal geometry.
struct RegionMove: Sendable {
  /// What stands between a frame and its place in the other region.
  private struct Move {
    let source: RowBlock
    let offset: Int
  }

  let part: Part
  let source: [Range<Int>]
  /// In the order of their ordinals.
  private let moves: [Move]

  /// Pairs the blocks of both regions in the order of their ordinals.
  ///
  /// - Throws: `BitstreamError.invalidContent` for a region that is empty or not in the part, `.regionsDiffer`.
  init(part: Part, from source: [Range<Int>], to destination: [Range<Int>]) throws(BitstreamError) {
    let (from, to) = (try part.blocks(of: source), try part.blocks(of: destination))
    guard from.count == to.count else {
      throw .regionsDiffer(from: "\(from.count) runs of frames in a row", to: "\(to.count)")
    }
    var moves: [Move] = []
    for (a, b) in zip(from, to) {
      let (here, there) = (part.shape(of: a), part.shape(of: b))
      guard here == there else { throw .regionsDiffer(from: "\(here) at \(a.address)", to: "\(there) at \(b.address)") }
      moves.append(Move(source: a, offset: b.frames.lowerBound - a.frames.lowerBound))
    }
    (self.part, self.source, self.moves) = (part, source.mergedRuns, moves)
  }

  /// Where the frame at an address goes, and how many frames a block may carry from there on, pads included; O(log blocks).
  ///
  /// - Throws: `BitstreamError.frameAddressUnknown`, `.frameOutsideRegion`.
  func destination(
    of address: FrameAddress, die: Int, at wordOffset: Int
  ) throws(BitstreamError) -> (address: FrameAddress, frameLimit: Int) {
    guard let frame = part.frame(at: address, die: die) else {
      throw .frameAddressUnknown(address, wordOffset: wordOffset)
    }
    let index = moves.partitioningIndex { $0.source.frames.upperBound > frame }
    guard index < moves.count, moves[index].source.frames.contains(frame),
      let moved = part.address(ofFrame: frame + moves[index].offset)
    else { throw .frameOutsideRegion(frames: frame..<frame + 1, region: source) }
    let block = moves[index].source
    return (moved, block.frames.upperBound - frame + block.padCount)
  }
}

/// What must be equal for frames to mean the same in two places, as far as a part's description tells.
private struct BlockShape: Equatable, CustomStringConvertible {
  let die: Int
  let blockType: Int
  let frameCount: Int
  let firstMinor: Int
  /// The frames of each column that the block touches.
  let columns: ArraySlice<Int>
  let padCount: Int

  var description: String {
    "\(frameCount) frames from minor \(firstMinor) on in columns of \(columns.map(String.init).joined(separator: ", ")) "
      + "frames, block type \(blockType), die \(die), \(padCount) pads"
  }
}

extension Part {
  fileprivate func blocks(of region: [Range<Int>]) throws(BitstreamError) -> [RowBlock] {
    let runs = region.mergedRuns
    guard let first = runs.first, let last = runs.last, first.lowerBound >= 0, last.upperBound <= frameCount else {
      throw .invalidContent("a region has no frames, or some that are not among the part's \(frameCount)")
    }
    return RowBlock.blocks(of: runs, in: self)
  }

  fileprivate func shape(of block: RowBlock) -> BlockShape {
    let die = dies[block.die]
    let columns = block.address.block == 0 ? die.columns : die.memoryColumns
    let last = address(ofFrame: block.frames.upperBound - 1)?.column ?? block.address.column
    return BlockShape(
      die: block.die, blockType: block.address.block, frameCount: block.frames.count, firstMinor: block.address.minor,
      columns: columns[block.address.column...last], padCount: block.padCount)
  }
}

extension Array {
  /// The first index whose element and all after it satisfy the predicate, in O(log n).
  func partitioningIndex(where isInSecondPart: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isInSecondPart(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
