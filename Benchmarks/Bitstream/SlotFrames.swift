import Bitstream

/// The frames of one slot, side by side: where the measured partials are placed.
struct SlotFrames: FrameDestination {
  /// The slot's frames, as sorted runs of the part's ordinals that neither overlap nor touch.
  private let region: [Range<Int>]
  /// The words of the frames, one after the other; empty only in what ``take()`` leaves behind.
  private var words: [UInt32]
  /// Where the words of frame `ordinal` begin: `wordOffset + ordinal * Part.wordsPerFrame`.
  private var wordOffset = 0

  /// Memory for the frames of `region`, in any order, all zeros.
  init(region: [Range<Int>]) {
    self.region = Array(RangeSet(region).ranges)
    words = Array(repeating: 0, count: self.region.reduce(0) { $0 + $1.count } * Part.wordsPerFrame)
  }

  /// Moves the frames out, without a copy of their words.
  mutating func take() -> SlotFrames {
    let taken = self
    words = []
    return taken
  }

  mutating func willWrite(_ frames: Range<Int>) throws(BitstreamError) {
    var position = 0
    for run in region {
      if run.lowerBound <= frames.lowerBound, frames.upperBound <= run.upperBound {
        wordOffset = (position - run.lowerBound) * Part.wordsPerFrame
        return
      }
      position += run.count
    }
    throw .frameOutsideRegion(frames: frames, region: region)
  }

  mutating func write(_ frame: Span<UInt32>, toFrame ordinal: Int) {
    let start = wordOffset + ordinal * Part.wordsPerFrame
    var words = self.words.mutableSpan
    for index in frame.indices { words[start + index] = frame[index] }
  }
}
