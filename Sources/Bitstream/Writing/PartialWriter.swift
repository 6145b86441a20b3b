/// Writes partial bitstreams for one region, such as a slot, of one part: the same content, the same bytes.
///
/// A region on several dies takes one stream for each die up to its last, each inside the one before it, as real files of
/// stacked devices have them.
public struct PartialWriter: Sendable {
  /// The part.
  public let part: Part
  /// The frames to write: sorted, disjoint, none empty.
  public let region: [Range<Int>]
  /// The region cut at the ends of rows, for a block of frame data stays in one.
  private let blocks: [RowBlock]
  /// The number of frames to write.
  public var frameCount: Int { region.reduce(0) { $0 + $1.count } }

  /// Writes `region`, ranges of frame ordinals of `part` in any order.
  ///
  /// - Throws: `BitstreamError.invalidContent` if the region is empty or not wholly in the part, or if no verifier takes
  ///   the part's name, which has lower-case letters, digits and dashes.
  public init(part: Part, region: [Range<Int>]) throws(BitstreamError) {
    guard BitFile.isPartName(part.name) else {
      throw .invalidContent("the part's name '\(part.name)' has other than lower-case letters, digits and dashes")
    }
    self.part = part
    self.region = region.mergedRuns
    guard let first = self.region.first, let last = self.region.last else {
      throw .invalidContent("the region has no frames")
    }
    guard first.lowerBound >= 0, last.upperBound <= part.frameCount else {
      throw .invalidContent(
        "the region reaches from frame \(first.lowerBound) to \(last.upperBound - 1); "
          + "the part has 0 to \(part.frameCount - 1)")
    }
    blocks = RowBlock.blocks(of: self.region, in: part)
  }

  /// The .bit file that writes frames from a closure, in O(frames).
  ///
  /// - Parameters:
  ///   - design: The design's name, for the container; printable ASCII without `;`, not empty.
  ///   - compressing: Whether equal frames are stored once, where that makes the file smaller.
  ///   - frame: The `Part.wordsPerFrame` words of the frame that is the n-th of the region, n from 0.
  /// - Returns: The bytes of the file.
  /// - Throws: `BitstreamError.invalidContent` at a frame of another size or an unfit name.
  public func partial(
    design: String, compressing: Bool = false, frame: (Int) -> [UInt32]
  ) throws(BitstreamError) -> [UInt8] {
    var contents: [UInt32] = []
    contents.reserveCapacity(frameCount * Part.wordsPerFrame)
    for position in 0..<frameCount {
      let words = frame(position)
      guard words.count == Part.wordsPerFrame else {
        throw .invalidContent(
          "frame \(position) of the region has \(words.count) words; \(Part.wordsPerFrame) are needed")
      }
      contents += words
    }
    return try partial(design: design, compressing: compressing, words: contents)
  }

  /// The .bit file that writes the given words, frame after frame, in O(`words.count`).
  ///
  /// - Throws: `BitstreamError.invalidContent` unless there are `frameCount` times `Part.wordsPerFrame` words and the
  ///   name is fit.
  public func partial(
    design: String, compressing: Bool = false, words: [UInt32]
  ) throws(BitstreamError) -> [UInt8] {
    guard words.count == frameCount * Part.wordsPerFrame else {
      throw .invalidContent("\(words.count) words are given; the region needs \(frameCount * Part.wordsPerFrame)")
    }
    return try file(
      design: design,
      payload: payload { (blocks, emitter) in
        if compressing, emitter.appendCompressed(placedFrames(of: blocks), of: words, ifBelow: blocks.plainWordCount) {
          return
        }
        for block in blocks { emitter.append(block, of: words) }
      })
  }

  /// The .bit file that fills the region with zeros, compressed: nothing of what was there before remains.
  ///
  /// - Throws: `BitstreamError.invalidContent` at an unfit name.
  public func blank(design: String = "blank") throws(BitstreamError) -> [UInt8] {
    try partial(design: design, compressing: true) { _ in Self.zeroFrame }
  }

  /// The words of all streams; `emit` adds the frames of one die.
  private func payload(_ emit: ([RowBlock], inout PacketEmitter) -> Void) throws(BitstreamError) -> [UInt32] {
    var emitter = PacketEmitter(reservingWords: Part.wordsPerFrame * (frameCount + 2 * blocks.count) + 256)
    try append(die: 0, to: &emitter, emit)
    return emitter.words
  }

  private func append(
    die: Int, to emitter: inout PacketEmitter, _ emit: ([RowBlock], inout PacketEmitter) -> Void
  ) throws(BitstreamError) {
    emitter.beginStream(device: part.dies[die].device)
    emit(blocks.filter { $0.die == die }, &emitter)
    emitter.endStream()
    guard blocks.contains(where: { $0.die > die }) else { return }
    emitter.appendOutside(Self.syncWords.span)
    try emitter.appendNextDie { (inner) throws(BitstreamError) in
      try append(die: die + 1, to: &inner, emit)
    }
  }

  /// The frames of blocks, with the words of the n-th of the region in n-th place.
  private func placedFrames(of blocks: [RowBlock]) -> [PlacedFrame] {
    blocks.flatMap { block in
      block.frames.enumerated().compactMap { index, ordinal in
        part.address(ofFrame: ordinal).map { address in
          PlacedFrame(
            address: address, continuesBlock: index > 0, padCount: index + 1 == block.frames.count ? block.padCount : 1,
            wordOffset: (block.position + index) * Part.wordsPerFrame)
        }
      }
    }
  }

  private func file(design: String, payload: [UInt32]) throws(BitstreamError) -> [UInt8] {
    guard !design.isEmpty, !design.contains(";") else {
      throw .invalidContent("the design's name is empty or holds ';': '\(design)'")
    }
    return try BitFile(
      design: "\(design);PARTIAL=TRUE", part: part.name, date: Self.date, time: Self.time,
      payload: WordOrder.bigEndian.bytes(of: payload)
    ).serialized
  }

  private static let syncWords = [PacketHeader.syncWord]
  private static let zeroFrame = [UInt32](repeating: 0, count: Part.wordsPerFrame)

  // Constant, so that a partial's digest depends on its content alone.
  private static let date = "1980/01/01"
  private static let time = "00:00:00"
}

extension [RowBlock] {
  /// The words that the blocks take as `PacketEmitter.append(_:of:)` writes them.
  fileprivate var plainWordCount: Int { reduce(0) { $0 + 7 + ($1.frames.count + $1.padCount) * Part.wordsPerFrame } }
}

extension PacketEmitter {
  /// Writes frames in few words, unless that takes `limit` words or more; returns whether it did.
  fileprivate mutating func appendCompressed(_ frames: [PlacedFrame], of words: [UInt32], ifBelow limit: Int) -> Bool {
    let plan = FramePlan(frames, words: words)
    guard plan.wordCount(of: frames) < limit else { return false }
    append(plan, of: frames, from: words)
    return true
  }

  /// Writes a block of the frames of a region, pads included, as one packet.
  fileprivate mutating func append(_ block: RowBlock, of words: [UInt32]) {
    let size = Part.wordsPerFrame
    beginBlock(at: block.address, wordCount: (block.frames.count + block.padCount) * size, isLong: true)
    let start = block.position * size
    appendFrameData(words.span.extracting(start..<start + block.frames.count * size))
    appendPads(block.padCount)
  }
}
